import { z } from "zod";

/**
 * Everything a run tells the outside, one JSON object each: printed by `--json`, kept in the run folder, and later
 * sent over HTTP. A reader ignores types it does not know; a change of meaning raises `v`.
 */
const head = {
  v: z.literal(1),
  /** The run's id. */
  run: z.string(),
  /** Counts from 1 within the run, without gaps. */
  seq: z.int(),
  /** ISO 8601, UTC. */
  time: z.string(),
};

/** The question an event is about; `key` is `Action/subject/attempt.turn`. */
const call = {
  key: z.string(),
  role: z.string(),
  action: z.string(),
  subject: z.string(),
  attempt: z.int(),
  turn: z.int(),
};

/** `Usage` of src/llm/provider.ts as it is written down. */
export const usage = z.object({
  input: z.int(),
  output: z.int(),
  cachedRead: z.int().exactOptional(),
  cachedWrite: z.int().exactOptional(),
  reasoning: z.int().exactOptional(),
  source: z.enum(["reported", "estimated"]),
});

const llm = { llm: z.string(), model: z.string() };

/** `basis` says how it was found: a known price, one from the config, a local model, an assumed price, or a recording. */
const cost = z.object({
  usd: z.number(),
  basis: z.enum(["known", "config", "local", "assumed", "recorded"]),
  /** The same in yuan, where the model is priced in yuan. */
  cny: z.number().exactOptional(),
});

const totals = z.object({
  role: z.string(),
  model: z.string(),
  calls: z.int(),
  input: z.int(),
  output: z.int(),
  estimated: z.boolean(),
  usd: z.number(),
  /** What of it is priced in yuan, in yuan. */
  cny: z.number().exactOptional(),
  seconds: z.number(),
});

const command = { what: z.enum(["install", "build", "test", "start"]), line: z.string() };

const outcomes = ["done", "budget", "rounds", "incomplete", "unreachable", "review", "stopped"] as const;

