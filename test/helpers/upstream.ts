import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { z } from "zod";
import * as anthropic from "./anthropic-server.ts";
import { taken } from "./http-server.ts";
import { listening } from "./listening.ts";
import { line } from "./ollama-server.ts";
import * as openai from "./openai-server.ts";

/** The APIs that models are asked by. */
export const wires = ["openai", "anthropic", "ollama"] as const;
type Wire = (typeof wires)[number];

/** What a model says, whatever API it is asked by; a text is said in these pieces. */
export type Reply =
  | {
      readonly text?: string | readonly string[];
      readonly reasoning?: string;
      /** Calls of tools, the arguments of each in pieces. */
      readonly calls?: readonly { readonly id: string; readonly name: string; readonly pieces: readonly string[] }[];
      readonly finish?: "length";
      /** Tokens in and out, 9 and 2 where absent. */
      readonly usage?: readonly [number, number];
      /** After what was said nothing comes any more: the stream stands still, or the connection is reset. */
      readonly ends?: "stall" | "reset";
      /** Awaited before the end is said. */
      readonly until?: Promise<unknown>;
    }
  | { readonly vectors: readonly (readonly number[])[] }
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** Not even headers are sent. */
  | "silence";

/** One request for an answer. */
export interface Asked {
  readonly wire: Wire;
  /** Such as `/chat/completions`. */
  readonly path: string;
  readonly body: { readonly [name: string]: unknown };
  readonly headers: IncomingHttpHeaders;
}

/** A server of models that speaks all three APIs. */
export interface Upstream {
  /** Settings of a model there. */
  at(wire: Wire, settings?: object): { readonly [setting: string]: unknown };
  readonly asked: readonly Asked[];
  /** Resolves when so many requests have come. */
  reached(count: number): Promise<void>;
  /** Milliseconds of `performance.now()` at which the other side had left so many answers that were not complete. */
  left(count?: number): Promise<number>;
}

/** Opens one until the test ends. The answers are given in this order, the last one again and again. */
export async function upstream(...replies: readonly (Reply | ((asked: Asked) => Reply))[]): Promise<Upstream> {
  const asked: Asked[] = [];
  const leaving: number[] = [];
  let arrived = signal<void>();
  let gone = signal<void>();
  const server = createServer(async (incoming, outgoing) => {
    outgoing.once("close", () => {
      if (outgoing.writableEnded) return;
      leaving.push(performance.now());
      gone.give();
      gone = signal();
    });
    const text = await textOf(incoming);
    const [, wire, path = ""] = /^\/(openai|anthropic\/v1|ollama\/api)(\/.*)$/.exec(incoming.url ?? "") ?? [];
    // without a context of its own an Ollama is asked nothing more
    if (path === "/show") return void outgoing.end("{}");
    const body = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    const request = { wire: z.enum(wires).parse(wire?.replace(/\/.*/, "")), path, body, headers: incoming.headers };
    const reply = replies[Math.min(asked.length, replies.length - 1)] ?? {};
    asked.push(request);
    arrived.give();
    arrived = signal();
    await answer(outgoing, typeof reply === "function" ? reply(request) : reply, request);
  });
  const port = await listening(server);
  return {
    at: (wire, settings) => ({
      ...{ api_type: wire, model: `${wire}-model`, base_url: `http://127.0.0.1:${port}/${wire}` },
      ...(wire !== "ollama" && { api_key: "upstream-key-0123456789" }),
      ...settings,
    }),
    asked,
    async reached(count) {
      while (asked.length < count) await arrived.came;
    },
    async left(count = 1) {
      for (;;) {
        const at = leaving[count - 1];
        if (at !== undefined) return at;
        await gone.came;
      }
    },
  };
}

