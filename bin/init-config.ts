import { join } from "node:path";
import { initConfig } from "../config/init.ts";
import { exitCodes } from "../src/errors.ts";
import type { Flags } from "./flags.ts";

/** Writes commented example files into the config folder. */
export async function initConfigFiles({ config = "config" }: Flags): Promise<number> {
  const { written, kept } = await initConfig(join(process.cwd(), config));
  for (const file of kept) process.stderr.write(`kept the old file as ${file}\n`);
  process.stderr.write("Set a key or a local model in these files, then look at the result with: metagpt llms\n");
  for (const file of written) process.stdout.write(`${file}\n`);
  return exitCodes.done;
}
