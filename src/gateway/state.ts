import { renameSync, writeFileSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { z } from "zod";
import { ConfigError, onDisk, unlessMissing } from "../errors.ts";
import { DeploymentRequest } from "./deployment-request.ts";
import type { KeptDeployment } from "./deployments.ts";

/** What a server knows again after a restart. It holds no key that was sent. */
export interface State {
  readonly deployments: readonly KeptDeployment[];
  /** USD by caller; under the empty name what all of them have spent. */
  readonly spent: Readonly<Record<string, number>>;
}

const Kept = z.object({
  version: z.literal(1),
  deployments: z.array(
    z.object({
      request: DeploymentRequest.extend({ api_key: z.strictObject({ env: z.string() }).exactOptional() }),
      lacks: z.array(z.string()),
    }),
  ),
  spent: z.record(z.string(), z.number().nonnegative()),
});

/** Reads the state of an earlier server; empty where there is no such file. Throws a DiskError or a ConfigError. */
export async function readState(file: string): Promise<State> {
  const text = await onDisk(
    () => unlessMissing(readFile(file, "utf8"), undefined),
    (code) => ({ message: `the state cannot be read from ${file} (${code})`, hint: "Name another file with --state." }),
  );
  if (text === undefined) return { deployments: [], spent: {} };
  const read = Kept.safeParse(jsonOf(text));
  if (read.success) return read.data as State;
  throw new ConfigError(`${file} is no state of a server: ${z.prettifyError(read.error)}`, {
    hint: "Name another file with --state, or remove this one.",
  });
}

/** Writes states to a file, each as a whole or not at all, for its owner's eyes. */
export interface StateWriter {
  /** In turn; what the file has already is not written again. Throws a DiskError. */
  write(state: State): Promise<void>;
  /** Before it returns, whatever is under way; what cannot be written is lost. */
  writeAtOnce(state: State): void;
}

/** Opens a writer of this file, which writes its first state in any case. */
export function stateWriter(file: string): StateWriter {
  let last: Promise<void> = Promise.resolve();
  let written: string | undefined;
  return {
    write(state) {
      const text = textOf(state);
      last = last
        .catch(() => {})
        .then(async () => {
          if (text === written) return;
          await write(file, text);
          written = text;
        });
      return last;
    },
    writeAtOnce(state) {
      const text = textOf(state);
      if (text === written) return;
      try {
        // a name of its own: another thread may be writing to the usual one
        writeFileSync(`${file}.last`, text, { mode: 0o600 });
        renameSync(`${file}.last`, file);
      } catch {
        // there is nobody left to tell
      }
    },
  };
}

const textOf = (state: State) => `${JSON.stringify({ version: 1, ...state }, null, 2)}\n`;

const write = (file: string, text: string) =>
  onDisk(
    async () => {
      await writeFile(`${file}.new`, text, { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
    (code) => ({
      message: `the state cannot be written to ${file} (${code})`,
      hint: "Name another file with --state.",
    }),
  );

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
