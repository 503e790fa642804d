import { isThisMachine } from "./address.ts";
import { readFault } from "./error-body.ts";
import { linesOf, repairEvents, repairJsonLines } from "./event-stream.ts";
import { ProviderError } from "./provider.ts";

export interface WireOptions {
  /** An HTTP proxy for every server but those of this machine. */
  readonly proxy?: string | undefined;
  /** Seconds the whole call may take, 600 where absent; 0 means 300. */
  readonly timeout?: number | undefined;
  /** Milliseconds until the connection stands. */
  readonly connect?: number | undefined;
  /** Milliseconds until the answer begins; a server on this machine, which may have to load its model, has the whole call. */
  readonly firstByte?: number | undefined;
  /** Milliseconds between two pieces of the answer; comments count as pieces. */
  readonly idle?: number | undefined;
  /** Milliseconds a stream may go on with nothing but comments. */
  readonly comments?: number | undefined;
}

/**
 * The fetch every SDK is given. It ends calls that stall, knows the proxy, follows a redirect only within its own
 * origin, gives every error body the shape `{"error":{message,type,code}}`, and repairs what was asked for as
 * `text/event-stream` or `application/x-ndjson`. What goes wrong on the way is a ProviderError without the server's name.
 */
export function wireFetch(options: WireOptions = {}): typeof globalThis.fetch {
  const whole = (options.timeout === 0 ? 300 : (options.timeout ?? 600)) * 1000;
  const { connect = 10_000, firstByte, idle = 120_000, comments = 600_000 } = options;
  let opened: ReturnType<typeof openWire> | undefined;

  return async (input, init = {}) => {
    opened ??= openWire(options.proxy, connect);
    const url = new URL(input instanceof Request ? input.url : input);
    const clock = startClock(whole, init.signal);
    const patience = firstByte ?? (isThisMachine(url) ? whole : 120_000);
    const answered = clock.limit(patience, "gave no answer");
    try {
      const response = await follow(await opened, url, { ...init, signal: clock.signal });
      answered();
      const bytes = clock.watch(response.body, idle);
      if (response.status >= 400) return await refusal(response, bytes);
      return readable(response, bytes, init.headers, (events) => clock.watch(events, comments, "sent only comments"));
    } catch (error) {
      answered();
      clock.stop();
      throw clock.signal.aborted ? clock.signal.reason : connectionFailure(error, connect);
    }
  };
}

async function openWire(proxy: string | undefined, connect: number) {
  const { Agent, ProxyAgent, fetch } = await import("undici");
  // The clocks are ours; undici's own would end a slow answer after 300 s.
  const limits = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: connect } };
  const direct = new Agent(limits);
  const remote = proxy ? new ProxyAgent({ uri: proxy, ...limits }) : direct;
  return { fetch, dispatcherFor: (url: URL) => (isThisMachine(url) ? direct : remote) };
}

async function follow(wire: Awaited<ReturnType<typeof openWire>>, first: URL, init: RequestInit) {
  let url = first;
  for (let hops = 0; ; hops++) {
    const response = await wire.fetch(url, {
      method: init.method ?? "GET",
      headers: [...new Headers(init.headers)],
      body: typeof init.body === "string" ? init.body : null,
      signal: init.signal ?? null,
      redirect: "manual",
      dispatcher: wire.dispatcherFor(url),
    });
    const target = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || !target) return response;
    await response.body?.cancel();
    const next = new URL(target, url);
    if (![307, 308].includes(response.status) || next.origin !== url.origin || hops === 5) {
      throw new ProviderError(`the server redirects to ${next.origin}${next.pathname}, which is not followed`, {
        kind: "request",
        status: response.status,
        hint: "Set base_url to the address the server redirects to, if you trust it.",
      });
    }
    url = next;
  }
}

interface Clock {
  readonly signal: AbortSignal;
  /** Ends the call unless the returned function is called in time. */
  limit(ms: number, what: string): () => void;
  /** Passes a stream on and ends the call when it falls silent. */
  watch<T>(source: AsyncIterable<T> | null, ms: number, what?: string): AsyncGenerator<T>;
  stop(): void;
}

function startClock(whole: number, caller: AbortSignal | null | undefined): Clock {
  const deadline = new AbortController();
  const signal = caller ? AbortSignal.any([caller, deadline.signal]) : deadline.signal;
  const limit = (ms: number, what: string) => {
    const late = new ProviderError(`the server ${what} in ${ms / 1000} s`, { kind: "timeout" });
    // A socket under way keeps the process alive; a clock alone shall not.
    const timer = setTimeout(() => deadline.abort(late), Math.min(ms, 2 ** 31 - 1)).unref();
    return () => clearTimeout(timer);
  };
  const stop = limit(whole, "did not finish its answer");
  return {
    signal,
    limit,
    stop,
    async *watch(source, ms, what = "sent nothing") {
      let heard = limit(ms, what);
      try {
        for await (const piece of source ?? []) {
          heard();
          yield piece;
          heard = limit(ms, what);
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof ProviderError) throw error;
        throw new ProviderError("the connection broke in the middle of the answer", {
          kind: "truncated",
          cause: error,
        });
      } finally {
        heard();
        stop();
      }
    },
  };
}

type WireResponse = Awaited<ReturnType<typeof follow>>;

async function refusal(response: WireResponse, bytes: AsyncIterable<Uint8Array>): Promise<Response> {
  const fault = readFault(await startOf(bytes), response.statusText || "no reason given");
  return new Response(JSON.stringify({ error: fault }), {
    status: response.status,
    statusText: response.statusText,
    headers: headersOf(response, "application/json"),
  });
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
  watchEvents: (events: AsyncIterable<string>) => AsyncIterable<string>,
): Response {
  const expected = new Headers(asked).get("accept") ?? "";
  const type = response.headers.get("content-type") ?? "";
  const is = (name: string) => expected.includes(name) || type.includes(name);
  const answer = (body: AsyncIterable<Uint8Array>, as: string) =>
    new Response(ReadableStream.from(body), { status: response.status, headers: headersOf(response, as) });
  if (is("event-stream")) return answer(encoded(watchEvents(repairEvents(linesOf(bytes)))), "text/event-stream");
  if (is("ndjson")) return answer(encoded(repairJsonLines(linesOf(bytes))), "application/x-ndjson");
  return answer(bytes, type);
}

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
  const [message, hint] = connectionWords(code);
  return new ProviderError(message ?? `the connection failed: ${cause.message || code}`, {
    kind: "network",
    shouldRetry: message?.includes("certificate") ? false : undefined,
    hint,
    cause,
  });
}

function innermost(error: Error): Error {
  const next: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return next instanceof Error ? innermost(next) : error;
}

function connectionWords(code: string): readonly [string?, string?] {
  if (code === "ECONNREFUSED") return ["the connection was refused"];
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return ["the host name was not found", "Check base_url and the network; behind a proxy, set proxy."];
  }
  if (/CERT|SIGNATURE|ALTNAME/.test(code)) {
    const hint = "If the certificate is one of your own network, name its file in NODE_EXTRA_CA_CERTS.";
    return [`the certificate of the server is not trusted (${code})`, hint];
  }
  const closed = code === "ECONNRESET" || code === "UND_ERR_SOCKET";
  return closed ? ["the server closed the connection before it answered"] : [];
}
