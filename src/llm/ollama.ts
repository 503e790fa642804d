import type { ChatResponse, Ollama } from "ollama";
import { z } from "zod";
import { faultIn } from "./error-body.ts";
import { failureOf, faultError } from "./failure.ts";
import {
  type Delta,
  defineProvider,
  type Finish,
  type LlmRequest,
  ProviderError,
  type Tools,
  type Usage,
} from "./provider.ts";
import { headers, proxy } from "./settings.ts";
import { thinkSplitter } from "./thinking.ts";
import { estimateMessages } from "./tokens.ts";

const Config = z.strictObject({
  api_type: z.string().optional(),
  base_url: z
    .string()
    .default("http://127.0.0.1:11434")
    .transform(ollamaHost)
    .pipe(z.url({ protocol: /^https?$/ })),
  model: z.string().min(1),
  temperature: z.number().optional(),
  max_token: z.int().positive().optional(),
  num_ctx: z.int().positive().optional(),
  keep_alive: z.union([z.string(), z.number()]).optional(),
  think: z.union([z.boolean(), z.enum(["low", "medium", "high"])]).optional(),
  timeout: z.number().nonnegative().optional(),
  proxy,
  headers,
});
type Config = z.infer<typeof Config>;

/** Models served by an Ollama, on this machine or another. */
export const ollama = defineProvider({
  config: Config,
  async connect(config, { fetch }) {
    const sdk = await import("ollama");
    const { model, base_url } = config;
    // One instance for each request: ending one ends all requests of its instance.
    const open = (signal: AbortSignal, accept: string) =>
      new sdk.Ollama({ host: base_url, fetch: wired(fetch, signal, { accept, ...config.headers }) });
    const window = contextWindow(config, (signal) => open(signal, "application/json"));
    const about = { model, baseUrl: base_url, secrets: Object.values(config.headers ?? {}) };
    const missingModel = `Run "ollama pull ${model}", or set model to one that "ollama list" shows.`;
    let think = config.think;

    const ask = async (request: LlmRequest, signal: AbortSignal) => {
      const options = { ...(await window(request, signal)), ...only({ temperature: config.temperature }) };
      const chat = () =>
        open(signal, "application/x-ndjson").chat({
          model,
          messages: request.messages.map((message) => ({ ...message })),
          stream: true,
          options,
          ...only({ format: request.schema?.schema, keep_alive: config.keep_alive, think }),
        });
      try {
        return await chat();
      } catch (error) {
        const refused =
          error instanceof ProviderError && error.status === 400 && /support thinking/.test(error.message);
        if (!refused || think === undefined) throw error;
        think = undefined;
        return await chat();
      }
    };

    return {
      async *stream(request, { signal }) {
        const left = new AbortController();
        try {
          return yield* read(model, await ask(request, AbortSignal.any([signal, left.signal])));
        } catch (error) {
          throw failureOf(error, { ...about, missingModel, aborted: signal.aborted });
        } finally {
          left.abort();
        }
      },
    };
  },
});

/** The address as the package wants it: with a scheme, without `/api` or `/v1`, and `localhost` as the one it listens on. */
export function ollamaHost(text: string): string {
  const named = /^https?:\/\//.test(text) ? text : `http://${text}`;
  const bare = named
    .replace(/\/+$/, "")
    .replace(/\/(api|v1)$/, "")
    .replace(/\/+$/, "");
  const here = bare.replace(/^(https?:\/\/)(localhost|0\.0\.0\.0)(?=[:/]|$)/, "$1127.0.0.1");
  return named === text || /:\d+/.test(here.slice(7)) ? here : here.replace(/^(http:\/\/[^/]+)/, "$1:11434");
}

/** The package's own headers, among them a key it finds in the environment, are left out; refusals are read here. */
function wired(fetch: Tools["fetch"], signal: AbortSignal, headers: Record<string, string>): Tools["fetch"] {
  return async (url, init) => {
    const sent = { "content-type": "application/json", "user-agent": "metagpt", ...headers };
    const response = await fetch(url, { ...init, signal, headers: sent });
    if (response.ok) return response;
    const fault = faultIn(await response.json()) ?? { message: response.statusText };
    throw faultError(fault, response.status, response.headers);
  };
}

/**
 * Ollama silently forgets the oldest messages when the window is too small, so each request names one that holds the
 * prompt and the answer. It never shrinks within a connection: another size makes the server load the model again.
 */
