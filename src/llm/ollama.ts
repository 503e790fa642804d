import { z } from "zod";
import { readAnswer } from "./ollama/answer.ts";
import { embeddingOf } from "./ollama/embedding.ts";
import { asPrompt, chatMessages, only, samplingOptions, toolsOf } from "./ollama/request.ts";
import { type Contents, contextLength, contextWindow } from "./ollama/window.ts";
import { defineProvider, type LlmRequest, ProviderError, type Sampling, type Tools } from "./provider.ts";
import { unshown } from "./secrets.ts";
import { common, count, flag, number, structured, text, wire } from "./settings.ts";
import { createLadder, judged, type Structure } from "./structure.ts";
import { refuseTools } from "./tool-refusal.ts";
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

    const optionsOf = async (contents: Contents, sampling: Sampling | undefined, signal: AbortSignal) => ({
      ...(await window(contents, signal)),
      ...only({ temperature: config.temperature }),
      ...samplingOptions(sampling),
    });

    const ask = async (request: LlmRequest, rung: Structure, signal: AbortSignal) => {
      const options = await optionsOf(request, request.sampling, signal);
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
        return client.chat({ messages: chatMessages(request.messages), ...rest, ...toolsOf(request) });
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
          if (config.api_type === "ollama.generate") refuseTools(model, request);
          const { rung, reply } = await answer(request, AbortSignal.any([signal, left.signal]));
          return yield* judged(ladder, { rung }, request, readAnswer(model, reply));
        } catch (error) {
          throw failureOf(error, { ...about, missingModel, wrongAddress, aborted: signal.aborted });
        } finally {
          left.abort();
        }
      },
      async *complete({ prompt, maxTokens, sampling }, { signal }) {
        const left = new AbortController();
        const ended = AbortSignal.any([signal, left.signal]);
        try {
          const contents = { messages: [{ role: "user" as const, content: prompt }], maxTokens };
          const options = await optionsOf(contents, sampling, ended);
          const rest = { ...only({ keep_alive: config.keep_alive }), ...config.extra_body };
          const client = open(ended, "application/x-ndjson");
          const reply = await client.generate({ model, prompt, raw: true, stream: true, options, ...rest });
          return yield* readAnswer(model, reply, { raw: true });
        } catch (error) {
          throw failureOf(error, { ...about, missingModel, wrongAddress, aborted: signal.aborted });
        } finally {
          left.abort();
        }
      },
      async embed(texts, { signal, dimensions }) {
        try {
          const rest = only({ dimensions, keep_alive: config.keep_alive });
          const answer = await open(signal, "application/json").embed({ model, input: [...texts], ...rest });
          return embeddingOf(model, answer);
        } catch (error) {
          throw failureOf(error, { ...about, missingModel, wrongAddress, aborted: signal.aborted });
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
