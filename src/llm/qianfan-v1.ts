import { z } from "zod";
import { dialogueOf } from "./dialogue.ts";
import { answerReader } from "./openai/answer.ts";
import {
  type Delta,
  defineProvider,
  type Finish,
  type Llm,
  type LlmRequest,
  ProviderError,
  type Tools,
} from "./provider.ts";
import { qianfanEndpoint, qianfanTokens } from "./qianfan/models.ts";
import { type Pass, qianfanPasses } from "./qianfan/pass.ts";
import { unshown } from "./secrets.ts";
import { apiKey, baseUrl, common, number, structured, text, wire } from "./settings.ts";
import { createLadder, judged, type Structure } from "./structure.ts";
import { refuseTools } from "./tool-refusal.ts";
import { type Fault, faultIn } from "./wire/error-body.ts";
import { failureOf, faultError } from "./wire/failure.ts";
import type { Posted } from "./wire/post.ts";
import { eventsOf } from "./wire/reply.ts";

const name = text.pipe(z.string().min(1));

const Config = z
  .strictObject({
    ...common,
    ...wire,
    base_url: baseUrl.default("https://aip.baidubce.com"),
    /** With `secret_key` for a token; with `access_key` instead, each request is signed. */
    api_key: apiKey.optional(),
    access_key: apiKey.optional(),
    secret_key: apiKey,
    model: name.optional(),
    /** The last part of the address, where the model's name does not tell it. */
    endpoint: name.optional(),
    temperature: number.optional(),
    top_p: number.optional(),
    structured: structured.default("auto"),
    /** Added to every request as it stands. */
    extra_body: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(({ api_key, access_key }) => (api_key === undefined) !== (access_key === undefined), {
    path: ["api_key"],
    error: "either api_key or access_key has to be set, each with its secret_key",
  })
  .refine(({ model, endpoint }) => model ?? endpoint, { path: ["model"], error: "model or endpoint has to be set" });
type Config = z.infer<typeof Config>;

/** Baidu Qianfan before its second version, for accounts and gateways that still have only that. */
export const qianfanV1 = defineProvider({ config: Config, connect: (config, tools) => connectQianfan(config, tools) });

/** Connects with a clock of one's own for tokens and signatures. */
export async function connectQianfan(
  config: Config,
  { fetch, post }: Pick<Tools, "fetch" | "post">,
  now: () => number = Date.now,
): Promise<Llm> {
  const base = config.base_url.replace(/\/+$/, "").replace(/\/rpc\/2\.0\/.*$/, "");
  const endpoint = config.endpoint ?? qianfanEndpoint(config.model ?? "");
  const model = config.model ?? endpoint;
  const address = `${base}/rpc/2.0/ai_custom/v1/wenxinworkshop/chat/${encodeURIComponent(endpoint)}`;
  const passes = qianfanPasses(config, base, fetch, now);
  const ladder = createLadder(["json"], config.structured);

  const send = async (pass: Pass, body: object, signal: AbortSignal) => {
    const url = new URL(address);
    if (pass.token !== undefined) url.searchParams.set("access_token", pass.token);
    const headers = { "user-agent": "metagpt", ...pass.sign(url), ...config.headers };
    return post(url, { headers, body, signal });
  };

  async function* ask(body: object, signal: AbortSignal): AsyncGenerator<Delta, Finish> {
    for (let renewed = false; ; renewed = true) {
      const pass = await passes.get(signal);
      const end = yield* read(await send(pass, body, signal), model);
      if (!(end instanceof ProviderError)) return end;
      if (renewed || pass.token === undefined) throw end;
      passes.forget(pass.token);
    }
  }

  async function* answer(request: LlmRequest, signal: AbortSignal): AsyncGenerator<Delta, Finish> {
    const rung = ladder.rungFor(request);
    try {
      return yield* judged(ladder, { rung }, request, ask(bodyOf(request, config, endpoint, rung), signal));
    } catch (error) {
      const refused =
        error instanceof ProviderError && error.kind === "request" && /response_format/.test(error.message);
      if (!refused || rung === "off") throw error;
      ladder.refuse(rung);
      return yield* answer(request, signal);
    }
  }

  return {
    async *stream(request, { signal }) {
      refuseTools(model, request);
      try {
        return yield* answer(request, signal);
      } catch (error) {
        const secrets = [...unshown(config), ...passes.issued];
        throw failureOf(error, { model, baseUrl: base, aborted: signal.aborted, secrets });
      }
    },
  };
}

function bodyOf({ messages, maxTokens, sampling = {} }: LlmRequest, config: Config, endpoint: string, rung: Structure) {
  const { system, turns } = dialogueOf(messages, { systemApart: true });
  const { temperature = config.temperature, topP = config.top_p, stop } = sampling;
  const { max_token = maxTokens } = config;
  return {
    messages: turns,
    ...(system !== "" && { system }),
    stream: true,
    max_output_tokens: Math.max(2, Math.min(maxTokens, max_token, qianfanTokens(endpoint))),
    ...(temperature !== undefined && { temperature: Math.min(Math.max(temperature, 0.01), 1) }),
    ...(topP !== undefined && { top_p: topP }),
    ...(stop?.length && { stop }),
    ...(rung === "json" && { response_format: "json_object" }),
    ...config.extra_body,
  };
}

/** Reads an answer; a refused token is handed back, since another may do. */
async function* read(posted: Posted, model: string): AsyncGenerator<Delta, Finish | ProviderError> {
  const stale = ({ code }: Fault) => code === "110" || code === "111";
  if (posted.fault) {
    const error = faultError(posted.fault, posted.status, posted.headers);
    if (stale(posted.fault)) return error;
    throw error;
  }
  const answer = answerReader(model);
  let begun = false;
  try {
    for await (const { data } of eventsOf(posted.events)) {
      const { result, is_end, sentence_id, finish_reason, usage } = Frame.parse(data);
      const fault = result === undefined ? faultIn(data) : undefined;
      if (fault && stale(fault) && !begun) return faultError(fault);
      if (fault) throw faultError(fault);
      begun = true;
      // A whole answer in one body has neither a number nor an end.
      const ended = is_end ?? (result !== undefined && sentence_id === undefined);
      const reason = finish_reason === "normal" || finish_reason === "" ? "stop" : finish_reason;
      const choice = { index: 0, delta: { content: result ?? "" }, finish_reason: ended ? reason : "" };
      yield* answer.read({ choices: [choice], usage });
    }
  } catch (error) {
    if (!answer.finished()) throw error;
  }
  yield* answer.rest();
  return answer.finish();
}

const Frame = z.object({
  result: z.string().optional().catch(undefined),
  is_end: z.boolean().optional().catch(undefined),
  sentence_id: z.int().optional().catch(undefined),
  finish_reason: z.string().catch(""),
  usage: z.unknown().optional(),
});
