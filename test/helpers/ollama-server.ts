import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { type Answer, type HttpServer, httpServer } from "./http-server.ts";

const settings = {
  model: z.string().min(1),
  stream: z.literal(true),
  // Without a window the server would choose one and forget what does not fit.
  options: z.strictObject({
    num_ctx: z.int().positive(),
    num_predict: z.int().positive(),
    temperature: z.number().optional(),
    top_p: z.number().optional(),
    seed: z.int().optional(),
    stop: z.array(z.string()).optional(),
    presence_penalty: z.number().optional(),
    frequency_penalty: z.number().optional(),
  }),
  format: z.union([z.literal("json"), z.record(z.string(), z.unknown())]).optional(),
  keep_alive: z.union([z.string(), z.number()]).optional(),
  think: z.union([z.boolean(), z.string()]).optional(),
  truncate: z.boolean().optional(),
};

const Said = z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() });
const Called = z.strictObject({
  role: z.literal("assistant"),
  content: z.string(),
  tool_calls: z
    .array(
      z.strictObject({
        function: z.strictObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }),
      }),
    )
    .min(1),
});
const Result = z.strictObject({ role: z.literal("tool"), content: z.string(), tool_name: z.string().optional() });

const Chat = z.strictObject({
  ...settings,
  messages: z.array(z.union([Said, Called, Result])).min(1),
  tools: z
    .array(
      z.strictObject({
        type: z.literal("function"),
        function: z.strictObject({
          name: z.string(),
          description: z.string().optional(),
          parameters: z.looseObject({ type: z.literal("object") }),
        }),
      }),
    )
    .min(1)
    .optional(),
});

const Generate = z.union([
  z.strictObject({ ...settings, system: z.string(), prompt: z.string().min(1) }),
  z.strictObject({ ...settings, raw: z.literal(true), prompt: z.string() }),
]);
const Texts = z.strictObject({
  model: z.string().min(1),
  input: z.array(z.string()).min(1),
  dimensions: z.int().positive().optional(),
  keep_alive: z.union([z.string(), z.number()]).optional(),
});
export type TextsBody = z.infer<typeof Texts>;
type OllamaBody = z.infer<typeof Chat>;
type Prompt = { readonly system: string; readonly prompt: string } | { readonly raw: true; readonly prompt: string };

export interface OllamaRequest {
  /** Of a prompt, its parts as messages. */
  readonly body: OllamaBody;
  /** What `/api/generate` was sent instead of messages. */
  readonly prompt?: Prompt;
  readonly headers: IncomingHttpHeaders;
  readonly url: string;
}

export type OllamaScript =
  | string
  | {
      readonly text?: string;
      readonly thinking?: string;
      /** What the last object says besides `done`. */
      readonly last?: Record<string, unknown>;
      readonly pause?: number;
      /** Stop after so many pieces of text, in the manner of `end`. */
      readonly cut?: number;
      readonly end?: Answer["end"];
    }
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  | { readonly raw: string | readonly (string | Uint8Array)[]; readonly end?: Answer["end"] }
  | { readonly answer: Answer };

export interface OllamaModel {
  readonly name: string;
  readonly size: number;
  readonly details: { readonly family: string; readonly families: readonly string[] };
  readonly remote_host?: string;
}

export interface OllamaServer extends Omit<HttpServer, "requests"> {
  /** The chat requests. */
  readonly requests: OllamaRequest[];
  /** Every path asked for, in order. */
  readonly paths: string[];
}

/**
 * An Ollama with `/api/chat`, `/api/generate`, `/api/show` and `/api/tags`, strict about what it is sent: what it does not understand
 * fails the request, and `close` throws it.
 */
