import { z } from "zod";
import { type Answer, type HttpServer, httpServer } from "./http-server.ts";
import { chunk, done } from "./openai-server.ts";

const Body = z.looseObject({
  model: z.string(),
  max_tokens: z.int().positive(),
  messages: z.array(z.looseObject({ content: z.string() })),
  response_format: z.looseObject({ type: z.string() }).optional(),
});
export type VendorBody = z.infer<typeof Body>;

export interface VendorServer extends HttpServer {
  /** The questions it was asked. */
  readonly asked: VendorBody[];
}

/**
 * A server as vendors run them: the chat API of OpenAI below `/v1` and 404 everywhere else, only for those who know its
 * key. It answers what it is told to; else `ok`, and JSON where a format is asked for.
 */
export async function vendorServer({
  models,
  key,
  answer = ({ response_format }) => (response_format ? '{"ok": true}' : "ok"),
}: {
  /** What it lists; without them there is no list. */
  readonly models?: readonly { readonly id: string; readonly [fact: string]: unknown }[];
  readonly key?: string;
  readonly answer?: (body: VendorBody) => string | { readonly status: number; readonly body: unknown };
} = {}): Promise<VendorServer> {
  const asked: VendorBody[] = [];
  const server = await httpServer(({ method, url, headers, text }) => {
    const route = `${method} ${url}`;
    if (!/^\/v1\//.test(url)) return refusal(404, { detail: "Not Found" });
    if (key !== undefined && headers.authorization !== `Bearer ${key}`) {
      return refusal(401, { error: { message: `Incorrect API key provided: ${headers.authorization}` } });
    }
    if (route === "GET /v1/models" && models) return jsonOf(200, { object: "list", data: models });
    if (route !== "POST /v1/chat/completions") return refusal(404, { detail: "Not Found" });
    const body = Body.parse(JSON.parse(text));
    asked.push(body);
    const said = answer(body);
    return typeof said === "string" ? streamed(said, body.model) : refusal(said.status, said.body);
  });
  return { ...server, asked };
}

/** The address of a server that has gone away: nothing listens there. */
export async function deadAddress(): Promise<string> {
  const { url, close } = await httpServer(() => ({}));
  await close();
  return url;
}

const jsonOf = (status: number, body: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  pieces: [JSON.stringify(body)],
});

const refusal = jsonOf;

const streamed = (text: string, model: string): Answer => ({
  headers: { "content-type": "text/event-stream" },
  pieces: [
    chunk({ role: "assistant", content: text }, { model }),
    chunk({}, { model }, { finish_reason: "stop" }),
    done,
  ],
});
