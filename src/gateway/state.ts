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

/** Reads the state of an earlier server; empty where there is no such file. */
export async function readState(file: string): Promise<State> {
  const text = await unlessMissing(readFile(file, "utf8"), undefined);
  if (text === undefined) return { deployments: [], spent: {} };
  const read = Kept.safeParse(jsonOf(text));
  if (read.success) return read.data as State;
  throw new ConfigError(`${file} is no state of a server: ${z.prettifyError(read.error)}`, {
    hint: "Name another file with --state, or remove this one.",
  });
}

/** Writes it, at once or not at all, for its owner's eyes. Writing is done in turn. */
export function stateWriter(file: string): (state: State) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (state) => {
    const text = `${JSON.stringify({ version: 1, ...state }, null, 2)}\n`;
    last = last.catch(() => {}).then(() => write(file, text));
    return last;
  };
}

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
