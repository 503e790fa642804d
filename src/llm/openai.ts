import { z } from "zod";
import { askLearning, noHabits } from "./lessons.ts";
import { addressOf } from "./openai/address.ts";
import { type AnswerReader, answerReader } from "./openai/answer.ts";
import { embeddingOf } from "./openai/embedding.ts";
import { ServedModels } from "./openai/models.ts";
import { completionOf, lessonOf, requestOf, type Sent } from "./openai/request.ts";
import { defineProvider, ProviderError } from "./provider.ts";
import { unshown } from "./secrets.ts";
import { apiKey, baseUrl, common, flag, number, structured, text, wire } from "./settings.ts";
import { createLadder, judged } from "./structure.ts";
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
        const streams = /\/completions(\?|$)/.test(String(url));
        const accept = streams ? "text/event-stream, application/json" : "application/json";
        const answer = fetch(url, { ...init, headers: { accept, ...headers } });
        return config.done_ends ? endedByMark(answer) : answer;
      },
    });
    const habits = noHabits();
    const ladder = createLadder(config.structures, config.structured);
    const secrets = unshown(config);
    const about = { model: config.model, baseUrl: config.base_url, secrets };

    const open = (path: string, write: (room: number) => Sent, signal: AbortSignal) =>
      askLearning({
        habits,
        ladder,
        most: 10,
        write,
        async send({ body, rung }) {
          const chunks = await client.post<AsyncIterable<unknown>>(path, { body, stream: true, signal });
          return { rung, chunks: await begun(chunks) };
        },
        lessonOf,
      });

    async function* read(chunks: AsyncIterable<unknown>, answer: AnswerReader, signal: AbortSignal) {
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
          const write = (room: number) => requestOf(config, request, { habits, rung: ladder.rungFor(request), room });
          const { rung, chunks } = await open("/chat/completions", write, signal);
          const answer = answerReader(config.model, { toolIsAnswer: rung === "tool" });
          return yield* judged(ladder, rung, request, read(chunks, answer, signal));
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        }
      },
      async *complete(request, { signal }) {
        try {
          const write = (room: number) => completionOf(config, request, { habits, room });
          const { chunks } = await open("/completions", write, signal);
          return yield* read(chunks, answerReader(config.model, { raw: true }), signal);
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        }
      },
      async embed(input, { signal, dimensions }) {
        try {
          const body = { model: config.model, input, ...(dimensions !== undefined && { dimensions }) };
          return embeddingOf(config.model, await client.post("/embeddings", { body, signal }));
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        }
      },
      async models({ signal }) {
        try {
          const { data } = ServedModels.safeParse(await client.get("/models", { signal }));
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
