import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChatMessage } from "../../src/llm/provider.ts";
import { openaiServer } from "../../test/helpers/openai-server.ts";
import type { Model } from "./model.ts";
import { runProgram, type Took } from "./program.ts";

/** A folder with a configuration whose only LLM is a server of this process, on the loopback. */
export interface Company {
  readonly cwd: string;
  /** Milliseconds at which each question came and its answer was complete, since the company was opened or `forget` called. */
  readonly calls: readonly { readonly asked: number; answered: number }[];
  forget(): void;
  /** Runs the program; one that does not end with exit code 0 is an error, unless it was stopped. */
  run(args: readonly string[], stop?: AbortSignal): Promise<Took>;
  close(): Promise<void>;
}

/**
 * Opens it. `wait` is what an answer takes, in milliseconds: half of it until its first word, as models do; `heard` is told the number of each
 * question, from 1, and may keep its answer back for ever.
 */
export async function openCompany(
  model: Model,
  { wait = 0, heard }: { readonly wait?: number; readonly heard?: (number: number) => Promise<void> } = {},
): Promise<Company> {
  const cwd = mkdtempSync(join(tmpdir(), "metagpt-bench-"));
  let calls: Company["calls"][number][] = [];
  const server = await openaiServer(async ({ body }) => {
    const call = { asked: performance.now(), answered: Number.NaN };
    calls.push(call);
    await heard?.(calls.length);
    const text = model(body.messages as ChatMessage[]);
    call.answered = wait > 0 ? call.asked + wait : performance.now();
    if (wait > 0) await sleep(wait / 2);
    return { text, lasts: wait > 0 ? call.answered - performance.now() : 0 };
  });
  mkdirSync(join(cwd, "config"));
  mkdirSync(join(cwd, "home"));
  const llm = { api_type: "open_llm", base_url: `${server.url}/v1`, model: "bench", max_token: 200_000, price: free };
  writeFileSync(join(cwd, "config", "config2.yaml"), JSON.stringify({ llm }));
  return {
    cwd,
    get calls() {
      return calls;
    },
    forget() {
      calls = [];
    },
    async run(args, stop) {
      const took = await runProgram(args, { cwd, ...(stop && { stop }) });
      if (took.exitCode === 0 || stop?.aborted) return took;
      throw new Error(`metagpt ended with ${took.exitCode}:\n${took.stderr.slice(-2000)}`);
    },
    async close() {
      await server.close();
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

const free = { input: 0, output: 0 };
