import type { OpenAI } from "openai";
import { z } from "zod";
import { askLearning, noHabits } from "./lessons.ts";
import { addressOf } from "./openai/address.ts";
import { type AnswerReader, answerReader } from "./openai/answer.ts";
import { embeddingOf } from "./openai/embedding.ts";
import { ServedModels } from "./openai/models.ts";
import { Refusal } from "./openai/refusal.ts";
import { completionOf, lessonOf, requestOf, type Sent } from "./openai/request.ts";
import { type Delta, defineProvider, ProviderError, type Tools } from "./provider.ts";
import { unshown } from "./secrets.ts";
import { apiKey, baseUrl, common, flag, number, structured, text, wire } from "./settings.ts";
import { createLadder, judged } from "./structure.ts";
import { together } from "./together.ts";
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

    const open = (url: URL, write: (room: number) => Sent, signal: AbortSignal) =>
      askLearning({
        habits,
        ladder,
        most: 10,
        write,
        async send({ body, rung }) {
          const posted = await post(url, { headers: streaming, body, signal });
          if (posted.fault) throw new Refusal(posted.fault, posted.status, posted.headers);
          return { rung, answer: await begun(posted) };
        },
        lessonOf,
      });

    async function* read({ first, rest, marked, hurry }: Begun, answer: AnswerReader) {
      try {
        for (let step = first; !step.done; step = await rest.next()) {
          yield* together(saidIn(step.value, answer));
          if (answer.finished()) hurry();
        }
        if (config.done_ends && marked()) yield* answer.read(ending);
      } catch (error) {
        // A finished answer stays one, whatever happens to its stream afterwards.
        if (!answer.finished()) throw error;
      } finally {
        await rest.return?.();
      }
      yield* answer.rest();
      return answer.finish();
    }

    return {
      async *stream(request, { signal }) {
        try {
          const write = (room: number) => requestOf(config, request, { habits, rung: ladder.rungFor(request), room });
          const { rung, answer } = await open(chat, write, signal);
          const reader = answerReader(config.model, { toolIsAnswer: rung === "tool" });
          return yield* judged(ladder, rung, request, read(answer, reader));
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        }
      },
      async *complete(request, { signal }) {
        try {
          const write = (room: number) => completionOf(config, request, { habits, room });
          const { answer } = await open(completions, write, signal);
          return yield* read(answer, answerReader(config.model, { raw: true }));
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        }
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

/** A stream whose first events have come. */
interface Begun extends Pick<EventStream, "marked" | "hurry"> {
  readonly first: IteratorResult<readonly ServerEvent[], unknown>;
  readonly rest: AsyncIterator<readonly ServerEvent[], unknown>;
}

/** Waits for the first events: some servers refuse a request only there. */
async function begun({ batches, ...stream }: EventStream): Promise<Begun> {
  const rest = batches[Symbol.asyncIterator]();
  const first = await rest.next();
  try {
    if (!first.done && first.value[0]) spoken(first.value[0]);
  } catch (error) {
    await rest.return?.();
    throw error;
  }
  return { first, rest, ...stream };
}

function* saidIn(batch: readonly ServerEvent[], answer: AnswerReader): Generator<Delta> {
  for (const event of batch) yield* answer.read(spoken(event));
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
