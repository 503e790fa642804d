import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { type Answer, type HttpServer, httpServer } from "./http-server.ts";

const FunctionName = z.string().regex(/^[\w-]{1,64}$/);

const Message = z.union([
  z.strictObject({ role: z.enum(["system", "developer", "user", "assistant"]), content: z.string() }),
  z.strictObject({ role: z.literal("tool"), content: z.string(), tool_call_id: z.string().min(1) }),
  z.strictObject({
    role: z.literal("assistant"),
    /** Null, beside calls, is heard as nothing said. */
    content: z
      .string()
      .min(1)
      .nullable()
      .transform((text) => text ?? ""),
    tool_calls: z
      .array(
        z.strictObject({
          id: z.string().min(1),
          type: z.literal("function"),
          function: z.strictObject({ name: FunctionName, arguments: z.string() }),
        }),
      )
      .min(1),
  }),
]);

const sampling = {
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().optional(),
  stop: z.array(z.string().min(1)).min(1).max(4).optional(),
  seed: z.int().optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
};

const model = z.string().min(1);

const streaming = {
  stream_options: z.strictObject({ include_usage: z.literal(true) }).optional(),
  max_tokens: z.int().positive().optional(),
};

const Completion = z.strictObject({ model, stream: z.literal(true), ...streaming, ...sampling, prompt: z.string() });
export type CompletionBody = z.infer<typeof Completion>;

const Texts = z.strictObject({
  model,
  input: z.array(z.string().min(1)).min(1),
  dimensions: z.int().positive().optional(),
});
export type TextsBody = z.infer<typeof Texts>;

const Chat = z.strictObject({
  model,
  messages: z.array(Message).min(1),
  stream: z.boolean(),
  ...streaming,
  ...sampling,
  max_completion_tokens: z.int().positive().optional(),
  response_format: z
    .union([
      z.strictObject({ type: z.literal("json_object") }),
      z.strictObject({
        type: z.literal("json_schema"),
        json_schema: z.strictObject({
          name: z.string().regex(/^[\w-]{1,64}$/),
          strict: z.boolean(),
          schema: z.record(z.string(), z.unknown()),
        }),
      }),
    ])
    .optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal("function"),
        function: z.strictObject({
          name: FunctionName,
          description: z.string().optional(),
          parameters: z.record(z.string(), z.unknown()),
        }),
      }),
    )
    .optional(),
  tool_choice: z
    .union([
      z.enum(["auto", "none", "required"]),
      z.strictObject({ type: z.literal("function"), function: z.strictObject({ name: z.string() }) }),
    ])
    .optional(),
  structured_outputs: z.strictObject({ json: z.record(z.string(), z.unknown()) }).optional(),
  guided_json: z.record(z.string(), z.unknown()).optional(),
  thinking: z.unknown().optional(),
  enable_thinking: z.boolean().optional(),
  reasoning_effort: z.string().optional(),
});
const Body = Chat.refine(
  ({ stream, stream_options }) => stream || stream_options === undefined,
  "stream_options are for streams only",
);
export type OpenAiBody = z.infer<typeof Body>;

export interface OpenAiRequest {
  readonly body: OpenAiBody;
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
}

/** A text is streamed in pieces and finished properly; the rest departs from that. */
export type Script =
  | string
  | {
      readonly text?: string;
      readonly reasoning?: string;
      readonly model?: string;
      readonly finish?: string;
      /** Null sends none, although it was asked for. */
      readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
      /** Milliseconds between two pieces. */
      readonly pause?: number;
      /** Milliseconds that all of it takes, in place of `pause`. */
      readonly lasts?: number;
      /** Stop after so many pieces of text, in the manner of `end`. */
      readonly cut?: number;
      readonly end?: Answer["end"];
    }
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  | { readonly raw: string | readonly (string | Uint8Array)[]; readonly type?: string; readonly end?: Answer["end"] }
  | { readonly answer: Answer };

export interface OpenAiServer extends Omit<HttpServer, "requests"> {
  readonly requests: OpenAiRequest[];
}

/**
 * A server that speaks the streaming chat API of OpenAI as strictly as the original: what it does not understand fails
 * the request, and `close` throws it. It lists models, makes vectors and completes texts only where told how.
 */
