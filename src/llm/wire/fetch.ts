import { piecesOf } from "./body.ts";
import { type Fault, faultIn } from "./error-body.ts";
import { batchesOf, jsonLineReader, type ServerEvent } from "./event-stream.ts";
import { type Exchange, headerText, type Reply } from "./exchange.ts";
import { eventsIn, refusalIn } from "./reply.ts";
import type { Patience } from "./wire.ts";

/**
 * The fetch that SDKs are given. It gives every error body the shape `{"error":{message,type,code,wait}}`, and repairs what was
 * asked for as `text/event-stream` or `application/x-ndjson`.
 */
export function wireFetch(exchange: Exchange, patience: Patience): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { method = "GET", signal, body } = init;
    const headers = Object.fromEntries(new Headers(init.headers));
    const reply = await exchange(url, { method, headers, signal, body: sendable(body) });
    return reply.status >= 400 ? refusal(reply) : readable(reply, headers.accept ?? "", patience);
  };
}

const sendable = (body: RequestInit["body"]) =>
  typeof body === "string" || body instanceof Uint8Array ? body : undefined;

async function refusal(reply: Reply): Promise<Response> {
  const error = await refusalIn(reply);
  return new Response(JSON.stringify({ error }), {
    status: reply.status,
    headers: headersOf(reply, "application/json"),
  });
}

function readable(reply: Reply, accepted: string, patience: Patience): Response {
  const type = headerText(reply.headers).get("content-type") ?? "";
  // what was asked for counts as much as what the server calls it
  const is = (name: string) => accepted.includes(name) || type.includes(name);
  const answer = (body: AsyncIterable<Uint8Array>, as: string) =>
    new Response(ReadableStream.from(body), { status: reply.status, headers: headersOf(reply, as) });
  if (is("event-stream")) return answer(eventBytes(reply, patience), "text/event-stream");
  if (is("ndjson")) return answer(lineBytes(reply), "application/x-ndjson");
  return answer(bytesIn(reply), type);
}

async function* eventBytes(reply: Reply, patience: Patience): AsyncGenerator<Uint8Array> {
  const stream = eventsIn(reply, patience);
  const encoder = new TextEncoder();
  try {
    for (let batch = await stream.next(); batch; batch = await stream.next())
      yield encoder.encode(batch.map(written).join(""));
    if (stream.marked()) yield encoder.encode("data: [DONE]\n\n");
  } finally {
    stream.close();
  }
}

const written = ({ name, text }: ServerEvent) =>
  `${name && `event: ${name}\n`}data: ${text.replaceAll("\n", "\ndata: ")}\n\n`;

async function* lineBytes({ body, silent }: Reply): AsyncGenerator<Uint8Array> {
  const next = batchesOf(body, jsonLineReader(), { restart() {}, stop: () => silent.stop() });
  const encoder = new TextEncoder();
  try {
    for (let lines = await next(); lines; lines = await next()) yield encoder.encode(`${lines.join("\n")}\n`);
  } finally {
    body.close();
  }
}

async function* bytesIn({ body, silent }: Reply): AsyncGenerator<Uint8Array> {
  for await (const piece of piecesOf(body)) {
    silent.stop();
    yield piece;
  }
}

function headersOf({ headers: said }: Reply, type: string): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(said)) {
    for (const text of [value ?? []].flat()) headers.append(name, text);
  }
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.set("content-type", type);
  return headers;
}

/** What the server says in a refusal that our fetch has put into one shape. */
export async function faultOf(response: Response): Promise<Fault> {
  return faultIn(await response.json()) ?? { message: response.statusText || "no reason given" };
}
