import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";

export const sparkKeys = {
  app_id: "12345678",
  api_key: "dummy-api-key-0001",
  api_secret: "dummy-api-secret-0001",
};

const Text = z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: z.string().min(1) });

const Question = z.strictObject({
  header: z.strictObject({ app_id: z.literal(sparkKeys.app_id), uid: z.string().min(1).max(32) }),
  parameter: z.strictObject({
    chat: z.strictObject({
      domain: z.string(),
      temperature: z.number().positive().max(2).optional(),
      max_tokens: z.int().positive(),
      top_k: z.int().min(1).max(6).optional(),
    }),
  }),
  payload: z.strictObject({ message: z.strictObject({ text: z.array(Text).min(1) }) }),
});
export type SparkQuestion = z.infer<typeof Question>;

/** What the server allows, by domain: the path, the most tokens, the highest temperature, whether a system may speak. */
const allowed: Record<string, readonly [path: string, tokens: number, temperature: number, system: boolean]> = {
  lite: ["/v1.1/chat", 4096, 1, false],
  general: ["/v1.1/chat", 4096, 1, false],
  generalv2: ["/v2.1/chat", 4096, 1, false],
  generalv3: ["/v3.1/chat", 8192, 1, false],
  "pro-128k": ["/chat/pro-128k", 4096, 1, false],
  "generalv3.5": ["/v3.5/chat", 8192, 1, true],
  "max-32k": ["/chat/max-32k", 8192, 1, true],
  "4.0Ultra": ["/v4.0/chat", 8192, 1, true],
  "spark-x": ["/v1/x1", 65_535, 2, true],
  x1: ["/v1/x1", 65_535, 2, true],
};

/** A text is answered in three frames and closed; the rest departs from that. */
export type SparkScript =
  | string
  | {
      /** Objects are sent as JSON, texts as they are. */
      readonly frames: readonly (object | string)[];
      /** How it ends: with a code, by cutting the connection, or never. */
      readonly end?: number | "cut" | "stall";
    }
  /** By hand, on the socket or on the connection below it. */
  | { readonly play: (socket: WebSocket, connection: Duplex) => void };

/** What is said instead of opening a socket; undefined opens it, "stall" does neither. */
export type SparkGate = (request: IncomingMessage) => SparkRefusal | "stall" | undefined;