export async function openaiServer(
  answer: (request: OpenAiRequest, number: number) => Script | Promise<Script>,
  {
    models,
    vectors,
    completion: completed,
  }: {
    models?: { readonly status: number; readonly body: unknown } | undefined;
    /** The body of the answer. */
    vectors?: (body: TextsBody) => unknown;
    completion?: (body: CompletionBody) => Script;
  } = {},
): Promise<OpenAiServer> {
  const requests: OpenAiRequest[] = [];
  const server = await httpServer(async ({ method, url, headers, text }) => {
    const route = `${method} ${url.replace(/\?.*/, "")}`;
    if (models && /^GET \/.*\/models$/.test(route)) return jsonOf(models);
    if (headers["content-type"] !== "application/json") throw new Error(`content-type ${headers["content-type"]}`);
    if (vectors && route.endsWith("/embeddings")) {
      return jsonOf({ status: 200, body: vectors(Texts.parse(JSON.parse(text))) });
    }
    if (completed && /(?<!chat)\/completions$/.test(route)) {
      const body = Completion.parse(JSON.parse(text));
      return answerOf(completed(body), { ...body, messages: [] });
    }
    if (!/^POST \/.*chat\/completions$/.test(route)) throw new Error(`no such route: ${route}`);
    const body = Body.parse(JSON.parse(text));
    const request = { body, headers, url };
    requests.push(request);
    return answerOf(await answer(request, requests.length), body);
  });
  return { ...server, requests };
}

/** One chunk of a streamed answer, as an event. */
export const chunk = (delta: object, rest: object = {}, choice: object = {}) =>
  event({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1768465800,
    model: "test-model",
    choices: [{ index: 0, delta, finish_reason: null, ...choice }],
    ...rest,
  });

/** An answer that is no stream. */
export const completion = (message: object, rest: object = {}, choice: object = {}) =>
  JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1768465800,
    model: "test-model",
    choices: [{ index: 0, message: { refusal: null, ...message }, logprobs: null, finish_reason: "stop", ...choice }],
    ...rest,
  });

export const event = (data: unknown) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;

export const done = "data: [DONE]\n\n";

function answerOf(script: Script, body: OpenAiBody): Answer {
  const stream = { "content-type": "text/event-stream; charset=utf-8" };
  if (typeof script === "string") return answerOf({ text: script }, body);
  if ("answer" in script) return script.answer;
  if ("status" in script) return jsonOf(script);
  if ("raw" in script) {
    const pieces = typeof script.raw === "string" ? [script.raw] : script.raw;
    const headers: Record<string, string> =
      script.type === undefined ? stream : script.type === "" ? {} : { "content-type": script.type };
    return { headers, pieces, ...(script.end && { end: script.end }) };
  }
  const {
    text = "",
    reasoning = "",
    model = body.model,
    finish = "stop",
    cut,
    pause = 0,
    lasts = 0,
    end = "close",
  } = script;
  const usage = script.usage === undefined ? countOf(text, body) : script.usage;
  if (!body.stream) {
    const message = { role: "assistant", content: text, ...(reasoning !== "" && { reasoning_content: reasoning }) };
    const whole = completion(message, { model, ...(usage && { usage }) }, { finish_reason: finish });
    const pieces = cutUp(whole).slice(0, cut === undefined ? undefined : 1);
    return { headers: { "content-type": "application/json" }, pieces, pause, lasts, end };
  }
  const said = [
    chunk({ role: "assistant", content: "" }, { model }),
    ...cutUp(reasoning).map((piece) => chunk({ reasoning_content: piece }, { model })),
    ...cutUp(text).map((piece) => chunk({ content: piece }, { model })),
  ];
  if (cut !== undefined) return { headers: stream, pieces: said.slice(0, cut + 1), pause, lasts, end };
  const last = [chunk({}, { model }, { finish_reason: finish })];
  if (usage && body.stream_options) last.push(chunk({}, { model, choices: [], usage }));
  return { headers: stream, pieces: [...said, ...last, done], pause, lasts, end };
}

function jsonOf({ status, body, headers }: Extract<Script, { status: number }>): Answer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html" : "application/json";
  return { status, headers: { "content-type": type, ...headers }, pieces: [text] };
}

const cutUp = (text: string) => text.match(/.{1,400}/gsu) ?? [];

/** One token for each four characters, so that totals can be told in advance. */
const countOf = (text: string, body: Pick<OpenAiBody, "messages">) => ({
  prompt_tokens: Math.ceil(body.messages.reduce((sum, { content }) => sum + content.length, 0) / 4),
  completion_tokens: Math.ceil(text.length / 4),
});
