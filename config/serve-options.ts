import { z } from "zod";
import { count, flag, number, text } from "../src/llm/settings.ts";
import { check } from "./check.ts";
import { type Env, filledIn, type Layer, mergeLayers } from "./layers.ts";
import type { Mapping } from "./yaml.ts";

const amount = number.pipe(z.number().positive("must be more than 0"));
const money = number.pipe(z.number().nonnegative("must not be negative"));
const wholeFromZero = number.pipe(z.int("must be a whole number").min(0, "must not be negative"));

const Cache = z.strictObject(
  {
    ttl: amount.default(300).describe("seconds an answer is kept"),
    entries: count.default(1000).describe("answers at most"),
    megabytes: amount.default(64).describe("of all answers together at most"),
  },
  "must be true, false or { ttl, entries, megabytes }",
);

/** Every setting below `serve:` in config2.yaml: its default and what it is for. A cache that is off is absent. */
export const ServeOptions = z.strictObject(
  {
    host: text
      .default("127.0.0.1")
      .describe("the address it listens at; others than this machine only with auth above"),
    port: wholeFromZero
      .pipe(z.int().max(65535, "must be at most 65535"))
      .default(8888)
      .describe("the port it listens at; 0: any free one"),
    runs: flag.default(false).describe("let callers start runs of the company"),
    run_queue: wholeFromZero.default(8).describe("runs that may wait"),
    run_concurrency: count.default(1).describe("runs at once"),
    cache: z
      .preprocess(cacheOf, Cache.optional())
      .describe("answer the same request from memory where its temperature is 0; true, or the bounds below"),
    max_body: amount.default(4).describe("megabytes of one request at most"),
    max_calls: count.default(256).describe("calls under way and waiting at most; more are refused"),
    log_prompts: flag.default(false).describe("write into the log what is asked and answered"),
    budget: money.optional().describe("USD that all callers together may spend until it ends; absent: no limit"),
  },
  "must hold settings such as port",
);
export type ServeOptions = z.infer<typeof ServeOptions>;

/** `serve:` of config2.yaml; `host` and `port` of the command line come before it. */
export function readServeOptions(config2: Layer, { env, flags }: { env: Env; flags: Mapping }): ServeOptions {
  const written = { ...config2, value: { serve: config2.value.serve ?? {} } };
  const merged = mergeLayers([written, commandLine(flags)]);
  return check(Serve, filledIn(merged, env), { where: merged.where, known }).serve;
}

const Serve = z.strictObject({ serve: ServeOptions });

const known = [...Object.keys(ServeOptions.shape), ...Object.keys(Cache.shape)];

function commandLine({ host, port }: Mapping): Layer {
  const given = Object.entries({ host, port }).filter(([, value]) => value !== undefined);
  return {
    value: given.length > 0 ? { serve: Object.fromEntries(given) } : {},
    where: ([, option]) => `--${option}`,
  };
}

/** `true` means the usual bounds, `false` none at all. */
function cacheOf(value: unknown): unknown {
  const { data: isOn } = flag.safeParse(value);
  if (isOn === undefined) return value;
  return isOn ? {} : undefined;
}
