import { z } from "zod";
import { type Habits, type Lesson, unknownField } from "../lessons.ts";
import { limitIn } from "../openai/request.ts";
import type { JsonSchema, LlmRequest, Sampling } from "../provider.ts";
import type { Structure } from "../structure.ts";
import type { Conversation, Turn } from "./conversation.ts";
import { answerToolOf, toolsOf } from "./tools.ts";

/** The settings that shape a request. */
interface RequestStyle {
  readonly model: string;
  readonly max_token?: number | undefined;
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
  readonly api_version: string;
  readonly thinking?: Readonly<Record<string, unknown>> | undefined;
  readonly effort?: string | undefined;
  readonly cache: boolean;
  readonly extra_body?: Readonly<Record<string, unknown>> | undefined;
}

/** A request body, and the choices in it that a server may refuse. */
interface Sent {
  readonly body: Readonly<Record<string, unknown>>;
  readonly rung: Structure;
  readonly tokens: number;
  /** What the caller of this request chose: a value that the server does not like says nothing about other requests. */
  readonly chosen: readonly string[];
}

/** What is left to a request besides its settings. */
interface Circumstances {
  readonly conversation: Conversation;
  /** Where the beginnings of its first message end that the server's cache shall keep. */
  readonly ends: readonly number[];
  readonly habits: Habits;
  readonly rung: Structure;
  /** What the server's context leaves for the answer. */
  readonly room: number;
  /** The schema in the words the server knows; undefined where those cannot say it. */
  readonly format: JsonSchema | undefined;
}

/** The body of a streaming request. */
export function requestOf(
  style: RequestStyle,
  request: LlmRequest,
  { conversation: { system, turns, paused }, ends, habits, rung, room, format }: Circumstances,
): Sent {
  const { schema } = request;
  const tokens = Math.min(request.maxTokens, style.max_token ?? room, habits.mostTokens, room);
  const settings = samplingOf(style, { temperature: style.temperature, topP: style.top_p });
  const chosen = samplingOf(style, request.sampling ?? {});
  const allowed = (fields: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => !habits.refused.has(name)));
  const output = {
    ...(style.effort !== undefined && { effort: style.effort }),
    ...(rung === "schema" && format && { format: { type: "json_schema", schema: format } }),
  };
  const body = {
    model: style.model,
    max_tokens: tokens,
    ...(system && { system: style.cache ? [kept(system)] : system }),
    messages: [
      ...turns.map((turn, index) => (index === 0 ? marked(turn, ends) : turn)),
      ...(paused ? [{ role: "assistant", content: paused }] : []),
    ],
    stream: true,
    ...(style.thinking && { thinking: style.thinking }),
    ...(Object.keys(output).length > 0 && { output_config: output }),
    ...(rung === "tool" && schema && answerToolOf(schema)),
    ...allowed(settings),
    ...style.extra_body,
    ...toolsOf(request),
    ...allowed(chosen),
  };
  return { body, rung, tokens, chosen: Object.keys(chosen) };
}

/** Since its version of 2026 the API refuses every word about how the next one is chosen. */
function samplingOf({ api_version }: RequestStyle, { temperature, topP, stop }: Sampling): Record<string, unknown> {
  const choosing = api_version === "2023-06-01" ? { temperature, top_p: topP } : {};
  const all = { ...choosing, stop_sequences: stop?.length ? stop : undefined };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const kept = (text: string) => ({ type: "text", text, cache_control: { type: "ephemeral" } });

/** A message cut into what shall be kept in the server's cache and the rest. */
function marked({ role, content }: Turn, ends: readonly number[]) {
  if (typeof content !== "string" || ends.length === 0) return { role, content };
  const blocks = ends.map((end, index) => kept(content.slice(ends[index - 1] ?? 0, end)));
  const rest = content.slice(ends.at(-1));
  return { role, content: rest ? [...blocks, { type: "text", text: rest }] : blocks };
}

/**
 * A schema as structured outputs take it: what they do not know is said in the descriptions. Undefined where an object
 * in it is open, which they would close, or a part says nothing of its type.
 */
export function formatOf(schema: JsonSchema, transform: (schema: JsonSchema) => JsonSchema): JsonSchema | undefined {
  if (hasOpenObject(schema)) return undefined;
  try {
    return transform(schema);
  } catch {
    return undefined;
  }
}

function hasOpenObject(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  const open =
    "type" in node &&
    node.type === "object" &&
    !("additionalProperties" in node && node.additionalProperties === false);
  return open || Object.values(node).some(hasOpenObject);
}

const Refusal = z.object({ status: z.union([z.literal(400), z.literal(422)]), message: z.string() });

/** Finds in an SDK's error what to do differently; undefined where the request itself is to blame. */
export function lessonOf(error: unknown, { body, rung, tokens, chosen }: Sent): Lesson | undefined {
  const refusal = Refusal.safeParse(error);
  if (!refusal.success) return undefined;
  const { message } = refusal.data;

  const [, used, window] = /context limit: (\d+) \+ \d+ > (\d+)/.exec(message) ?? [];
  const room = Number(window) - Number(used);
  if (window) return room >= 256 && room < tokens ? { room } : undefined;
  const most = Number(/max_tokens: \d+ > (\d+)/.exec(message)?.[1] ?? limitIn(message));
  if (most > 0 && most < tokens) return { mostTokens: most };

  if (rung === "schema" && /output_(config|format)|json_schema|structured output/i.test(message)) return { rung };
  if (rung === "tool" && /\btools?\b|tool_choice/i.test(message)) return { rung };
  const sampling = ["temperature", "top_p", "stop_sequences"].find((name) => {
    const unwanted = !chosen.includes(name) || unknownField.test(message);
    return name in body && unwanted && message.includes(name);
  });
  return sampling === undefined ? undefined : { refused: sampling };
}
