import { z } from "zod";
import { answerReader } from "./anthropic/answer.ts";
import { type Conversation, conversationOf } from "./anthropic/conversation.ts";
import { formatOf, lessonOf, requestOf } from "./anthropic/request.ts";
import { prefixFinder } from "./anthropic/shared-prefix.ts";
import { answerTool } from "./anthropic/tools.ts";
import { askLearning, noHabits } from "./lessons.ts";
import { type Delta, defineProvider, type Finish, type LlmRequest, ProviderError } from "./provider.ts";
import { unshown } from "./secrets.ts";
import { apiKey, baseUrl, common, flag, number, structured, text, wire } from "./settings.ts";
import { createLadder, judged, type Ladder, type Structure } from "./structure.ts";
import { failureOf } from "./wire/failure.ts";

const Config = z.strictObject({
  ...common,
  ...wire,
  base_url: baseUrl.default("https://api.anthropic.com"),
  api_key: apiKey.optional(),
  /** The header that carries the key; most other hosts of this API want the latter. */
  auth: z.enum(["bearer", "x-api-key"]).default("bearer"),
  api_version: text.default("2026-10-21"),
  model: text.pipe(z.string().min(1)),
  /** Sent with the `api_version` of 2023-06-01 only; the newer one refuses them. */
  temperature: number.optional(),
  top_p: number.optional(),
  /** A word, such as adaptive, or an object as the API knows it. */
  thinking: z.union([z.string().transform((type) => ({ type })), z.record(z.string(), z.unknown())]).optional(),
  effort: text.optional(),
  structured: structured.default("auto"),
  /** Has the server keep what prompts have in common: cheaper from the second reading on. */
  cache: flag.default(true),
  extra_body: z.record(z.string(), z.unknown()).optional(),
});
type Config = z.infer<typeof Config>;

/** One call, its conversation as the server wants it, and where the beginnings of its first message end that are kept. */
interface Call {
  readonly request: LlmRequest;
  readonly conversation: Conversation;
  readonly ends: readonly number[];
  readonly signal: AbortSignal;
}

interface Opened {
  readonly events: AsyncIterable<{ readonly data: string }>;
  readonly rung: Structure;
  readonly ladder: Ladder;
}

/** Claude, and every other server that speaks the Messages API of Anthropic. */
export const anthropic = defineProvider({
  config: Config,
  async connect(config, { fetch }) {
    const { Anthropic } = await import("@anthropic-ai/sdk");
    const { Stream } = await import("@anthropic-ai/sdk/core/streaming");
    const { transformJSONSchema } = await import("@anthropic-ai/sdk/lib/transform-json-schema");
    // Nothing is left for the SDK to find in the environment; headers it would add from there are replaced.
    const client = new Anthropic({
      apiKey: "unused",
      webhookKey: null,
      baseURL: config.base_url.replace(/\/+$/, "").replace(/\/v1(\/messages)?$/, ""),
      maxRetries: 0,
      timeout: 2 ** 31 - 1,
      logLevel: "off",
      openTelemetry: false,
      fetch: (url, init) => fetch(url, { ...init, headers: headersOf(config, init?.method) }),
    });
    const habits = noHabits();
    const ladders = {
      all: createLadder(["schema", "tool"], config.structured),
      tool: createLadder(["tool"], config.structured),
    };
    const prefixes = prefixFinder();
    const wrongAddress = "Check base_url: it is the part before /v1/messages, such as https://api.anthropic.com.";
    const secrets = unshown(config);
    const about = { model: config.model, baseUrl: config.base_url, secrets, wrongAddress };

    const open = async ({ request, signal, ...call }: Call): Promise<Opened> => {
      const format = request.schema && formatOf(request.schema.schema, transformJSONSchema);
      const ladder = format ? ladders.all : ladders.tool;
      return askLearning({
        habits,
        ladder,
        most: 8,
        write: (room) => {
          const rung = ladder.rungFor(request);
          return requestOf(config, request, { ...call, habits, rung, room, format });
        },
        async send({ body, rung }) {
          const asked = client.post("/v1/messages", { body, stream: true, signal });
          // The SDK's own reading would pass over events without a name.
          return { rung, ladder, events: Stream.rawEvents(await asked.asResponse()) };
        },
        lessonOf,
      });
    };

    /** Reads an answer to its end. One that pauses is sent back, once, for the rest of it. */
    async function* read(call: Call, opened: Opened): AsyncGenerator<Delta, Finish, void> {
      const answer = answerReader(config.model, opened.rung === "tool" ? answerTool : undefined);
      let { events } = opened;
      for (let pauses = 0; ; pauses++) {
        try {
          for await (const { data } of events) {
            if (data !== "[DONE]") yield* answer.read(JSON.parse(data));
            if (answer.over()) break;
          }
        } catch (error) {
          // A finished answer stays one, whatever happens to its stream afterwards.
          if (!answer.finished()) throw error;
        }
        call.signal.throwIfAborted();
        if (pauses > 0 || !answer.paused()) break;
        const conversation = { ...call.conversation, paused: answer.resume() };
        ({ events } = await open({ ...call, conversation }));
      }
      yield* answer.rest();
      return answer.finish();
    }

    return {
      async *stream(request, { signal }) {
        const left = new AbortController();
        try {
          const conversation = conversationOf(request.messages);
          const begun = conversation.turns[0]?.content;
          const first = typeof begun === "string" ? begun : "";
          const ends = config.cache ? prefixes.ends(conversation.system, first) : [];
          const call = { request, conversation, ends, signal: AbortSignal.any([signal, left.signal]) };
          const opened = await open(call);
          prefixes.saw(conversation.system, first);
          return yield* judged(opened.ladder, opened, request, read(call, opened));
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        } finally {
          left.abort();
        }
      },
      async models({ signal }) {
        try {
          const list = Models.safeParse(await client.get("/v1/models", { query: { limit: 1000 }, signal }));
          if (list.success) return list.data;
          throw new ProviderError("the server's list of models could not be understood", { kind: "protocol" });
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        }
      },
    };
  },
});

/** Every header that is sent. */
function headersOf(config: Config, method: string | undefined): Record<string, string> {
  const { api_key, auth, api_version } = config;
  return {
    "content-type": "application/json",
    accept: method === "POST" ? "text/event-stream, application/json" : "application/json",
    "user-agent": "metagpt",
    "anthropic-version": api_version,
    ...(api_key && (auth === "bearer" ? { authorization: `Bearer ${api_key}` } : { "x-api-key": api_key })),
    ...config.headers,
  };
}

const Models = z
  .object({
    data: z.array(z.object({ id: z.string(), max_input_tokens: z.int().positive().optional().catch(undefined) })),
  })
  .transform(({ data }) =>
    data.map(({ id, max_input_tokens: context }) => ({ id, ...(context === undefined ? {} : { context }) })),
  );
