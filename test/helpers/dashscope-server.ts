import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { type Answer, type HttpServer, httpServer } from "./http-server.ts";

const Body = z.strictObject({
  model: z.string().min(1),
  input: z.strictObject({
    messages: z.array(z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).min(1),
  }),
  parameters: z.strictObject({
    result_format: z.literal("message"),
    incremental_output: z.literal(true),
    max_tokens: z.int().positive(),
    temperature: z.number().nonnegative().lt(2).optional(),
    top_p: z.number().positive().lt(1).optional(),
    enable_thinking: z.boolean().optional(),
    repetition_penalty: z.number().positive().optional(),
  }),
});

export interface DashscopeRequest {
  readonly body: z.infer<typeof Body>;
  readonly headers: IncomingHttpHeaders;
}

/** A text is streamed in pieces and finished properly; the rest departs from that. */
export type DashscopeScript =
  | string
  | { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }
  | { readonly frames: readonly string[]; readonly end?: Answer["end"]; readonly type?: string }
  | { readonly answer: Answer };

export interface DashscopeServer extends Omit<HttpServer, "requests"> {
  readonly requests: DashscopeRequest[];
}

/** DashScope's own interface, strict about what it is sent; what it does not understand is thrown again by `close`. */
export async function dashscopeServer(
  answer: (request: DashscopeRequest, number: number) => DashscopeScript,
): Promise<DashscopeServer> {
  const requests: DashscopeRequest[] = [];
  const server = await httpServer(({ method, url, headers, text }) => {
    const route = `${method} ${url}`;
    if (route !== "POST /api/v1/services/aigc/text-generation/generation") throw new Error(`no such route: ${route}`);
    for (const [name, value] of [
      ["content-type", "application/json"],
      ["accept", "text/event-stream"],
      ["x-dashscope-sse", "enable"],
      ["authorization", "Bearer sk-test-0001"],
    ] as const) {
      if (headers[name] !== value) throw new Error(`${name}: ${headers[name]}`);
    }
    const request = { body: Body.parse(JSON.parse(text)), headers };
    requests.push(request);
    return answerOf(answer(request, requests.length));
  });
  return { ...server, requests };
}

/** One frame with a message, in the words of `result_format: message`. */
export const result = (message: object, finish = "null", output = 2) =>
  event("result", 200, {
    output: { choices: [{ message: { role: "assistant", ...message }, finish_reason: finish }] },
    usage: { input_tokens: 9, output_tokens: output, total_tokens: 9 + output },
    request_id: "r",
  });

/** One event as the vendor writes it. */
export const event = (name: string, status: number, data: object) =>
  `id:1\nevent:${name}\n:HTTP_STATUS/${status}\ndata:${JSON.stringify(data)}\n\n`;

function answerOf(script: DashscopeScript): Answer {
  if (typeof script === "string") {
    const pieces = script.match(/.{1,400}/gsu) ?? [];
    return answerOf({ frames: [...pieces.map((content) => result({ content })), result({ content: "" }, "stop")] });
  }
  if ("answer" in script) return script.answer;
  if ("status" in script) {
    const { status, body, headers } = script;
    return { status, headers: { "content-type": "application/json", ...headers }, pieces: [JSON.stringify(body)] };
  }
  const { frames, end = "close", type = "text/event-stream;charset=UTF-8" } = script;
  return { headers: { "content-type": type }, pieces: frames, end };
}