function contextWindow({ model, num_ctx, max_token }: Config, client: (signal: AbortSignal) => Ollama) {
  let asked: Promise<number> | undefined;
  let largest = 4096;

  return async ({ messages, maxTokens }: LlmRequest, signal: AbortSignal) => {
    const answer = Math.min(maxTokens, max_token ?? maxTokens);
    if (num_ctx !== undefined) return { num_ctx, num_predict: answer };
    asked ??= contextLength(model, client(signal));
    const most = await asked.catch((error: unknown) => {
      asked = undefined;
      if (error instanceof ProviderError) throw error;
      // Another call asked, and was ended before it knew.
      return contextLength(model, client(signal));
    });
    const prompt = estimateMessages(messages);
    const room = most - prompt;
    // A long answer can be continued, so one that has to be shorter is better than none.
    if (room < Math.min(answer, 1024)) {
      const message = `the prompt of about ${prompt} tokens leaves no room for an answer in a context of ${most}`;
      throw new ProviderError(message, { kind: "overflow" });
    }
    const needed = prompt + Math.min(answer, room);
    while (largest < needed) largest *= 2;
    return { num_ctx: Math.min(largest, most), num_predict: Math.min(answer, room) };
  };
}

async function contextLength(model: string, client: Ollama): Promise<number> {
  const shown = await client.show({ model }).catch((error: unknown) => {
    // A server that cannot tell is no reason to fail; one that cannot be reached is.
    if (error instanceof ProviderError && error.status !== undefined) return {};
    throw error;
  });
  const { model_info } = z.object({ model_info: z.record(z.string(), z.unknown()).catch({}) }).parse(shown);
  const length = Object.entries(model_info).find(([key]) => key.endsWith(".context_length"))?.[1];
  return typeof length === "number" && length > 0 ? length : Number.POSITIVE_INFINITY;
}

async function* read(asked: string, reply: AsyncIterable<ChatResponse>): AsyncGenerator<Delta, Finish> {
  const thinking = thinkSplitter();
  let visible = false;
  let calls = 0;
  const shown = (part: Delta): Delta => {
    visible ||= part.type === "text" && part.text.trim() !== "";
    return part;
  };
  for await (const raw of saying(reply)) {
    const { message, ...part } = Part.parse(raw);
    if (message.thinking) yield { type: "reasoning", text: message.thinking };
    for (const piece of thinking.push(message.content)) yield shown(piece);
    for (const call of message.tool_calls) {
      yield {
        type: "tool-call",
        index: calls++,
        name: call.function.name,
        arguments: JSON.stringify(call.function.arguments),
      };
    }
    if (!part.done) continue;
    for (const piece of thinking.end()) yield shown(piece);
    const usage = usageOf(part);
    const fail = (text: string, kind: ProviderError["kind"]) => new ProviderError(text, { kind, usage });
    if (!part.done_reason && part.eval_count === undefined) throw fail(brokenOff, "truncated");
    if (/^(un)?load$/.test(part.done_reason)) throw fail("the server only loaded the model", "empty");
    const finish = calls > 0 ? "tool_calls" : part.done_reason === "length" ? "length" : "stop";
    if (finish === "stop" && !visible) throw fail("the model answered nothing", "empty");
    return { finish, usage, model: part.model || asked };
  }
  throw new ProviderError(brokenOff, { kind: "truncated" });
}

const brokenOff = "the answer broke off before it was finished";

/** The package reports an early end and an error in mid-stream as plain errors. */
async function* saying(reply: AsyncIterable<ChatResponse>): AsyncGenerator<unknown> {
  try {
    yield* reply;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ProviderError || error.name === "AbortError") throw error;
    if (/^Did not receive done/.test(error.message)) throw new ProviderError(brokenOff, { kind: "truncated" });
    throw faultError({ message: error.message });
  }
}

function usageOf({
  prompt_eval_count: input,
  eval_count: output,
}: Omit<z.infer<typeof Part>, "message">): Usage | undefined {
  return input && output ? { input, output, source: "reported" } : undefined;
}

const words = z.string().catch("");
const count = z.int().nonnegative().optional().catch(undefined);

const Part = z.object({
  model: words,
  message: z
    .object({
      content: words,
      thinking: words,
      tool_calls: z
        .array(z.object({ function: z.object({ name: words, arguments: z.unknown().optional() }) }))
        .catch([]),
    })
    .catch({ content: "", thinking: "", tool_calls: [] }),
  done: z.boolean().catch(false),
  done_reason: words,
  prompt_eval_count: count,
  eval_count: count,
});

/** The settings that are set. */
function only<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> };
function only(settings: object): object {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