export const RunEvent = z.discriminatedUnion("type", [
  z.object({
    ...head,
    type: z.literal("run-start"),
    idea: z.string(),
    folder: z.string(),
    /** How the default LLM was found, in one line. */
    choice: z.string(),
    llms: z.array(z.object({ role: z.string(), action: z.string(), ...llm })),
    estimate: z.object({ usd: z.number(), calls: z.int(), input: z.int(), output: z.int() }),
    investment: z.number(),
    /** Set when recorded answers are played: whose, and when they were given. */
    replay: z.object({ name: z.string(), model: z.string(), date: z.string() }).optional(),
    /** Set when a run goes on that was interrupted: the calls that are answered already, and what they cost. */
    resumed: z.object({ calls: z.int(), usd: z.number() }).optional(),
  }),
  z.object({ ...head, type: z.literal("round-start"), round: z.int(), roles: z.array(z.string()) }),
  z.object({ ...head, type: z.literal("call-start"), ...call, ...llm }),
  /** A call that was answered before the run was interrupted: that answer is used again. */
  z.object({ ...head, type: z.literal("replayed"), ...call, ...llm }),
  /** A call has waited some seconds for a limit of its deployment, ours or the server's. */
  z.object({ ...head, type: z.literal("call-queued"), ...call, ...llm }),
  z.object({ ...head, type: z.literal("call-progress"), ...call, tokens: z.int() }),
  z.object({
    ...head,
    type: z.literal("call-end"),
    ...call,
    ...llm,
    seconds: z.number(),
    finish: z.string(),
    usage,
    cost,
  }),
  z.object({
    ...head,
    type: z.literal("call-failed"),
    ...call,
    ...llm,
    kind: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    tries: z.array(z.string()),
    seconds: z.number(),
    /** What tries used that broke off after the model had begun to answer; `usd` is what that cost. */
    usage,
    usd: z.number(),
  }),
  z.object({
    ...head,
    type: z.literal("retry"),
    ...call,
    ...llm,
    /** Which try failed, from 1. */
    failed: z.int(),
    reason: z.string(),
    /** Seconds until the next one. */
    wait: z.number(),
  }),
  z.object({ ...head, type: z.literal("prompt-waiting"), ...call, file: z.string(), answer: z.string() }),
  z.object({ ...head, type: z.literal("prompt-changed"), ...call, recording: z.string() }),
  /** A model's file on its way here: bytes. */
  z.object({ ...head, type: z.literal("download"), ...call, file: z.string(), done: z.int(), total: z.int() }),
  z.object({
    ...head,
    type: z.literal("repair"),
    ...call,
    /** Closed list of src/repair; shown as repair_<kind>, with underscores. */
    kind: z.string(),
    path: z.string(),
    lossy: z.boolean(),
  }),
  /** An LLM gave no usable answer, and another one is asked; the same one where the prompt was cut to fit. */
  z.object({ ...head, type: z.literal("fallback"), ...call, from: z.string(), to: z.string(), reason: z.string() }),
  /** What the model thought before it answered; part of no document. */
  z.object({ ...head, type: z.literal("reasoning"), ...call, text: z.string() }),
  z.object({ ...head, type: z.literal("reask"), ...call, problems: z.array(z.string()) }),
  z.object({
    ...head,
    type: z.literal("unusable"),
    ...call,
    problems: z.array(z.string()),
    /** The raw answer, below the run folder. */
    saved: z.string(),
  }),
  z.object({
    ...head,
    type: z.literal("review"),
    role: z.string(),
    action: z.string(),
    subject: z.string(),
    approved: z.boolean(),
    comments: z.array(z.string()),
  }),
  /** The commits of this run go to a new branch. */
  z.object({ ...head, type: z.literal("branch"), name: z.string() }),
  /** What is going to change in a repository, in the order of the work. */
  z.object({
    ...head,
    type: z.literal("plan"),
    changes: z.array(z.object({ path: z.string(), action: z.string(), why: z.string() })),
  }),
  /** What a dry run would have changed, as a unified diff. */
  z.object({ ...head, type: z.literal("diff"), text: z.string() }),
  /** The code was checked without running it. */
  z.object({
    ...head,
    type: z.literal("checked"),
    findings: z.array(z.object({ path: z.string(), message: z.string() })),
  }),
  /** A command of the product begins, in the sandbox. */
  z.object({ ...head, type: z.literal("command-start"), ...command }),
  z.object({
    ...head,
    type: z.literal("command-end"),
    ...command,
    subject: z.string(),
    works: z.enum(["yes", "no", "unclear", "not tried"]),
    why: z.string(),
    output: z.string(),
    seconds: z.number(),
  }),
  z.object({ ...head, type: z.literal("warning"), message: z.string() }),
  z.object({ ...head, type: z.literal("project"), name: z.string(), folder: z.string() }),
  z.object({
    ...head,
    type: z.literal("commit"),
    message: z.string(),
    files: z.array(z.string()),
    /** Empty where git is not installed. */
    hash: z.string(),
  }),
  z.object({
    ...head,
    type: z.literal("run-end"),
    outcome: z.enum(outcomes),
    exitCode: z.int(),
    /** One sentence: what happened, and to what. */
    message: z.string(),
    hint: z.string().optional(),
    /** The shell command with which the run goes on, where it did not end well. */
    resume: z.string().optional(),
    /** The repository; empty if none was begun. */
    project: z.string(),
    /** Shell commands that run the product, from its folder. */
    runCommand: z.string(),
    missing: z.array(z.object({ subject: z.string(), reason: z.string() })),
    /** How far the product is known to work; absent where no code was written. */
    verification: z
      .object({ level: z.enum(["verified", "partly", "not"]), sentence: z.string(), problems: z.array(z.string()) })
      .exactOptional(),
    totals: z.array(totals),
    repairs: z.record(z.string(), z.int()),
    usd: z.number(),
    seconds: z.number(),
  }),
]);
export type RunEvent = z.infer<typeof RunEvent>;

/** An event before the run stamps it. */
export type NewEvent = RunEvent extends infer E
  ? E extends RunEvent
    ? Omit<E, "v" | "run" | "seq" | "time">
    : never
  : never;

export type Emit = (event: NewEvent) => void;

/** Stamps events with version, run, sequence and time and hands them to the listener, in order; `told` have been before. */
export function emitter(
  run: string,
  listen: (event: RunEvent) => void,
  { told = 0, now = () => new Date() } = {},
): Emit {
  let seq = told;
  return (event) => {
    seq += 1;
    listen({ v: 1, run, seq, time: now().toISOString(), ...event } as RunEvent);
  };
}
