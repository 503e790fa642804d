import { z } from "zod";
import { count, flag, number, text } from "../src/llm/settings.ts";
import { PriceSetting } from "./prices.ts";

/** Yes, no, or only where nothing is lost. */
const repairChoice = z.union([z.literal("strict"), flag], "must be true, false or strict");

const whole = number.pipe(z.int("must be a whole number"));

/** What a dollar costs in yuan, rounded down so that prices in yuan never look cheaper than they are. */
export const yuan = { rate: 7, date: "2026-11-21" };

/** Every setting of config2.yaml besides the LLMs: its default and what it is for. */
export const Options = z.strictObject({
  workspace: text.default("workspace").describe("the folder the projects are made in"),
  investment: number
    .pipe(z.number().nonnegative("must not be negative"))
    .default(3)
    .describe("USD that a run may cost at most"),
  n_round: count.default(10).describe("rounds at most; a run needs fewer"),
  implement: flag.default(true).describe("write the code, not only the documents"),
  code_review: flag.default(true).describe("review every file"),
  code_review_k_times: whole
    .pipe(z.int().min(0, "must not be negative"))
    .default(2)
    .describe("reviews of one file at most"),
  max_auto_summarize_code: whole
    .pipe(z.int().min(-1, "must be at least -1"))
    .default(0)
    .describe("checks of the whole code; -1: until nothing is left to do"),
  max_fix_rounds: whole
    .pipe(z.int().min(0, "must not be negative"))
    .default(3)
    .describe("how often what the checks of the code find is mended at most"),
  run_tests: flag.default(false).describe("write tests and run them and the product, in a sandbox"),
  sandbox: z
    .enum(["auto", "off", "require", "docker"], "must be auto, off, require or docker")
    .default("auto")
    .describe("where generated code runs: auto, off, require (refuse without one) or docker"),
  require_verified: flag.default(false).describe("exit code 7 unless the product was tried out and works"),
  concurrency: count.default(5).describe("files written at once"),
  language: text.default("").describe("of the documents; empty: the language of the idea"),
  repair_llm_output: repairChoice
    .default(true)
    .describe("repair malformed answers: true; false: ask again for clean ones; strict: repair where nothing is lost"),
  max_reasks: whole
    .pipe(z.int().min(0, "must not be negative"))
    .default(2)
    .describe("how often an unreadable answer is asked for again"),
  proxy: text.default("").describe("http, https or socks5 proxy of every LLM that names none"),
  ca_file: text.default("").describe("certificates to trust, for every LLM that names none"),
  cny_per_usd: number
    .pipe(z.number().positive("must be more than 0"))
    .default(yuan.rate)
    .describe(`yuan for a dollar, for prices in yuan; rounded down on ${yuan.date}`),
});
export type Options = z.infer<typeof Options>;

/** LLMs to turn to when another one gives no answer: a name or a list of names. */
const Fallback = z.union([text.transform((name) => [name]), z.array(text)]);

/**
 * One LLM as it is written in config2.yaml: what the configuration itself reads. Every other key is a setting of the
 * provider that serves it. Everything is optional here: what is missing may come from its kind or a variable.
 */
export const LlmBlock = z.looseObject({
  api_type: text.optional(),
  base_url: text.optional(),
  api_key: text.optional(),
  api_key_file: text.optional(),
  model: text.optional(),
  endpoint: text.optional(),
  domain: text.optional(),
  max_token: count.optional(),
  price: PriceSetting.optional(),
  pricing_plan: text.optional(),
  fallback: Fallback.optional(),
  context_length: count.optional(),
  max_concurrency: count.optional(),
  rpm: count.optional(),
  tpm: count.optional(),
});
export type LlmBlock = z.infer<typeof LlmBlock>;

/** An entry of `roles:`. */
export const RoleEntry = z.strictObject({
  role: text,
  llm: z.union([text, z.record(z.string(), z.unknown())]),
  fallback: Fallback.optional(),
});

/** Settings of an LLM that MetaGPT knows and that change nothing here. */
export const idleLlmKeys: ReadonlySet<string> = new Set([
  ...["stream", "calc_usage", "compress_type", "reasoning", "reasoning_max_token"],
  ...["top_k", "repetition_penalty", "presence_penalty", "frequency_penalty"],
  ...["stop", "best_of", "n", "seed", "logprobs", "top_logprobs"],
]);

/** Keys of a MetaGPT config2.yaml that this product has no use for. */
export const foreignKeys: ReadonlySet<string> = new Set([
  ...["search", "browser", "mermaid", "mermaid_engine", "mmdc", "puppeteer_config", "pyppeteer_executable_path"],
  ...["redis", "redis_key", "s3", "embedding", "hyde", "omniparse", "exp_pool", "role_zero"],
  ...["enable_longterm_memory", "prompt_schema", "llm_for_researcher_summary", "llm_for_researcher_report"],
  ...["azure_tts_subscription_key", "azure_tts_region", "AZURE_TTS_SUBSCRIPTION_KEY", "AZURE_TTS_REGION"],
  ...["iflytek_api_id", "iflytek_api_key", "iflytek_api_secret"],
  ...["IFLYTEK_APP_ID", "IFLYTEK_APP_SECRET", "IFLYTEK_APP_KEY"],
  ...["metagpt_tti_url", "METAGPT_TEXT_TO_IMAGE_MODEL_URL"],
  ...["project_path", "project_name", "inc", "reqa_file", "git_reinit", "recover_path"],
]);
