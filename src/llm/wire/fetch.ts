import { ProviderError, type Tools } from "../provider.ts";
import { isThisMachine } from "./address.ts";
import { startClock } from "./clock.ts";
import { connectionError } from "./connection-error.ts";
import { readFault } from "./error-body.ts";
import { linesOf, repairEvents, repairJsonLines } from "./event-stream.ts";
import { duration, waitHint } from "./failure.ts";
import { openWire, type Wire, type WireOptions } from "./wire.ts";

/** What a provider with a server is given: one way to it for `fetch` and for sockets of its own. */
export function wireTools(options: WireOptions = {}): Pick<Tools, "fetch" | "clock" | "socket"> {
  let opened: Promise<Wire> | undefined;
  const wire = () => {
    opened ??= openWire(options);
    return opened;
  };
  return {
    fetch: wireFetch(options, wire),
    clock: (caller) => startClock(options, caller),
    async socket(url) {
      const { agentFor, ca } = await wire();
      return { agent: await agentFor(url), ca };
    },
  };
}

/**
 * The fetch every SDK is given. It ends calls that stall, knows the proxy, follows a redirect only within its own
 * origin, gives every error body the shape `{"error":{message,type,code}}`, and repairs what was asked for as
 * `text/event-stream` or `application/x-ndjson`. What goes wrong on the way is a ProviderError without the server's name.
 */
function wireFetch(options: WireOptions, wire: () => Promise<Wire>): typeof globalThis.fetch {
  const { comments = 600_000, heard } = options;

  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const clock = startClock(options, init.signal);
    const patience = clock.firstToken ?? (isThisMachine(url) ? clock.whole : 120_000);
    const answered = clock.limit(patience, "gave no answer");
    try {
      const response = await follow(await wire(), url, { ...init, signal: clock.signal });
      heard?.(response.status, new Headers([...response.headers]));
      if (clock.firstToken === undefined || response.status >= 400) answered();
      const bytes = clock.watch(response.body);
      if (response.status >= 400) return await refusal(response, bytes);
      return readable(response, bytes, init.headers, {
        events: (events) => begun(clock.watch(events, comments, "sent only comments"), answered),
        others: (pieces) => begun(pieces, answered),
      });
    } catch (error) {
      answered();
      clock.stop();
      throw clock.signal.aborted ? clock.signal.reason : connectionFailure(error, clock.connect);
    }
  };
}

/** Says when the first piece has come, or the stream is over. */
async function* begun<T>(pieces: AsyncIterable<T>, answered: () => void): AsyncGenerator<T> {
  try {
    for await (const piece of pieces) {
      answered();
      yield piece;
    }
  } finally {
    answered();
  }
}

async function follow(wire: Wire, first: URL, init: RequestInit) {
  let url = first;
  for (let hops = 0; ; hops++) {
    const response = await wire.fetch(url, {
      method: init.method ?? "GET",
      headers: [...new Headers(init.headers)],
      body: typeof init.body === "string" || init.body instanceof Uint8Array ? init.body : null,
      signal: init.signal ?? null,
      redirect: "manual",
      dispatcher: await wire.dispatcherFor(url),
    });
    const target = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || !target) return usual(response);
    await response.body?.cancel();
    const next = URL.canParse(target, url.href) ? new URL(target, url) : new URL("about:blank");
    if (![307, 308].includes(response.status) || next.origin !== url.origin || hops === 5) {
      throw new ProviderError(
        `the server redirects to ${next.protocol === "about:" ? "nowhere" : `${next.origin}${next.pathname}`}, which is not followed`,
        {
          kind: "request",
          status: response.status,
          hint: "Set base_url to the address the server redirects to, if you trust it.",
        },
      );
    }
    url = next;
  }
}

/** A status that says nothing, or is none, is no answer to a question. */
function usual<R extends { readonly status: number }>(response: R): R {
  const { status } = response;
  if (status >= 200 && status < 600 && ![204, 205, 304].includes(status)) return response;
  throw new ProviderError(`the server answered with the status ${status}, which is no answer`, { kind: "protocol" });
}

type WireResponse = Awaited<ReturnType<typeof follow>>;

async function refusal(response: WireResponse, bytes: AsyncIterable<Uint8Array>): Promise<Response> {
  const { wait, ...fault } = readFault(await startOf(bytes), response.statusText || "no reason given");
  const headers = headersOf(response, "application/json");
  // A few servers say in the body how long to wait.
  if (wait !== undefined && waitHint(headers) === undefined) headers.set("retry-after-ms", `${duration(wait)}`);
  return new Response(JSON.stringify({ error: fault }), { status: response.status, headers });
}

async function startOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > 1_000_000) break;
  }
  return text;
}

function readable(
  response: WireResponse,
  bytes: AsyncIterable<Uint8Array>,
  asked: RequestInit["headers"],
  watch: {
    events: (events: AsyncIterable<string>) => AsyncIterable<string>;
    others: <T>(pieces: AsyncIterable<T>) => AsyncIterable<T>;
  },
): Response {
  const answer = (body: AsyncIterable<Uint8Array>, as: string) =>
    new Response(ReadableStream.from(body), { status: response.status, headers: headersOf(response, as) });
  if (isOf("event-stream", response, asked))
    return answer(encoded(watch.events(repairEvents(linesOf(bytes)))), "text/event-stream");
  if (isOf("ndjson", response, asked))
    return answer(encoded(watch.others(repairJsonLines(linesOf(bytes)))), "application/x-ndjson");
  return answer(watch.others(bytes), response.headers.get("content-type") ?? "");
}

/** What was asked for counts as much as what the server calls it. */
const isOf = (name: string, response: WireResponse, asked: RequestInit["headers"]) =>
  [new Headers(asked).get("accept"), response.headers.get("content-type")].some((type) => type?.includes(name));

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const text of texts) yield encoder.encode(text);
}

function headersOf(response: WireResponse, type: string): Headers {
  const headers = new Headers([...response.headers]);
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.set("content-type", type);
  return headers;
}

/** undici hides what happened in the cause, for several addresses in an error of errors. */
function connectionFailure(error: unknown, connect: number): unknown {
  if (!(error instanceof TypeError) || !(error.cause instanceof Error)) return error;
  const cause = innermost(error.cause);
  const code = "code" in cause ? String(cause.code) : "";
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") {
    // The SDKs would take a cause that speaks of a timeout for their own.
    return new ProviderError(`no connection was made in ${connect / 1000} s`, { kind: "timeout" });
  }
  return connectionError(cause);
}

function innermost(error: Error): Error {
  const next: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return next instanceof Error ? innermost(next) : error;
}
