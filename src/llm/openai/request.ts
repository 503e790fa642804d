import { z } from "zod";
import { dialogueOf } from "../dialogue.ts";
import type { Habits, Lesson } from "../lessons.ts";
import type { ChatMessage, JsonSchema, LlmRequest } from "../provider.ts";
import type { Structure } from "../structure.ts";

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
}

/** A request body, and the choices in it that a server may refuse. */
export interface Sent {
  readonly body: Record<string, unknown>;
  readonly rung: Structure;
  readonly field: string | undefined;
  readonly role: string | undefined;
  readonly tokens: number;
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
  const allowed = (name: string, value: unknown) =>
    value === undefined || habits.refused.has(name) ? {} : { [name]: value };
  const field = first(style.max_tokens_field, "max_tokens", "max_completion_tokens");
  const role = first(style.use_system_prompt ? style.system_role : "user", "system", "user") ?? "user";
  const tokens = Math.min(request.maxTokens, style.max_token ?? room, habits.mostTokens, room);
  const messages = withRole(request.messages, role);
  const body = {
    model: style.model,
    messages: rung === "json" ? sayingJson(messages) : messages,
    stream: true,
    ...allowed("stream_options", style.stream_usage ? { include_usage: true } : undefined),
    ...(field && { [field]: tokens }),
    ...allowed("temperature", style.temperature),
    ...allowed("top_p", style.top_p),
    ...(request.schema && shapeOf(rung, request.schema, habits)),
    ...style.extra_body,
  };
  const hasSystem = request.messages.some((message) => message.role === "system");
  return { body, rung, field, role: hasSystem && role !== "user" ? role : undefined, tokens };
}

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
  if (![400, 422].includes(status) && !(status === 500 && /validation error/i.test(message))) return undefined;
  const words = `${param ?? ""} ${code ?? ""} ${message}`;

  const room = roomIn(message);
  if (room !== undefined) return room >= 256 && room < sent.tokens ? { room } : undefined;
  const most = limitIn(words);
  if (most !== undefined && most > 0 && most < sent.tokens) return { mostTokens: most };

  if (sent.rung !== "off" && shapeTrouble.test(words)) {
    const asSchema = /must be .?json_schema/.test(words) && jsonIsObject(sent);
    return asSchema ? { refused: "json_object" } : { rung: sent.rung };
  }
  for (const name of ["stream_options", "temperature", "top_p"]) {
    if (name in sent.body && words.includes(name)) return { refused: name };
  }
  if (sent.field && new RegExp(`\\b${sent.field}\\b`).test(words) && unknownField.test(words)) {
    return { refused: sent.field };
  }
  return sent.role && roleTrouble.test(words) ? { refused: sent.role } : undefined;
}

const shapeTrouble =
  /response_?format|json_schema|json_object|json mode|grammar|structured_outputs|guided_|\btools?\b|tool_choice|function call/i;

/** The format was the plain one, which a few servers know only as a schema of any object. */
const jsonIsObject = ({ body }: Sent) => JSON.stringify(body.response_format) === '{"type":"json_object"}';

const unknownField =
  /unsupported|not supported|support|unrecognized|unknown|unexpected|not (permitted|allowed)|extra|instead/i;

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
function withRole(messages: readonly ChatMessage[], role: string): { role: string; content: string }[] {
  const { system, turns } = dialogueOf(messages, { systemApart: role !== "user" });
  return [...(system === "" ? [] : [{ role, content: system }]), ...turns];
}

/** Servers that answer in JSON on demand insist that the prompt says so. */
function sayingJson<M extends { role: string; content: string }>(messages: readonly M[]): readonly M[] {
  if (messages.some(({ content }) => /json/i.test(content))) return messages;
  return messages.map((message, index) =>
    index === messages.length - 1 ? { ...message, content: `${message.content}\n\nAnswer in JSON.` } : message,
  );
}

/** The part of the body that holds the model to the shape. */
function shapeOf(rung: Structure, { name, schema }: NonNullable<LlmRequest["schema"]>, { refused }: Habits) {
  const { $schema, ...plain } = schema;
  const safe = name.replace(/[^\w-]/g, "_").slice(0, 64) || "answer";
  const format = (shape: JsonSchema) => ({
    response_format: { type: "json_schema", json_schema: { name: safe, strict: isClosed(shape), schema: shape } },
  });
  if (rung === "schema") return format(plain);
  if (rung === "structured_outputs") return { structured_outputs: { json: plain } };
  if (rung === "guided_json") return { guided_json: plain };
  if (rung === "tool") {
    const tool = { name: safe, description: "Gives the answer.", parameters: plain };
    return {
      tools: [{ type: "function", function: tool }],
      tool_choice: { type: "function", function: { name: safe } },
    };
  }
  if (rung !== "json") return {};
  return refused.has("json_object") ? format({ type: "object" }) : { response_format: { type: "json_object" } };
}

/** Strict mode wants every property required and none besides, all the way down. */
function isClosed(schema: JsonSchema): boolean {
  const read = Closed.safeParse(schema);
  if (!read.success) return false;
  const { type, properties = {}, required = [], additionalProperties } = read.data;
  const object = type === "object" || read.data.properties !== undefined;
  if (object && (additionalProperties !== false || Object.keys(properties).some((key) => !required.includes(key)))) {
    return false;
  }
  const { items, anyOf = [], $defs = {} } = read.data;
  return [...Object.values(properties), ...Object.values($defs), ...anyOf, ...(items ? [items] : [])].every(isClosed);
}

const Schema = z.record(z.string(), z.unknown());

/** The part of JSON Schema that strict mode knows. */
const Closed = z.looseObject({
  type: z.unknown().optional(),
  properties: z.record(z.string(), Schema).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
  items: Schema.optional(),
  anyOf: z.array(Schema).optional(),
  $defs: z.record(z.string(), Schema).optional(),
  oneOf: z.never().optional(),
  allOf: z.never().optional(),
  patternProperties: z.never().optional(),
});
