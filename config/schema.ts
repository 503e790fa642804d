import { z } from "zod";
import { PriceSetting } from "./prices.ts";

/** Text; YAML reads some of it as a number. */
const text = z.union([z.string(), z.number().transform(String)], "must be text");
/** A number, also where it came as text from a variable. */
const number = z.preprocess(
  (value) => (typeof value === "string" ? Number(value || Number.NaN) : value),
  z.number("must be a number"),
);
const count = number.pipe(z.int("must be a whole number"));
/** Yes or no, also as text from a variable. */
const flag = z.preprocess(
  (value) => yesOrNo.get(String(value).toLowerCase()) ?? value,
  z.boolean("must be true or false"),
);
const yesOrNo = new Map([
  ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0"].map((word) => [word, false] as const),
]);

/** Every setting of config2.yaml besides the LLMs: its default and what it is for. */
export const Options = z.strictObject({
  workspace: text.default("workspace").describe("the folder the projects are made in"),
  investment: number
    .pipe(z.number().nonnegative("must not be negative"))
    .default(3)
    .describe("USD that a run may cost at most"),
  n_round: count.pipe(z.int().min(1, "must be at least 1")).default(10).describe("rounds at most; a run needs fewer"),
  implement: flag.default(true).describe("write the code, not only the documents"),
  code_review: flag.default(true).describe("review every file"),
  code_review_k_times: count
    .pipe(z.int().min(0, "must not be negative"))
    .default(2)
    .describe("reviews of one file at most"),
  max_auto_summarize_code: count
    .pipe(z.int().min(-1, "must be at least -1"))
    .default(0)
    .describe("checks of the whole code; -1: until nothing is left to do"),
  concurrency: count.pipe(z.int().min(1, "must be at least 1")).default(5).describe("files written at once"),
  language: text.default("").describe("of the documents; empty: the language of the idea"),
  repair_llm_output: flag.default(true).describe("repair malformed answers instead of asking again"),
  max_reasks: count
    .pipe(z.int().min(0, "must not be negative"))
    .default(2)
    .describe("how often an unreadable answer is asked for again"),
  proxy: text.default("").describe("HTTP proxy of every LLM that names none"),
});
export type Options = z.infer<typeof Options>;

/** One LLM as it is written in config2.yaml. Everything is optional here: what is missing may come from its kind or a variable. */
export const LlmBlock = z.strictObject({
  api_type: text.optional(),
  base_url: text.optional(),
  api_key: text.optional(),
  model: text.optional(),
  temperature: number.optional(),
  top_p: number.optional(),
  max_token: count.pipe(z.int().min(1, "must be at least 1")).optional(),
  timeout: number.optional(),
  proxy: text.optional(),
  price: PriceSetting.optional(),
  pricing_plan: text.optional(),
  headers: z.record(z.string(), text).optional(),
  extra_body: z.record(z.string(), z.unknown()).optional(),
  organization: text.optional(),
  project: text.optional(),
  api_version: text.optional(),
  structured: text.optional(),
  max_tokens_field: text.optional(),
  stream_usage: flag.optional(),
  system_role: text.optional(),
  use_system_prompt: flag.optional(),
  endpoint: text.optional(),
  num_ctx: count.optional(),
  keep_alive: z.union([z.number(), z.string()]).optional(),
  think: z.union([flag, z.string()]).optional(),
  folder: text.optional(),
  access_key: text.optional(),
  secret_key: text.optional(),
  session_token: text.optional(),
  region_name: text.optional(),
  app_id: text.optional(),
  api_secret: text.optional(),
  domain: text.optional(),
});
export type LlmBlock = z.infer<typeof LlmBlock>;

/** An entry of `roles:`. */
export const RoleEntry = z.strictObject({ role: text, llm: z.union([text, z.record(z.string(), z.unknown())]) });

/** Settings of an LLM that MetaGPT knows and that change nothing here. */
export const idleLlmKeys: ReadonlySet<string> = new Set([
  ...["stream", "calc_usage", "compress_type", "reasoning", "reasoning_max_token"],
  ...["context_length", "top_k", "repetition_penalty", "presence_penalty", "frequency_penalty"],
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
  ...["project_path", "project_name", "inc", "reqa_file", "git_reinit", "run_tests", "recover_path"],
]);
