import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { DiskError, UsageError } from "../src/errors.ts";
import type { Flags } from "./flags.ts";

/** The idea, from the argument, a file, or standard input; exactly one of them. */
export async function readIdea(
  { idea, ideaFile, reqaFile }: Flags,
  stdin: NodeJS.ReadableStream = process.stdin,
): Promise<string> {
  if (idea !== undefined && ideaFile !== undefined) {
    throw new UsageError("there are two ideas: one as an argument and one in --idea-file", {
      hint: "Give one of them.",
    });
  }
  if (reqaFile !== undefined && idea === undefined && ideaFile === undefined) return `test ${reqaFile}`;
  const words = ideaFile !== undefined ? await fromFile(ideaFile) : idea === "-" ? await text(stdin) : (idea ?? "");
  if (words.trim() === "") {
    throw new UsageError(idea === undefined && ideaFile === undefined ? "no idea was given" : "the idea is empty", {
      hint: 'Say what to build, such as: metagpt "write a snake game"\nAll options: metagpt --help',
    });
  }
  return words.replace(/^\uFEFF/, "").trim();
}

async function fromFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new DiskError(`the idea file ${file} cannot be read`, { cause: error, hint: "Check the path." });
  }
}
