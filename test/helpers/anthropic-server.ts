import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { type Answer, type HttpServer, httpServer } from "./http-server.ts";

const said = z.string().regex(/\S/);
const cache_control = z.strictObject({ type: z.literal("ephemeral") });
const TextBlock = z.strictObject({ type: z.literal("text"), text: said, cache_control: cache_control.optional() });
const ToolUse = z.strictObject({
  type: z.literal("tool_use"),
  id: z.string().regex(/^[\w-]+$/),
  name: z.string(),
  input: z.record(z.string(), z.unknown()),
});
const ToolResult = z.strictObject({
  type: z.literal("tool_result"),
  tool_use_id: z.string().regex(/^[\w-]+$/),
  content: z.string(),
});
const SentBack = z.looseObject({
  type: z.enum(["thinking", "redacted_thinking", "server_tool_use", "web_search_tool_result"]),
});

/** The words of JSON Schema that structured outputs know; what they do not is refused, and so is an open object. */
const ObjectShape = z.strictObject({
  type: z.literal("object"),
  description: z.string().optional(),
  get properties() {
    return z.record(z.string(), Shape);
  },
  required: z.array(z.string()).optional(),
  additionalProperties: z.literal(false),
});
const OtherShape = z.strictObject({
  type: z.enum(["array", "string", "integer", "number", "boolean", "null"]).optional(),
  description: z.string().optional(),
  get items() {
    return Shape.optional();
  },
  get anyOf() {
    return z.array(Shape).optional();
  },
  enum: z.array(z.unknown()).optional(),
});
const Shape = z.union([ObjectShape, OtherShape]);

const Body = z.strictObject({
  model: z.string().min(1),
  max_tokens: z.int().positive(),
  system: z.union([said, z.array(TextBlock).min(1)]).optional(),
  messages: z
    .array(
      z.strictObject({
        role: z.enum(["user", "assistant"]),
        content: z.union([said, z.array(z.union([TextBlock, ToolUse, ToolResult, SentBack])).min(1)]),
      }),
    )
    .min(1)
    .refine((all) => all.every(({ role }, index) => role === (index % 2 === 0 ? "user" : "assistant")), "no turns"),
  stream: z.literal(true),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  thinking: z.looseObject({ type: z.string() }).optional(),
  output_config: z
    .strictObject({
      effort: z.enum(["low", "medium", "high", "max"]).optional(),
      format: z.strictObject({ type: z.literal("json_schema"), schema: ObjectShape }).optional(),
    })
    .optional(),
  tools: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[\w-]{1,128}$/),
        description: z.string().optional(),
        input_schema: z.looseObject({ type: z.literal("object") }),
      }),
    )
    .optional(),
  tool_choice: z
    .union([
      z.strictObject({ type: z.enum(["auto", "any", "none"]) }),
      z.strictObject({ type: z.literal("tool"), name: z.string() }),
    ])
    .optional(),
  stop_sequences: z.array(said).min(1).optional(),
  metadata: z.strictObject({ user_id: z.string() }).optional(),
});
export type AnthropicBody = z.infer<typeof Body>;

export interface AnthropicRequest {
  readonly body: AnthropicBody;
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
}

/** A text is streamed in pieces and finished properly; the rest departs from that. */
export type AnthropicScript =
  | string
  | {
      readonly text?: string;
      readonly thinking?: string;
      /** The arguments of a call of the tool that was forced. */
      readonly tool?: string;
      readonly stop?: string;
      /** What the last counts say, besides or instead. */
      readonly usage?: Record<string, unknown>;
      /** Milliseconds between two pieces. */
      readonly pause?: number;
      /** Stop after so many pieces of text, in the manner of `end`. */
      readonly cut?: number;
      readonly end?: Answer["end"];
    }
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  | {
      readonly raw: string | readonly (string | Uint8Array)[];
      readonly type?: string;
      readonly wait?: number;
      readonly end?: Answer["end"];
    }
  | { readonly answer: Answer };

export interface AnthropicServer extends Omit<HttpServer, "requests"> {
  readonly requests: AnthropicRequest[];
}

/**
 * A server with the streaming Messages API and the list of models, as strict as the original: what it does not
 * understand fails the request, and `close` throws it.
 */
export async function anthropicServer(
  answer: (request: AnthropicRequest, number: number) => AnthropicScript | Promise<AnthropicScript>,
  models: unknown = { data: [], has_more: false },
): Promise<AnthropicServer> {
  const requests: AnthropicRequest[] = [];
  const server = await httpServer(async ({ method, url, headers, text }) => {
    const version = headers["anthropic-version"];
    if (version !== "2026-10-21" && version !== "2023-06-01") throw new Error(`anthropic-version ${version}`);
    if (method === "GET" && url === "/v1/models?limit=1000") return jsonOf(models);
    if (method !== "POST" || !/^(\/anthropic)?\/v1\/messages$/.test(url)) throw new Error(`no such route: ${url}`);
    if (headers["content-type"] !== "application/json") throw new Error(`content-type ${headers["content-type"]}`);
    const body = Body.parse(JSON.parse(text));
    if (version === "2026-10-21" && (body.temperature ?? body.top_p) !== undefined) throw new Error("sampling");
    if ((text.match(/"cache_control"/g) ?? []).length > 4) throw new Error("more than four marks for the cache");
    const request = { body, headers, url };
    requests.push(request);
    return answerOf(await answer(request, requests.length), body);
  });
  return { ...server, requests };
}

