import type { Readable } from "node:stream";
import { z } from "zod";
import type { Caller } from "./callers.ts";

const words = z.string().regex(/^\P{Cc}*$/u, "must not have control characters");
const refused = (why: string) => z.never(why).optional();

/** What a caller may decide about a run, by the names of the configuration. */
const Options = z.strictObject({
  project_name: words.max(100).optional().describe("of the project and its folder"),
  language: words.max(100).optional().describe("of the documents; otherwise that of the idea"),
  investment: z.number().nonnegative().optional().describe("USD it may cost at most"),
  n_round: z.int().min(1).optional().describe("rounds at most"),
  implement: z.boolean().optional().describe("write the code, not only the documents"),
  code_review: z.boolean().optional().describe("review every file"),
  max_auto_summarize_code: z.int().min(-1).optional().describe("checks of the whole code; -1: until it fits"),
  run_tests: z.boolean().optional().describe("write tests and run them and the product, in the sandbox of the server"),
  require_verified: z.boolean().optional().describe("exit code 7 unless the product was tried out and works"),
  concurrency: z.int().min(1).max(100).optional().describe("files written at once"),
  llm: words.max(200).optional().describe("the name of an LLM of the server's configuration"),
  project_path: refused("a server changes no folder that a caller names; leave it out"),
  review: refused("nobody sits at the server to read the documents; leave it out"),
  clarify: refused("nobody sits at the server to answer questions; say more in the idea"),
});

/** What is to be made, and how. */
export const RunRequest = z.strictObject({
  idea: z
    .string()
    .trim()
    .min(1, "is empty")
    .max(100_000)
    .regex(/^[^\0]*$/, "must not have a NUL character"),
  options: Options.default({}),
});
export type RunRequest = z.infer<typeof RunRequest>;

/** A run as callers see it. */
export const RunView = z.object({
  object: z.literal("run"),
  id: z.string(),
  state: z
    .string()
    .describe(
      "queued, running, cancelled, killed, or how it ended: done, budget, rounds, incomplete, unreachable, review, stopped",
    ),
  message: z.string().describe("how it ended, in a sentence; empty before"),
  idea: z.string(),
  caller: z.string().describe("who asked for it"),
  project: z.string().describe("the name of what it makes; empty while there is none"),
  usd: z.number(),
  calls: z.int(),
  seconds: z.number(),
  exit_code: z.int().nullable().describe("as the command line would have ended"),
  began: z.string(),
});
export type RunView = z.infer<typeof RunView>;

/** An event of a run as it is kept. */
export interface KeptEvent {
  /** Counts from 1 within the run. */
  readonly seq: number;
  readonly type: string;
  /** All of it, as JSON in one line. */
  readonly text: string;
}

/** A file on its way. */
export interface Archive {
  readonly name: string;
  readonly bytes: Readable;
}

/** The runs that callers have asked for. Whatever cannot be done is a Refusal. */
export interface Runs {
  /** Takes up what was unfinished when the server ended, on the account of those who had asked. */
  begin(callers: readonly Caller[]): Promise<void>;
  /** Takes a run into the queue. */
  start(request: RunRequest, caller: Caller): Promise<RunView>;
  /** The newest of this caller; of everybody for an operator. */
  list(caller: Caller): Promise<readonly RunView[]>;
  /** One of those; what else is done with a run is done once this has found it. */
  find(id: string, caller: Caller): Promise<RunView>;
  /** What it tells from the event after this one on, until it has ended or the signal comes. */
  events(id: string, from: { readonly after: number; readonly signal: AbortSignal }): AsyncIterable<KeptEvent>;
  /** What it has committed, as tar.gz. */
  archive(id: string, signal: AbortSignal): Promise<Archive>;
  /** Ends it, or takes it out of the queue; gives what became of it. */
  cancel(id: string, caller: Caller): Promise<RunView>;
  /** Begins no more runs, and ends those under way so that they can go on; the signal ends them at once. */
  close(abort: AbortSignal): Promise<void>;
}
