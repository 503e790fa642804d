import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { crc32 } from "node:zlib";
import { z } from "zod";
import { type Answer, type Heard, type HttpServer, httpServer } from "./http-server.ts";

const Text = z.strictObject({ text: z.string().min(1) });

const Converse = z.strictObject({
  system: z.array(Text).optional(),
  messages: z
    .array(z.strictObject({ role: z.enum(["user", "assistant"]), content: z.array(Text).length(1) }))
    .min(1)
    .refine(
      (messages) => messages.every(({ role }, index) => role === (index % 2 === 0 ? "user" : "assistant")),
      "a conversation must alternate between user and assistant roles",
    ),
  inferenceConfig: z.strictObject({
    maxTokens: z.int().positive(),
    temperature: z.number().optional(),
    topP: z.number().optional(),
  }),
  toolConfig: z
    .strictObject({
      tools: z
        .array(
          z.strictObject({
            toolSpec: z.strictObject({
              name: z.string(),
              description: z.string(),
              inputSchema: z.strictObject({ json: z.looseObject({ type: z.literal("object") }) }),
            }),
          }),
        )
        .length(1),
      toolChoice: z.strictObject({ tool: z.strictObject({ name: z.string() }) }),
    })
    .optional(),
  outputConfig: z
    .strictObject({
      textFormat: z.strictObject({
        type: z.literal("json_schema"),
        structure: z.strictObject({ jsonSchema: z.strictObject({ name: z.string(), schema: z.string() }) }),
      }),
    })
    .optional(),
});

export interface BedrockRequest {
  readonly model: string;
  readonly body: z.infer<typeof Converse>;
  readonly headers: IncomingHttpHeaders;
}

export type BedrockScript =
  | string
  | {
      /** Events by name, in order. */
      readonly events: readonly (readonly [name: string, content: object])[];
      readonly pause?: number;
      readonly end?: "reset" | "stall";
    }
  | { readonly exception: string; readonly status: number; readonly message: string }
  | Answer;

export interface BedrockServer extends Omit<HttpServer, "requests"> {
  readonly requests: BedrockRequest[];
}

/** The credentials that the server knows. */
export const credentials = {
  access_key: "AKIDEXAMPLE",
  secret_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  session_token: "session-token",
  region_name: "eu-west-3",
};

/**
 * The Converse API of Amazon Bedrock in one region. It checks every signature, and is strict about what it is sent: what
 * it does not understand fails the request, and `close` throws it.
 */
export async function bedrockServer(
  answer: (request: BedrockRequest, number: number) => BedrockScript | Promise<BedrockScript>,
): Promise<BedrockServer> {
  const requests: BedrockRequest[] = [];
  const server = await httpServer(async (heard) => {
    const [, model] = /^\/model\/([^/]+)\/converse-stream$/.exec(heard.url) ?? [];
    if (heard.method !== "POST" || !model) throw new Error(`no such route: ${heard.method} ${heard.url}`);
    if (signatureOf(heard) !== heard.headers.authorization?.split("Signature=")[1]) throw new Error("wrong signature");
    const request = {
      model: decodeURIComponent(model),
      body: Converse.parse(JSON.parse(heard.text)),
      headers: heard.headers,
    };
    requests.push(request);
    return answerOf(await answer(request, requests.length));
  });
  return { ...server, requests };
}

/** The events of a plain answer. */
export const saying = (text: string, stopReason = "end_turn") =>
  [
    ["messageStart", { role: "assistant" }],
    ...(text.match(/.{1,400}/gsu) ?? []).map(
      (piece) => ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: piece } }] as const,
    ),
    ["contentBlockStop", { contentBlockIndex: 0 }],
    ["messageStop", { stopReason }],
    ["metadata", { usage: { inputTokens: 9, outputTokens: 2, totalTokens: 11 }, metrics: { latencyMs: 5 } }],
  ] as const;

function answerOf(script: BedrockScript): Answer {
  if (typeof script === "string") return answerOf({ events: saying(script) });
  if ("exception" in script) {
    return {
      status: script.status,
      headers: {
        "content-type": "application/json",
        "x-amzn-errortype": `${script.exception}:http://internal.amazon.com/`,
      },
      pieces: [JSON.stringify({ message: script.message })],
    };
  }
  if (!("events" in script)) return script;
  const { events, ...timing } = script;
  const pieces = events.map(([name, content]) => frame(name, content));
  return { headers: { "content-type": "application/vnd.amazon.eventstream" }, pieces, ...timing };
}

/** One event as the wire has it: lengths, headers and content, each under a checksum. */
export function frame(name: string, content: object): Buffer {
  const exception = name.endsWith("Exception");
  const headers = Buffer.concat(
    Object.entries({
      [exception ? ":exception-type" : ":event-type"]: name,
      ":content-type": "application/json",
      ":message-type": exception ? "exception" : "event",
    }).map(([key, value]) =>
      // 7 is the type of a text
      Buffer.concat([
        Buffer.from([key.length]),
        Buffer.from(key),
        Buffer.from([7, 0, value.length]),
        Buffer.from(value),
      ]),
    ),
  );
  const payload = Buffer.from(JSON.stringify(content));
  const lengths = Buffer.concat([u32(headers.length + payload.length + 16), u32(headers.length)]);
  const message = Buffer.concat([lengths, u32(crc32(lengths)), headers, payload]);
  return Buffer.concat([message, u32(crc32(message))]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The signature (version 4) that this request must carry. */
function signatureOf({ method, url, headers, text }: Heard): string {
  const { access_key, secret_key, region_name, session_token } = credentials;
  const [, date = "", signed = ""] =
    new RegExp(
      `^AWS4-HMAC-SHA256 Credential=${access_key}/(\\d{8})/${region_name}/bedrock/aws4_request, SignedHeaders=([\\w;-]+),`,
    ).exec(headers.authorization ?? "") ?? [];
  if (!/(^|;)host;/.test(signed) || headers["x-amz-security-token"] !== session_token) return "";
  const named = signed.split(";").map((name) => `${name}:${headers[name]}\n`);
  const path = url.split("/").map(encodeURIComponent).join("/");
  const canonical = [method, path, "", named.join(""), signed, sha256(text)].join("\n");
  const scope = `${date}/${region_name}/bedrock/aws4_request`;
  const key = [date, region_name, "bedrock", "aws4_request"].reduce<string | Buffer>(
    (last, word) => createHmac("sha256", last).update(word).digest(),
    `AWS4${secret_key}`,
  );
  const toSign = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  return createHmac("sha256", key).update(toSign).digest("hex");
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
