import { z } from "zod";
import { dialogueOf } from "../dialogue.ts";
import { type Habits, type Lesson, unknownField } from "../lessons.ts";
import type { ChatMessage, CompletionRequest, LlmRequest, Sampling } from "../provider.ts";
import type { Structure } from "../structure.ts";
import { shapeOf } from "./shape.ts";
import { toolsOf, type WireMessage, wireMessage } from "./tools.ts";

/** The settings that shape a request. */
export interface RequestStyle {
  readonly model: string;
  readonly max_token?: number | undefined;
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
  readonly max_tokens_field: "max_tokens" | "max_completion_tokens";
  readonly stream_usage: boolean;
  readonly system_role: "system" | "developer" | "user";
  readonly use_system_prompt: boolean;
  readonly extra_body?: Readonly<Record<string, unknown>> | undefined;
  readonly first_token_timeout?: number | undefined;
  readonly idle_timeout?: number | undefined;
}

/** A request body, and the choices in it that a server may refuse. */
export interface Sent {
  readonly body: Record<string, unknown>;
  readonly rung: Structure;
  readonly field: string | undefined;
  readonly role: string | undefined;
  readonly tokens: number;
  /** What the caller of this request chose: a value that the server does not like says nothing about other requests. */
  readonly chosen: readonly string[];
  /** The answer is to come in one piece. */
  readonly whole: boolean;
}

/** What is left to a request besides its settings; `room` is what the server's context leaves for the answer. */
interface Circumstances {
  readonly habits: Habits;
  readonly rung: Structure;
  readonly room: number;
}

/** The body of a streaming chat request in the server's own dialect. */
export function requestOf(style: RequestStyle, request: LlmRequest, { habits, rung, room }: Circumstances): Sent {
  const first = <T extends string>(...choices: T[]) => choices.find((choice) => !habits.refused.has(choice));
  const field = first(style.max_tokens_field, "max_tokens", "max_completion_tokens");
  const role = first(style.use_system_prompt ? style.system_role : "user", "system", "user") ?? "user";
  const tokens = Math.min(request.maxTokens, style.max_token ?? room, habits.mostTokens, room);
  const messages = withRole(request.messages, role);
  const sampling = samplingOf(request.sampling);
  const whole = asWhole(style, request) && !habits.refused.has("whole");
  const tools = toolsOf(request);
  const body = {
    model: style.model,
    messages: rung === "json" ? sayingJson(messages) : messages,
    ...(whole ? { stream: false } : streamed(style, habits)),
    ...(field && { [field]: tokens }),
    ...allowed(habits, { temperature: style.temperature, top_p: style.top_p }),
    ...(request.schema && shapeOf(rung, request.schema, habits)),
    ...style.extra_body,
    ...tools,
    ...allowed(habits, sampling),
  };
  const hasSystem = request.messages.some((message) => message.role === "system");
  const named = hasSystem && role !== "user" ? role : undefined;
  return { body, rung, field, role: named, tokens, whole, chosen: chosenIn({ ...sampling, ...tools }) };
}

/** The body of a streaming request to go on with a raw text. */
export function completionOf(
  style: RequestStyle,
  { prompt, maxTokens, sampling }: CompletionRequest,
  { habits, room }: Pick<Circumstances, "habits" | "room">,
): Sent {
  const tokens = Math.min(maxTokens, style.max_token ?? room, habits.mostTokens, room);
  const chosen = samplingOf(sampling);
  const body = {
    model: style.model,
    prompt,
    ...streamed(style, habits),
    max_tokens: tokens,
    ...allowed(habits, { temperature: style.temperature, top_p: style.top_p }),
    ...style.extra_body,
    ...allowed(habits, chosen),
  };
  return { body, rung: "off", field: undefined, role: undefined, tokens, whole: false, chosen: chosenIn(chosen) };
}

/**
 * Whether an answer that nobody hears while it comes is asked for in one piece. Servers count its tokens more surely, and
 * it costs a busy program less; but one that hangs shows only at the end, so that a stream is asked for where the silence
 * within an answer is limited.
 */
const asWhole = ({ first_token_timeout, idle_timeout }: RequestStyle, { whole = false }: LlmRequest): boolean =>
  whole && !first_token_timeout && !idle_timeout;

const streamed = ({ stream_usage }: RequestStyle, habits: Habits) => ({
  stream: true,
  ...allowed(habits, { stream_options: stream_usage ? { include_usage: true } : undefined }),
});

/** The fields that are set and that the server has not refused. */
function allowed(habits: Habits, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name of chosenIn(fields)) if (!habits.refused.has(name)) kept[name] = fields[name];
  return kept;
}

const chosenIn = (fields: Readonly<Record<string, unknown>>) =>
  Object.keys(fields).filter((name) => fields[name] !== undefined);