/** An event of a stream: its name is the type of its data. */
export const event = (type: string, rest: object = {}) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;

export const start = (message: object = {}) =>
  event("message_start", {
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "test-model",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 9, output_tokens: 1 },
      ...message,
    },
  });

/** A content block with its pieces. */
export const block = (index: number, content: object, ...deltas: readonly object[]) =>
  [
    event("content_block_start", { index, content_block: content }),
    ...deltas.map((delta) => event("content_block_delta", { index, delta })),
    event("content_block_stop", { index }),
  ].join("");

/** A block of text in these pieces. */
export const textBlock = (index: number, ...pieces: readonly string[]) =>
  block(index, { type: "text", text: "" }, ...pieces.map((text) => ({ type: "text_delta", text })));

export const end = (
  stop_reason: string | null = "end_turn",
  usage: object = { output_tokens: 2 },
  delta: object = {},
) => event("message_delta", { delta: { stop_reason, stop_sequence: null, ...delta }, usage });

export const stop = event("message_stop");

/** The body of a refused request. */
export const refusal = (type: string, message: string, details?: object) => ({
  type: "error",
  error: { type, message, ...(details && { details }) },
  request_id: "req_1",
});

const jsonOf = (value: unknown, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": typeof value === "string" ? "text/html" : "application/json", ...headers },
  pieces: [typeof value === "string" ? value : JSON.stringify(value)],
});

function answerOf(script: AnthropicScript, body: AnthropicBody): Answer {
  const stream = { "content-type": "text/event-stream; charset=utf-8" };
  if (typeof script === "string") return answerOf({ text: script }, body);
  if ("answer" in script) return script.answer;
  if ("status" in script) return jsonOf(script.body, script.status, script.headers);
  if ("raw" in script) {
    const { raw, type, wait = 0, end: ending = "close" } = script;
    const headers: Record<string, string> = type === undefined ? stream : type === "" ? {} : { "content-type": type };
    return { headers, pieces: typeof raw === "string" ? [raw] : raw, wait, end: ending };
  }
  const { text = "", thinking, tool, pause = 0, cut, end: ending = "close" } = script;
  const pieces = text.match(/.{1,400}/gsu) ?? [];
  const begun = [
    start({ model: body.model, usage: { input_tokens: countOf(body), output_tokens: 1 } }),
    event("ping"),
    ...(thinking === undefined ? [] : [thought(thinking)]),
  ];
  if (cut !== undefined) {
    const opened = event("content_block_start", { index: 1, content_block: { type: "text", text: "" } });
    const said = pieces
      .slice(0, cut)
      .map((piece) => event("content_block_delta", { index: 1, delta: { type: "text_delta", text: piece } }));
    return { headers: stream, pieces: [...begun, opened, ...said], pause, end: ending };
  }
  const answer = tool === undefined ? textBlock(1, ...pieces) : called(body, tool);
  const reason = script.stop ?? (tool === undefined ? "end_turn" : "tool_use");
  const usage = { output_tokens: Math.ceil((text + (tool ?? "")).length / 4), ...script.usage };
  return {
    headers: stream,
    pieces: [...begun, ...(answer.match(/.+?\n\n/gs) ?? []), end(reason, usage), stop],
    pause,
    end: ending,
  };
}

const thought = (thinking: string) =>
  block(
    0,
    { type: "thinking", thinking: "", signature: "" },
    { type: "thinking_delta", thinking },
    { type: "signature_delta", signature: "sig" },
  );

const called = (body: AnthropicBody, json: string) =>
  block(
    1,
    { type: "tool_use", id: "toolu_1", name: forced(body.tool_choice), input: {} },
    ...["", ...(json.match(/.{1,5}/gsu) ?? [])].map((partial_json) => ({ type: "input_json_delta", partial_json })),
  );

const forced = (choice: AnthropicBody["tool_choice"]) => (choice && "name" in choice ? choice.name : "none");

/** One token for each four characters, so that totals can be told in advance. */
const countOf = ({ system = "", messages }: AnthropicBody) =>
  Math.ceil(textOf([system, ...messages.map(({ content }) => content)].flat()).length / 4);

const textOf = (parts: readonly (string | object)[]) =>
  parts.map((part) => (typeof part === "string" ? part : "text" in part ? part.text : "")).join("");
