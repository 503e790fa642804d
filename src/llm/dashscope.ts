import { z } from "zod";
import { repeatFilter } from "./dashscope/repeated-text.ts";
import { answerReader } from "./openai/answer.ts";
import { type Delta, defineProvider, type Finish, type LlmRequest } from "./provider.ts";
import { unshown } from "./secrets.ts";
import { apiKey, baseUrl, common, flag, number, text, wire } from "./settings.ts";
import { refuseTools } from "./tool-refusal.ts";
import { faultIn } from "./wire/error-body.ts";
import type { ServerEvent } from "./wire/event-stream.ts";
import { failureOf, faultError } from "./wire/failure.ts";
import { eventsOf } from "./wire/reply.ts";

const Config = z.strictObject({
  ...common,
  ...wire,
  base_url: baseUrl.default("https://dashscope.aliyuncs.com/api/v1"),
  api_key: apiKey,
  model: text.pipe(z.string().min(1)),
  temperature: number.optional(),
  top_p: number.optional(),
  enable_thinking: flag.optional(),
  /** Added to the parameters of every request. */
  extra_body: z.record(z.string(), z.unknown()).optional(),
  structured: z.enum(["auto", "off"], "can be auto or off: only the compatible address knows more").optional(),
});
type Config = z.infer<typeof Config>;

/** Alibaba DashScope in its own words, for addresses with /api/v1; its compatible address is served as `openai`. */
export const dashscope = defineProvider({
  config: Config,
  async connect(config, { post }) {
    const { model, api_key, base_url } = config;
    const base = base_url.replace(/\/+$/, "").replace(/(\/api\/v1)\/.*$/, "$1");
    const headers = {
      "user-agent": "metagpt",
      "x-dashscope-sse": "enable",
      authorization: `Bearer ${api_key}`,
      ...config.headers,
    };
    const secrets = unshown(config);

    return {
      async *stream(request, { signal }) {
        refuseTools(model, request);
        try {
          const url = `${base}/services/aigc/text-generation/generation`;
          const posted = await post(url, { headers, body: bodyOf(request, config), signal });
          if (posted.fault) throw faultError(posted.fault, posted.status, posted.headers);
          const finish = yield* read(eventsOf(posted.events), model);
          return request.schema ? { ...finish, structure: "off" } : finish;
        } catch (error) {
          throw failureOf(error, { model, baseUrl: base_url, aborted: signal.aborted, secrets });
        }
      },
    };
  },
});

function bodyOf({ messages, maxTokens, sampling = {} }: LlmRequest, { model, max_token, ...config }: Config) {
  const { temperature = config.temperature, topP = config.top_p, stop, seed, presencePenalty } = sampling;
  const { enable_thinking } = config;
  return {
    model,
    input: { messages },
    parameters: {
      result_format: "message",
      incremental_output: true,
      max_tokens: Math.min(maxTokens, max_token ?? maxTokens),
      // Both limits are refused themselves.
      ...(temperature !== undefined && { temperature: Math.min(temperature, 1.99) }),
      ...(topP !== undefined && { top_p: Math.min(topP, 0.9999) }),
      ...(stop?.length && { stop }),
      ...(seed !== undefined && { seed }),
      ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
      ...(enable_thinking !== undefined && { enable_thinking }),
      ...config.extra_body,
    },
  };
}

async function* read(events: AsyncIterable<ServerEvent>, model: string): AsyncGenerator<Delta, Finish> {
  const answer = answerReader(model);
  const content = repeatFilter();
  const reasoning = repeatFilter();
  try {
    for await (const { name, data } of events) {
      const { output, usage } = Frame.parse(data);
      const fault = output && name !== "error" ? undefined : faultIn(data);
      if (fault) throw faultError(fault);
      if (!output) continue;
      const [{ message, finish_reason } = nothing] = output.choices;
      const thought = message.reasoning_content;
      const delta = {
        content: content.push(message.content || output.text),
        reasoning_content: thought && reasoning.push(thought),
      };
      const choice = { index: 0, delta, finish_reason: finish_reason || output.finish_reason };
      yield* answer.read({ choices: [choice], usage });
    }
  } catch (error) {
    if (!answer.finished()) throw error;
  }
  const delta = { content: content.end(), reasoning_content: reasoning.end() };
  yield* answer.read({ choices: [{ index: 0, delta }] });
  yield* answer.rest();
  return answer.finish();
}

const words = z.string().catch("");
const nothing = { message: { content: "", reasoning_content: "" }, finish_reason: "" };

/** A text, or a list of parts that hold some. */
const Text = z
  .union([z.string(), z.array(z.object({ text: words })).transform((parts) => parts.map((part) => part.text).join(""))])
  .catch("");

const Message = z.object({ content: Text, reasoning_content: words }).catch(nothing.message);

const Frame = z.object({
  output: z
    .object({
      text: words,
      finish_reason: words,
      choices: z.array(z.object({ message: Message, finish_reason: words })).catch([]),
    })
    .optional()
    .catch(undefined),
  usage: z
    .object({ input_tokens: z.int().nonnegative(), output_tokens: z.int().nonnegative() })
    .transform((counts) => ({ prompt_tokens: counts.input_tokens, completion_tokens: counts.output_tokens }))
    .optional()
    .catch(undefined),
});
