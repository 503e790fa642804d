import { createHmac } from "node:crypto";
import { z } from "zod";
import { type Answer, type Heard, type HttpServer, httpServer } from "./http-server.ts";

export const qianfanKeys = { api_key: "dummy-client-id-0001", secret_key: "dummy-client-secret-0001" };
export const bceKeys = { access_key: "dummy-access-key-0001", secret_key: "dummy-secret-key-0001" };

const Body = z.strictObject({
  messages: z
    .array(z.strictObject({ role: z.enum(["user", "assistant"]), content: z.string().min(1) }))
    .refine((turns) => turns.length % 2 === 1, "the number of messages must be odd")
    .refine((turns) => turns.every(({ role }, index) => (role === "user") === (index % 2 === 0)), "strict turns"),
  system: z.string().min(1).optional(),
  stream: z.literal(true),
  temperature: z.number().positive().max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  max_output_tokens: z.int().min(2).max(2048),
  response_format: z.literal("json_object").optional(),
  penalty_score: z.number().min(1).max(2).optional(),
});

export interface QianfanRequest {
  readonly body: z.infer<typeof Body>;
  readonly endpoint: string;
  /** Empty where the request was signed. */
  readonly token: string;
}

/** A text is streamed in pieces and finished properly; the rest departs from that. */
export type QianfanScript =
  | string
  | { readonly status?: number; readonly body: unknown }
  | { readonly frames: readonly string[]; readonly end?: Answer["end"] }
  | { readonly answer: Answer };

export interface QianfanServer extends Omit<HttpServer, "requests"> {
  readonly requests: QianfanRequest[];
  /** How many tokens were fetched; the first is `token-0001`. */
  readonly tokens: () => number;
}

/** Qianfan v1 with its token call, strict about what it is sent; what it does not understand is thrown by `close`. */
export async function qianfanServer(
  answer: (request: QianfanRequest, number: number) => QianfanScript,
  { grant = () => undefined }: { grant?: (number: number) => QianfanScript | undefined } = {},
): Promise<QianfanServer> {
  const requests: QianfanRequest[] = [];
  let tokens = 0;
  const server = await httpServer((heard) => {
    const { pathname, searchParams } = new URL(heard.url, "http://x");
    if (heard.method !== "POST") throw new Error(`no such method: ${heard.method}`);
    if (pathname === "/oauth/2.0/token") {
      Grant.parse(Object.fromEntries(searchParams));
      tokens += 1;
      return answerOf(grant(tokens) ?? { body: { access_token: tokenOf(tokens), expires_in: 2_592_000 } });
    }
    const endpoint = /^\/rpc\/2\.0\/ai_custom\/v1\/wenxinworkshop\/chat\/([^/]+)$/.exec(pathname)?.[1];
    if (endpoint === undefined) throw new Error(`no such route: ${pathname}`);
    const token = searchParams.get("access_token") ?? "";
    if (token === "") checkSignature(heard, pathname);
    const request = { body: Body.parse(JSON.parse(heard.text)), endpoint, token };
    requests.push(request);
    return answerOf(answer(request, requests.length));
  });
  return { ...server, requests, tokens: () => tokens };
}

const Grant = z.strictObject({
  grant_type: z.literal("client_credentials"),
  client_id: z.literal(qianfanKeys.api_key),
  client_secret: z.literal(qianfanKeys.secret_key),
});

export const tokenOf = (number: number) => `token-${String(number).padStart(4, "0")}`;

/** One frame of an answer. */
export const piece = (result: string, is_end = false, rest: object = {}) =>
  `data: ${JSON.stringify({
    ...{ id: "as-1", object: "chat.completion", created: 1768465800, sentence_id: 0, is_end, is_truncated: false },
    ...{ result, need_clear_history: false, finish_reason: "normal" },
    usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
    ...rest,
  })}\n\n`;

function checkSignature({ method, headers }: Heard, path: string): void {
  const { host = "", authorization = "" } = headers;
  const date = String(headers["x-bce-date"]);
  const prefix = `bce-auth-v1/${bceKeys.access_key}/${date}/1800`;
  const hmac = (key: string, text: string) => createHmac("sha256", key).update(text).digest("hex");
  const signed = `host:${encodeURIComponent(host)}\nx-bce-date:${encodeURIComponent(date)}`;
  const signature = hmac(hmac(bceKeys.secret_key, prefix), `${method}\n${path}\n\n${signed}`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date)) throw new Error(`the date ${date}`);
  if (authorization !== `${prefix}/host;x-bce-date/${signature}`) throw new Error(`the signature ${authorization}`);
}

function answerOf(script: QianfanScript): Answer {
  if (typeof script === "string") {
    const pieces = script.match(/.{1,400}/gsu) ?? [];
    return answerOf({ frames: [...pieces.map((text) => piece(text)), piece("", true)] });
  }
  if ("answer" in script) return script.answer;
  if ("frames" in script) {
    const { frames, end = "close" } = script;
    return { headers: { "content-type": "text/event-stream" }, pieces: frames, end };
  }
  const { status = 200, body } = script;
  return { status, headers: { "content-type": "application/json" }, pieces: [JSON.stringify(body)] };
}