export async function ollamaServer(
  answer: (request: OllamaRequest, number: number) => OllamaScript | Promise<OllamaScript>,
  {
    models = [],
    contextLength = 131_072,
    vectors,
  }: {
    models?: readonly OllamaModel[];
    contextLength?: number | undefined;
    /** The body of the answer to `/api/embed`. */
    vectors?: (body: TextsBody) => unknown;
  } = {},
): Promise<OllamaServer> {
  const requests: OllamaRequest[] = [];
  const paths: string[] = [];
  const server = await httpServer(async ({ method, url, headers, text }) => {
    paths.push(url);
    if (method === "GET" && url === "/api/tags") return jsonOf({ models });
    if (method === "POST" && url === "/api/show") {
      z.strictObject({ model: z.string() }).parse(JSON.parse(text));
      return jsonOf({
        capabilities: ["completion"],
        model_info: { "general.architecture": "test", "test.context_length": contextLength },
      });
    }
    if (method === "POST" && url === "/api/embed" && vectors) return jsonOf(vectors(Texts.parse(JSON.parse(text))));
    if (method === "POST" && url === "/api/generate") {
      const { prompt, ...rest } = Generate.parse(JSON.parse(text));
      const { model, stream, options, format, keep_alive, think, truncate } = rest;
      const settings = { model, stream, options, format, keep_alive, think, truncate };
      const body: OllamaBody = { ...settings, messages: [{ role: "user", content: prompt }] };
      const said: Prompt = "raw" in rest ? { raw: true, prompt } : { system: rest.system, prompt };
      const request = { body, prompt: said, headers, url };
      requests.push(request);
      return asResponse(answerOf(await answer(request, requests.length), body));
    }
    if (method !== "POST" || url !== "/api/chat") throw new Error(`no such route: ${method} ${url}`);
    const body = Chat.parse(JSON.parse(text));
    const request = { body, headers, url };
    requests.push(request);
    return answerOf(await answer(request, requests.length), body);
  });
  return { ...server, requests, paths };
}

/** One object of a streamed answer, as a line. */
export const line = (message: object, rest: object = {}) =>
  `${JSON.stringify({ model: "test-model", created_at: "2026-01-15T08:30:00Z", message: { role: "assistant", ...message }, done: false, ...rest })}\n`;

/** The same answer in the words of `/api/generate`. */
const asResponse = (answer: Answer): Answer => ({
  ...answer,
  pieces: (answer.pieces ?? []).map((piece) =>
    String(piece).replace(
      /"message":\{"role":"assistant",("thinking":"[^"]*",)?"content":("(?:[^"\\]|\\.)*")\}/,
      '"response":$2',
    ),
  ),
});

const jsonOf = (value: unknown, status = 200, headers = {}): Answer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  pieces: [typeof value === "string" ? value : JSON.stringify(value)],
});

function answerOf(script: OllamaScript, body: OllamaBody): Answer {
  const headers = { "content-type": "application/x-ndjson" };
  if (typeof script === "string") return answerOf({ text: script }, body);
  if ("answer" in script) return script.answer;
  if ("status" in script) {
    const type = typeof script.body === "string" ? { "content-type": "text/plain" } : {};
    return jsonOf(script.body, script.status, { ...type, ...script.headers });
  }
  if ("raw" in script) {
    const pieces = typeof script.raw === "string" ? [script.raw] : script.raw;
    return { headers, pieces, ...(script.end && { end: script.end }) };
  }
  const { text = "", thinking = "", pause = 0, cut, end = "close" } = script;
  const { model } = body;
  const said = [
    ...cutUp(thinking).map((piece) => line({ content: "", thinking: piece }, { model })),
    ...cutUp(text).map((piece) => line({ content: piece }, { model })),
  ];
  if (cut !== undefined) return { headers, pieces: said.slice(0, cut), pause, end };
  const counts = { prompt_eval_count: countOf(body), eval_count: Math.ceil(text.length / 4) };
  const last = line({ content: "" }, { model, done: true, done_reason: "stop", ...counts, ...script.last });
  return { headers, pieces: [...said, last], pause, end };
}

const cutUp = (text: string) => text.match(/.{1,400}/gsu) ?? [];

/** One token for each four characters, so that totals can be told in advance. */
const countOf = ({ messages }: OllamaBody) =>
  Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / 4);