/** What the caller wants in the words of the API. */
const samplingOf = ({ temperature, topP, stop, seed, presencePenalty, frequencyPenalty }: Sampling = {}) => ({
  temperature,
  top_p: topP,
  stop: stop?.length ? stop : undefined,
  seed,
  presence_penalty: presencePenalty,
  frequency_penalty: frequencyPenalty,
});

const Refusal = z.object({
  status: z.number().optional(),
  message: z.string(),
  code: z.unknown().optional(),
  param: z.unknown().optional(),
});

/** Finds in an SDK's error what to do differently; undefined where the request itself is to blame. */
export function lessonOf(error: unknown, sent: Sent): Lesson | undefined {
  const refusal = Refusal.safeParse(error);
  if (!refusal.success) return undefined;
  const { message, code, param } = refusal.data;
  // Within an answer the status is the code; some servers fail where they mean to refuse.
  const status = refusal.data.status ?? Number(code);
  // what stands before a server gives up on an answer of which nothing comes; some models answer in streams only
  if (sent.whole && ([504, 524].includes(status) || (status === 400 && /\bstream/i.test(message))))
    return { refused: "whole" };
  if (![400, 422].includes(status) && !(status === 500 && /validation error/i.test(message))) return undefined;
  const words = `${param ?? ""} ${code ?? ""} ${message}`;

  const room = roomIn(message);
  if (room !== undefined) return room >= 256 && room < sent.tokens ? { room } : undefined;
  const most = limitIn(words);
  if (most !== undefined && most > 0 && most < sent.tokens) return { mostTokens: most };

  // What is said of tools is about those of the caller, where there are some.
  const trouble = sent.chosen.includes("tools") ? formatTrouble : shapeTrouble;
  if (sent.rung !== "off" && trouble.test(words)) {
    const asSchema = /must be .?json_schema/.test(words) && jsonIsObject(sent);
    return asSchema ? { refused: "json_object" } : { rung: sent.rung };
  }
  for (const name of refusable) {
    const unwanted = !sent.chosen.includes(name) || unknownField.test(words);
    if (name in sent.body && unwanted && new RegExp(`\\b${name}\\b`).test(words)) return { refused: name };
  }
  if (sent.field && new RegExp(`\\b${sent.field}\\b`).test(words) && unknownField.test(words)) {
    return { refused: sent.field };
  }
  return sent.role && roleTrouble.test(words) ? { refused: sent.role } : undefined;
}

const formatTrouble = /response_?format|json_schema|json_object|json mode|grammar|structured_outputs|guided_/i;

const shapeTrouble = new RegExp(`${formatTrouble.source}|\\btools?\\b|tool_choice|function call`, "i");

/** What an answer can do without. */
const refusable = ["stream_options", "temperature", "top_p", "stop", "seed", "presence_penalty", "frequency_penalty"];

/** The format was the plain one, which a few servers know only as a schema of any object. */
const jsonIsObject = ({ body }: Sent) => JSON.stringify(body.response_format) === '{"type":"json_object"}';

const roleTrouble =
  /(system|developer)\W+(role|message|prompt)|role\b.{0,40}\b(system|developer)|invalid role|roles? must alternate|only supports u\/a/i;

function roomIn(message: string): number | undefined {
  const window = /maximum context length (?:is|of) (\d+)/i.exec(message)?.[1];
  const used = /(\d+) (?:in the messages|of text input|in the prompt|input tokens)/i.exec(message)?.[1];
  return window && used ? Number(window) - Number(used) : undefined;
}

/** The most tokens of one answer that a refusal speaks of. */
export function limitIn(words: string): number | undefined {
  if (!/max_(completion_|output_|new_)?tokens|completion tokens/i.test(words)) return undefined;
  const limit =
    /at most (\d+)|\[\s*\d+\s*,\s*(\d+)\s*\]|(?:<=?|less than or equal to|not exceed|be greater than|maximum (?:value )?(?:is|of)) ?(?:max_model_len=)?(\d+)/i.exec(
      words,
    );
  const number = limit?.slice(1).find((group) => group !== undefined);
  return number === undefined ? undefined : Number(number);
}

/** Strict turns, since some servers take no others. For those that know no system role what it says begins the first one. */
function withRole(messages: readonly ChatMessage[], role: string): readonly WireMessage[] {
  const { system, turns } = dialogueOf(messages, { systemApart: role !== "user" });
  return [...(system === "" ? [] : [{ role, content: system }]), ...turns.map(wireMessage)];
}

/** Servers that answer in JSON on demand insist that the prompt says so. */
function sayingJson(messages: readonly WireMessage[]): readonly WireMessage[] {
  if (messages.some(({ content }) => content !== null && /json/i.test(content))) return messages;
  const last = messages.findLastIndex(({ role }) => role === "user");
  return messages.map((message, index) =>
    index === last ? { ...message, content: `${message.content}\n\nAnswer in JSON.` } : message,
  );
}
