import type { Ollama } from "ollama";
import { z } from "zod";
import { readAnswer } from "./ollama/answer.ts";
import { defineProvider, type LlmRequest, ProviderError, type Tools } from "./provider.ts";
import { unshown } from "./secrets.ts";
import { common, count, flag, number, structured, text, wire } from "./settings.ts";
import { createLadder, judged, type Structure } from "./structure.ts";
import { estimateMessages } from "./tokens.ts";
import { faultIn } from "./wire/error-body.ts";
import { failureOf, faultError } from "./wire/failure.ts";

const Config = z.strictObject({
  ...common,
  ...wire,
  base_url: z
    .string()
    .default("http://127.0.0.1:11434")
    .transform(ollamaHost)
    .pipe(z.url({ protocol: /^https?$/ })),
  model: text.pipe(z.string().min(1)),
  temperature: number.optional(),
  structured: structured.default("auto"),
  /** Added to every request as it stands. */
  extra_body: z.record(z.string(), z.unknown()).optional(),
  /** Tokens of context at least. */
  num_ctx: count.optional(),
  keep_alive: z.union([z.string(), z.number()]).optional(),
  think: z.union([flag, z.enum(["low", "medium", "high"])]).optional(),
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
    const about = { model, baseUrl: base_url, secrets: unshown(config) };
    const missingModel = `Run "ollama pull ${model}", or set model to one that "ollama list" shows.`;
    const wrongAddress = "Check base_url: it is where Ollama listens, such as http://127.0.0.1:11434.";
    let think = config.think;

    const ladder = createLadder(["schema", "json"], config.structured);

    const ask = async (request: LlmRequest, rung: Structure, signal: AbortSignal) => {
      const options = { ...(await window(request, signal)), ...only({ temperature: config.temperature }) };
      const format = { schema: request.schema?.schema, json: "json" }[String(rung)];
      const send = async (): Promise<AsyncIterable<unknown>> => {
        const client = open(signal, "application/x-ndjson");
        const rest = {
          model,
          stream: true,
          options,
          ...only({ format, keep_alive: config.keep_alive, think }),
          ...config.extra_body,
        } as const;
        if (config.api_type === "ollama.generate") return client.generate({ ...asPrompt(request), ...rest });
        return client.chat({ messages: request.messages.map((message) => ({ ...message })), ...rest });
      };
      try {
        return await send();
      } catch (error) {
        const refused =
          error instanceof ProviderError && error.status === 400 && /support thinking/.test(error.message);
        if (!refused || think === undefined) throw error;
        think = undefined;
        return await send();
      }
    };

    /** A format that the server refuses is not asked for again. */
    const answer = async (request: LlmRequest, signal: AbortSignal) => {
      for (;;) {
        const rung = ladder.rungFor(request);
        try {
          return { rung, reply: await ask(request, rung, signal) };
        } catch (error) {
          const refused =
            error instanceof ProviderError && error.status === 400 && /format|grammar|schema/.test(error.message);
          if (!refused || rung === "off") throw error;
          ladder.refuse(rung);
        }
      }
    };

    return {
      async *stream(request, { signal }) {
        const left = new AbortController();
        try {
          const { rung, reply } = await answer(request, AbortSignal.any([signal, left.signal]));
          return yield* judged(ladder, rung, request, readAnswer(model, reply));
        } catch (error) {
          throw failureOf(error, { ...about, missingModel, wrongAddress, aborted: signal.aborted });
        } finally {
          left.abort();
        }
      },
      async models({ signal }) {
        try {
          const { models } = Tags.parse(await open(signal, "application/json").list());
          const context = await contextLength(model, open(signal, "application/json"));
          const own = (name: string) => name === model || name === `${model}:latest`;
          return models.map(({ name }) => ({
            id: name,
            ...(own(name) && Number.isFinite(context) ? { context } : {}),
          }));
        } catch (error) {
          throw failureOf(error, { ...about, missingModel, wrongAddress, aborted: signal.aborted });
        }
      },
    };
  },
});

const Tags = z.object({ models: z.array(z.object({ name: z.string() })).catch([]) }).catch({ models: [] });

/** A conversation as one prompt: a lone question as it is, a longer one with who said what. */
function asPrompt({ messages }: LlmRequest): { system: string; prompt: string } {
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const said = messages.filter(({ role }) => role !== "system");
  const lines = said.map(({ role, content }) => `${role === "user" ? "User" : "Assistant"}: ${content}`);
  const prompt = said.length === 1 ? (said[0]?.content ?? "") : [...lines, "Assistant:"].join("\n\n");
  return { system: system.join("\n\n"), prompt };
}

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
  const Shown = z.object({ model_info: z.record(z.string(), z.unknown()).catch({}) }).catch({ model_info: {} });
  const { model_info } = Shown.parse(shown);
  const length = Object.entries(model_info).find(([key]) => key.endsWith(".context_length"))?.[1];
  return typeof length === "number" && length > 0 ? length : Number.POSITIVE_INFINITY;
}

/** The settings that are set. */
function only<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> };
function only(settings: object): object {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
