import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shippedFile } from "../../config/shipped.ts";
import { RunEvent } from "../../src/events.ts";
import { listRecordings } from "../../src/llm/recordings.ts";
import { metagpt } from "./program.ts";

/** The ideas that come with an answer, and the folders in which the answers lie. */
export const shipped = await listRecordings(shippedFile("recordings"));

/** Plays the shipped recording of an idea in an empty folder, whatever else this machine has to answer with. */
export async function replay(idea: string, cwd: string, args: readonly string[] = []) {
  const found = shipped.find(({ recording }) => recording.idea === idea);
  if (!found) throw new Error(`no recording of "${idea}" is shipped`);
  return play(found, cwd, args);
}

type Found = (typeof shipped)[number];

/** Plays any recording. */
export async function play({ folder, recording }: Found, cwd: string, args: readonly string[]) {
  mkdirSync(join(cwd, "config"), { recursive: true });
  writeFileSync(join(cwd, "config", "config2.yaml"), `llm: {api_type: recording, folder: ${JSON.stringify(folder)}}\n`);
  const { code, stdout, stderr } = await metagpt([recording.idea, "--json", ...args], { cwd });
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => RunEvent.parse(JSON.parse(line)));
  const end = events.at(-1);
  if (end?.type !== "run-end") throw new Error(`the replay of "${recording.idea}" broke off: ${stderr}`);
  const changed = events.flatMap((event) => (event.type === "prompt-changed" ? [event.key] : []));
  return { code, events, end, recording, changed };
}
