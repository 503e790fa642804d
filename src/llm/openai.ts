import { z } from "zod";
import { askLearning, noHabits } from "./lessons.ts";
import { answerReader } from "./openai/answer.ts";
import { lessonOf, requestOf } from "./openai/request.ts";
import { defineProvider, type LlmRequest, ProviderError } from "./provider.ts";
import { unshown } from "./secrets.ts";
import { apiKey, baseUrl, common, flag, number, structured, text, wire } from "./settings.ts";
import { createLadder, judged, type Structure } from "./structure.ts";
import { failureOf } from "./wire/failure.ts";

const Config = z.strictObject({
  ...common,
  ...wire,
  base_url: baseUrl,
  api_key: apiKey.optional(),
  model: text.pipe(z.string().min(1)),
  temperature: number.optional(),
  top_p: number.optional(),
  organization: text.optional(),
  project: text.optional(),
  /** Of an older Azure resource; its newer addresses are plain. */
  api_version: text.optional(),
  extra_body: z.record(z.string(), z.unknown()).optional(),
  structured: structured.default("auto"),
  /** The mechanisms to try, the strongest first. */
  structures: z
    .array(z.enum(["schema", "structured_outputs", "guided_json", "tool", "json"]))
    .default(["schema", "json"]),
  max_tokens_field: z.enum(["max_tokens", "max_completion_tokens"]).default("max_tokens"),
  stream_usage: flag.default(true),
  /** The server gives no reason for its end: the mark at the end of the stream is enough. */
  done_ends: flag.default(false),
  system_role: z.enum(["system", "developer", "user"]).default("system"),
  /** The word of MetaGPT: false is `system_role: user`. */
  use_system_prompt: flag.default(true),
});
type Config = z.infer<typeof Config>;

/** Every server that speaks the chat API of OpenAI; where they differ, a setting says how or the server is believed. */
export const openai = defineProvider({
  config: Config,
  async connect(config, { fetch }) {
    const { OpenAI } = await import("openai");
    const { headers, ...address } = addressOf(config);
    // Nothing is left for the SDK to find in the environment; headers it would add from there are replaced.
    const client = new OpenAI({
      apiKey: "unused",
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      ...address,
      maxRetries: 0,
      timeout: 2 ** 31 - 1,
      logLevel: "off",
      fetch: (url, init) => {
        const accept = init?.method === "POST" ? "text/event-stream, application/json" : "application/json";
        const answer = fetch(url, { ...init, headers: { accept, ...headers } });
        return config.done_ends ? endedByMark(answer) : answer;
      },
    });
    const habits = noHabits();
    const ladder = createLadder(config.structures, config.structured);
    const secrets = unshown(config);
    const about = { model: config.model, baseUrl: config.base_url, secrets };

    const open = (request: LlmRequest, signal: AbortSignal) =>
      askLearning({
        habits,
        ladder,
        most: 10,
        write: (room) => requestOf(config, request, { habits, rung: request.schema ? ladder.rung : "off", room }),
        async send({ body, rung }) {
          const chunks = await client.post<AsyncIterable<unknown>>("/chat/completions", { body, stream: true, signal });
          return { rung, chunks: await begun(chunks) };
        },
        lessonOf,
      });

    async function* read(chunks: AsyncIterable<unknown>, rung: Structure, signal: AbortSignal) {
      const answer = answerReader(config.model, { toolIsAnswer: rung === "tool" });
      try {
        for await (const chunk of chunks) yield* answer.read(chunk);
      } catch (error) {
        // A finished answer stays one, whatever happens to its stream afterwards.
        if (!answer.finished()) throw error;
      }
      // The SDK ends an aborted stream as if it were complete.
      signal.throwIfAborted();
      yield* answer.rest();
      return answer.finish();
    }

    return {
      async *stream(request, { signal }) {
        try {
          const { rung, chunks } = await open(request, signal);
          return yield* judged(ladder, rung, request, read(chunks, rung, signal));
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        }
      },
      async models({ signal }) {
        try {
          const { data } = Models.safeParse(await client.get("/models", { signal }));
          if (!data) throw new ProviderError("the server sent no list of models", { kind: "protocol" });
          return data;
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        }
      },
    };
  },
});

/** Waits for the first chunk: some servers refuse a request only there. */
async function begun<T>(chunks: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const rest = chunks[Symbol.asyncIterator]();
  const first = await rest.next();
  return (async function* () {
    try {
      for (let step = first; !step.done; step = await rest.next()) yield step.value;
    } finally {
      await rest.return?.();
    }
  })();
}

/** The list of models as its many servers give it: each with its context under another name, if at all. */
const Models = z
  .union([z.object({ data: z.array(z.unknown()) }).transform(({ data }) => data), z.array(z.unknown())])
  .pipe(
    z.array(
      z.looseObject({ id: z.string() }).transform(({ id, ...more }) => {
        const names = ["max_model_len", "context_length", "context_window", "max_context_length", "max_input_tokens"];
        const context = names.map((name) => more[name]).find((value) => typeof value === "number" && value > 0);
        return { id, ...(typeof context === "number" ? { context } : {}) };
      }),
    ),
  );

/** Says that the answer is whole where the server says so only by the mark at the end of its stream. */
async function endedByMark(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  if (!response.body || !response.headers.get("content-type")?.includes("event-stream")) return response;
  const last = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\n`;
  const decoder = new TextDecoder();
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        if (decoder.decode(piece) === "data: [DONE]\n\n") controller.enqueue(new TextEncoder().encode(last));
        controller.enqueue(piece);
      },
    }),
  );
  return new Response(body, { status: response.status, headers: response.headers });
}

/** Where the chat completions live, and every header that is sent there. */
function addressOf(config: Config): {
  baseURL: string;
  defaultQuery?: Record<string, string>;
  headers: Record<string, string>;
} {
  const { api_key, api_version, organization, project } = config;
  const azure = /^azure/.test(config.api_type ?? "");
  const base = config.base_url.replace(/\/+$/, "").replace(/\/chat\/completions$/, "");
  const headers = {
    "content-type": "application/json",
    "user-agent": "metagpt",
    ...(api_key && (azure ? { "api-key": api_key } : { authorization: `Bearer ${api_key}` })),
    ...(organization && { "openai-organization": organization }),
    ...(project && { "openai-project": project }),
    ...config.headers,
  };
  if (!azure) return { baseURL: base, headers };
  const resource = base.replace(/\/openai(\/v1)?$/, "");
  if (!api_version) return { baseURL: `${resource}/openai/v1`, headers };
  const baseURL = `${resource}/openai/deployments/${encodeURIComponent(config.model)}`;
  return { baseURL, defaultQuery: { "api-version": api_version }, headers };
}
