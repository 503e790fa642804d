import { text } from "node:stream/consumers";
import { UsageError } from "../src/errors.ts";
import type { Flags } from "./flags.ts";

/** Milliseconds after which somebody who waits is told for what. */
const patience = 2_000;

/** The question to LLMs: the argument, and below it what is piped in. */
export async function readPrompt(
  { prompt = "" }: Flags,
  stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean } = process.stdin,
): Promise<string> {
  const own = prompt === "-" ? "" : prompt.trim();
  const piped = prompt === "-" || !stdin.isTTY ? await readAll(stdin) : "";
  const words = [own, piped].filter((part) => part !== "").join("\n\n");
  if (words !== "") return words;
  throw new UsageError("no prompt was given", {
    hint: 'Say what to ask, such as: metagpt ask "why is the sky blue?"\nAll options: metagpt ask --help',
  });
}

/** Its first line keeps its indentation. */
async function readAll(stdin: NodeJS.ReadableStream): Promise<string> {
  const notice = setTimeout(() => process.stderr.write("· reading standard input until it ends\n"), patience);
  const piped = await text(stdin).finally(() => clearTimeout(notice));
  return piped.replace(/^\uFEFF/, "").replace(/^(?:[^\S\n]*\n)+|\s+$/g, "");
}