interface SparkRefusal {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SparkServer {
  /** Without a path. */
  readonly url: string;
  readonly questions: SparkQuestion[];
  /** The path and query of every handshake. */
  readonly handshakes: URL[];
  /** How many connections stand. */
  readonly open: () => number;
  close(): Promise<void>;
}

/**
 * A Spark on a free loopback port. It checks each signature as the original does and refuses what the original would
 * refuse; a question that is not legal is thrown again by `close`.
 */
export async function sparkServer(
  answer: (question: SparkQuestion, number: number) => SparkScript,
  { gate = () => undefined, now = () => new Date() }: { gate?: SparkGate; now?: () => Date } = {},
): Promise<SparkServer> {
  const questions: SparkQuestion[] = [];
  const handshakes: URL[] = [];
  const faults: unknown[] = [];
  const sockets = new Set<Duplex>();
  const acceptor = new WebSocketServer({ noServer: true });
  const server = createServer((_, response) => response.writeHead(426).end());

  server.on("upgrade", (request, socket, head) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    const url = new URL(request.url ?? "", `ws://${request.headers.host}`);
    handshakes.push(url);
    const refused = gate(request) ?? unsigned(url, request.headers.host ?? "", now());
    if (refused === "stall") {
      socket.on("end", () => socket.end()).resume();
      return;
    }
    if (refused) {
      const { status, body, headers = {} } = refused;
      const all = Object.entries({ ...headers, "content-length": Buffer.byteLength(body) });
      const lines = [`HTTP/1.1 ${status} No`, ...all.map(([name, value]) => `${name}: ${value}`)];
      socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
      return;
    }
    acceptor.handleUpgrade(request, socket, head, (accepted) => {
      accepted.once("message", (message) => {
        try {
          const question = legal(Question.parse(JSON.parse(String(message))), url);
          questions.push(question);
          play(accepted, socket, answer(question, questions.length));
        } catch (fault) {
          faults.push(fault);
          accepted.close(1011, "test server");
        }
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `ws://127.0.0.1:${port}`,
    questions,
    handshakes,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      if (faults.length > 0) throw faults[0];
    },
  };
}

/** One frame of an answer; `status` 0 begins it, 2 ends it. */
export const frame = (status: number, seq: number, content: string, rest: object = {}, payload: object = {}) => ({
  header: { code: 0, message: "Success", sid: "cht000", status },
  payload: { choices: { status, seq, text: [{ content, role: "assistant", index: 0, ...rest }] }, ...payload },
});

/** The usage of a last frame. */
export const counted = (prompt: number, completion: number) => ({
  usage: {
    text: {
      question_tokens: 1,
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
    },
  },
});

/** What the server says when it fails. */
export const failed = (code: number, message: string) => ({ header: { code, message, sid: "cht000", status: 2 } });

function unsigned(url: URL, host: string, now: Date): SparkRefusal | undefined {
  const say = (status: number, message: string) => ({ status, body: JSON.stringify({ message }) });
  const { authorization = "", date = "", host: named = "" } = Object.fromEntries(url.searchParams);
  if (authorization === "") return say(401, "Unauthorized");
  const fields = Buffer.from(authorization, "base64").toString("utf8");
  const field = (name: string) => new RegExp(`(?:^|[ ,])${name}="([^"]*)"`).exec(fields)?.[1];
  if (field("api_key") !== sparkKeys.api_key) {
    return say(401, "HMAC signature cannot be verified: fail to retrieve credential");
  }
  if (!(Math.abs(Date.parse(date) - now.getTime()) <= 300_000)) {
    return say(
      403,
      "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication",
    );
  }
  const signed = `host: ${host}\ndate: ${date}\nGET ${url.pathname} HTTP/1.1`;
  const signature = createHmac("sha256", sparkKeys.api_secret).update(signed).digest("base64");
  const right =
    named === host &&
    field("signature") === signature &&
    field("algorithm") === "hmac-sha256" &&
    field("headers") === "host date request-line";
  return right ? undefined : say(401, "HMAC signature does not match");
}

function legal(question: SparkQuestion, url: URL): SparkQuestion {
  const { domain, temperature = 0.5, max_tokens } = question.parameter.chat;
  const texts = question.payload.message.text;
  const [path, tokens, warmest, system] = allowed[domain] ?? [url.pathname, Number.POSITIVE_INFINITY, 1, true];
  const turns = texts[0]?.role === "system" && system ? texts.slice(1) : texts;
  const rules: [boolean, string][] = [
    [url.pathname === path, `${domain} does not belong to ${url.pathname}`],
    [max_tokens <= tokens, `max_tokens ${max_tokens}`],
    [temperature <= warmest, `temperature ${temperature}`],
    [turns.every(({ role }, index) => role === (index % 2 === 0 ? "user" : "assistant")), "the order of the turns"],
    [turns.length % 2 === 1, "the user must speak last"],
  ];
  const broken = rules.find(([kept]) => !kept);
  if (broken) throw new Error(`the server does not take ${broken[1]}`);
  return question;
}

function play(socket: WebSocket, connection: Duplex, script: SparkScript): void {
  if (typeof script === "string") {
    const [first = "", ...rest] = script.match(/.{1,400}/gsu) ?? [];
    const tokens = counted(9, Math.ceil(script.length / 4));
    const middle = rest.map((piece, index) => frame(1, index + 1, piece));
    play(socket, connection, { frames: [frame(0, 0, first), ...middle, frame(2, rest.length + 1, "", {}, tokens)] });
  } else if ("play" in script) {
    script.play(socket, connection);
  } else {
    const { frames, end = 1000 } = script;
    for (const said of frames) socket.send(typeof said === "string" ? said : JSON.stringify(said));
    if (end === "cut") setTimeout(() => socket.terminate(), 20);
    else if (end !== "stall") socket.close(end);
  }
}
