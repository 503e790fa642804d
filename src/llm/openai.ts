import type { OpenAI } from "openai";
import { z } from "zod";
import { gatherPieces } from "./gather.ts";
import { askLearning, noHabits } from "./lessons.ts";
import { addressOf } from "./openai/address.ts";
import { type AnswerReader, answerReader } from "./openai/answer.ts";
import { embeddingOf } from "./openai/embedding.ts";
import { ServedModels } from "./openai/models.ts";
import { chunkParser } from "./openai/plain-chunk.ts";
import { Refusal } from "./openai/refusal.ts";
import { completionOf, lessonOf, requestOf, type Sent } from "./openai/request.ts";
import { type Delta, defineProvider, type Finish, ProviderError, type Tools } from "./provider.ts";
import { unshown } from "./secrets.ts";
import { apiKey, baseUrl, common, flag, number, structured, text, wire } from "./settings.ts";
import { createLadder, judged } from "./structure.ts";
import type { ServerEvent } from "./wire/event-stream.ts";
import { failureOf } from "./wire/failure.ts";
import type { EventStream } from "./wire/reply.ts";

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
  async connect(config, { fetch, post }) {
    const { headers, ...address } = addressOf(config);
    const query = address.defaultQuery ? `?${new URLSearchParams(address.defaultQuery)}` : "";
    const at = (path: string) => new URL(`${address.baseURL}${path}${query}`);
    const [chat, completions] = [at("/chat/completions"), at("/completions")];
    const streaming = { accept: "text/event-stream, application/json", ...headers };
    let connected: Promise<OpenAI> | undefined;
    const sdk = () => {
      connected ??= connectSdk(address, headers, fetch);
      return connected;
    };
    const habits = noHabits();
    const ladder = createLadder(config.structures, config.structured);
    const secrets = unshown(config);
    const about = { model: config.model, baseUrl: config.base_url, secrets };

    /** Asks, and reads the answer. One generator does it all: each more would cost every piece of every answer its share. */
    async function* answer({ url, write, reader, signal }: Question): AsyncGenerator<Delta, Finish, void> {
      let stream: EventStream | undefined;
      try {
        const begun = await askLearning({
          habits,
          ladder,
          most: 10,
          write,
          lessonOf,
          send: (sent) => send(sent, url, signal),
        });
        stream = begun.stream;
        const said = reader();
        try {
          for (let batch = begun.first; batch; batch = await stream.next()) {
            const { pieces, fault } = saidIn(batch, said);
            for (const piece of pieces) yield piece;
            if (fault) throw fault.error;
            if (said.finished()) stream.hurry();
          }
          if (config.done_ends && stream.marked()) yield* said.read(ending);
        } catch (error) {
          // A finished answer stays one, whatever happens to its stream afterwards.
          if (!said.finished()) throw error;
        }
        for (const piece of said.rest()) yield piece;
        return said.finish();
      } catch (error) {
        throw failureOf(error, { ...about, aborted: signal.aborted });
      } finally {
        stream?.close();
      }
    }

    const send = async ({ body, whole }: Sent, url: URL, signal: AbortSignal): Promise<Begun> => {
      const parse = whole ? undefined : chunkParser();
      const posted = await post(url, { headers: streaming, body, whole, parse, signal });
      if (posted.fault) throw new Refusal(posted.fault, posted.status, posted.headers);
      return begin(posted.events);
    };

    return {
      stream(request, { signal }) {
        const held = { rung: ladder.rungFor(request) };
        const write = (room: number) => {
          held.rung = ladder.rungFor(request);
          return requestOf(config, request, { habits, rung: held.rung, room });
        };
        const reader = () => answerReader(config.model, { toolIsAnswer: held.rung === "tool" });
        return judged(ladder, held, request, answer({ url: chat, write, reader, signal }));
      },
      complete(request, { signal }) {
        const write = (room: number) => completionOf(config, request, { habits, room });
        const reader = () => answerReader(config.model, { raw: true });
        return answer({ url: completions, write, reader, signal });
      },
      async embed(input, { signal, dimensions }) {
        try {
          const body = { model: config.model, input, ...(dimensions !== undefined && { dimensions }) };
          return embeddingOf(config.model, await (await sdk()).post("/embeddings", { body, signal }));
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        }
      },
      async models({ signal }) {
        try {
          const { data } = ServedModels.safeParse(await (await sdk()).get("/models", { signal }));
          if (!data) throw new ProviderError("the server sent no list of models", { kind: "protocol" });
          return data;
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        }
      },
    };
  },
});

/** One question to the server. */
interface Question {
  readonly url: URL;
  /** Its body, for a server that leaves so many tokens for the answer. */
  readonly write: (room: number) => Sent;
  /** What reads its answer, once it is known how it was asked. */
  readonly reader: () => AnswerReader;
  readonly signal: AbortSignal;
}

/** A stream whose first events have come. */
interface Begun {
  readonly first: readonly ServerEvent[] | undefined;
  readonly stream: EventStream;
}

/** Waits for the first events: some servers refuse a request only there. */
async function begin(stream: EventStream): Promise<Begun> {
  try {
    const first = await stream.next();
    if (first?.[0]) spoken(first[0]);
    return { first, stream };
  } catch (error) {
    stream.close();
    throw error;
  }
}

/** What events say, up to the first that is none of an answer. */
function saidIn(batch: readonly ServerEvent[], answer: AnswerReader) {
  const pieces = gatherPieces();
  try {
    for (const event of batch) pieces.add(answer.read(spoken(event)));
    return { pieces: pieces.all };
  } catch (error) {
    return { pieces: pieces.all, fault: { error } };
  }
}

/** What an event says, if it is no error. */
function spoken({ name, data }: ServerEvent): object {
  if ("error" in data && data.error) throw new Refusal(data.error);
  if (name === "error") throw new Refusal(data);
  return data;
}

/** The end of an answer whose server says so only by the mark at the end of its stream. */
const ending = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };

/** The SDK, for what is no stream. */
async function connectSdk(
  address: { readonly baseURL: string; readonly defaultQuery?: Record<string, string> },
  headers: Readonly<Record<string, string>>,
  fetch: Tools["fetch"],
): Promise<OpenAI> {
  const { OpenAI } = await import("openai");
  // Nothing is left for the SDK to find in the environment; headers it would add from there are replaced.
  return new OpenAI({
    apiKey: "unused",
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    ...address,
    maxRetries: 0,
    timeout: 2 ** 31 - 1,
    logLevel: "off",
    fetch: (url, init) => fetch(url, { ...init, headers: { accept: "application/json", ...headers } }),
  });
}