/** A promise and what fulfils it. */
export function signal<T>() {
  let give: (value: T) => void = () => {};
  const came = new Promise<T>((resolve) => {
    give = resolve;
  });
  return { came, give };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function answer(outgoing: ServerResponse, reply: Reply, asked: Asked): Promise<void> {
  if (reply === "silence") return;
  if ("status" in reply) {
    outgoing.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
    return void outgoing.end(JSON.stringify(reply.body));
  }
  if ("vectors" in reply) {
    outgoing.writeHead(200, { "content-type": "application/json" });
    const data = reply.vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
    const usage = { prompt_tokens: 9, total_tokens: 9 };
    return void outgoing.end(JSON.stringify({ object: "list", data, model: asked.body.model, usage }));
  }
  const { pieces, end, type } = spoken(reply, asked);
  outgoing.writeHead(200, { "content-type": type });
  outgoing.flushHeaders();
  for (const piece of pieces) {
    outgoing.write(piece);
    await taken();
  }
  if (reply.ends === "stall") return;
  if (reply.ends === "reset") return void outgoing.socket?.resetAndDestroy();
  await reply.until;
  outgoing.end(end);
}

type Said = Extract<Reply, { readonly text?: unknown }>;

/** The pieces of an answer in the words of its API, and its end. */
interface Spoken {
  readonly pieces: readonly string[];
  readonly end: string;
  readonly type: string;
}

function spoken(reply: Said, { wire, path, body }: Asked): Spoken {
  const { text = "", reasoning = "", calls = [], finish, usage: [input, output] = [9, 2] } = reply;
  const texts = typeof text === "string" ? [text].filter(Boolean) : text;
  const about = { model: String(body.model) };
  const reason = finish ?? (calls.length > 0 ? "tool_calls" : "stop");
  const stream = { type: "text/event-stream; charset=utf-8" };
  if (wire === "anthropic") {
    const stop = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use" }[reason];
    const before = texts.length > 0 ? 1 : 0;
    return {
      pieces: [
        anthropic.start({ ...about, usage: { input_tokens: input, output_tokens: 1 } }),
        ...(before > 0 ? [anthropic.textBlock(0, ...texts)] : []),
        ...calls.map(({ id, name, pieces }, index) =>
          anthropic.block(
            index + before,
            { type: "tool_use", id, name, input: {} },
            ...pieces.map((partial_json) => ({ type: "input_json_delta", partial_json })),
          ),
        ),
      ],
      end: anthropic.end(stop, { output_tokens: output }) + anthropic.stop,
      ...stream,
    };
  }
  if (wire === "ollama") {
    const tool_calls = calls.map(({ name, pieces }) => ({
      function: { name, arguments: JSON.parse(pieces.join("")) },
    }));
    const counts = { prompt_eval_count: input, eval_count: output };
    return {
      pieces: [
        ...(reasoning === "" ? [] : [line({ content: "", thinking: reasoning }, about)]),
        ...texts.map((content) => line({ content }, about)),
        ...(calls.length > 0 ? [line({ content: "", tool_calls }, about)] : []),
      ],
      end: line({ content: "" }, { ...about, done: true, done_reason: finish ?? "stop", ...counts }),
      type: "application/x-ndjson",
    };
  }
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
  if (body.stream === false) {
    const tool_calls = calls.map(({ id, name, pieces }) => ({
      ...{ id, type: "function" },
      function: { name, arguments: pieces.join("") },
    }));
    const message = { role: "assistant", content: texts.join(""), tool_calls };
    const thought = reasoning === "" ? {} : { reasoning_content: reasoning };
    const end = openai.completion({ ...message, ...thought }, { ...about, usage }, { finish_reason: reason });
    return { pieces: [], end, type: "application/json" };
  }
  const counted = openai.chunk({}, { ...about, choices: [], usage }) + openai.done;
  if (path === "/completions") {
    return {
      pieces: texts.map((text) => openai.chunk({}, about, { text })),
      end: openai.chunk({}, about, { text: "", finish_reason: reason }) + counted,
      ...stream,
    };
  }
  return {
    pieces: [
      openai.chunk({ role: "assistant", content: "" }, about),
      ...(reasoning === "" ? [] : [openai.chunk({ reasoning_content: reasoning }, about)]),
      ...texts.map((content) => openai.chunk({ content }, about)),
      ...calls.flatMap(({ id, name, pieces }, index) => [
        openai.chunk({ tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] }, about),
        ...pieces.map((text) => openai.chunk({ tool_calls: [{ index, function: { arguments: text } }] }, about)),
      ]),
    ],
    end: openai.chunk({}, about, { finish_reason: reason }) + counted,
    ...stream,
  };
}
