import type { Dispatcher } from "undici";
import { errorCode } from "../../errors.ts";
import { ProviderError } from "../provider.ts";
import { isThisMachine } from "./address.ts";
import { type Body, bodyOf, close } from "./body.ts";
import { type Clock, startClock } from "./clock.ts";
import { connectionError } from "./connection-error.ts";
import type { HeaderText, Wire, WireOptions } from "./wire.ts";

/** What is asked of a server. */
interface Question {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

/** What a server says, before its body is read. */
export interface Reply extends Body {
  readonly status: number;
  /** The words beside the status; often none. */
  readonly reason: string;
  readonly headers: Dispatcher.ResponseData["headers"];
  readonly clock: Clock;
  /** The first token has come, or will never come. */
  readonly answered: () => void;
}

/** Sends a question to a server. */
export type Exchange = (url: URL, question: Question) => Promise<Reply>;

/**
 * The one way to servers over HTTP. It ends calls that stall, knows the proxy and follows a redirect only within its own
 * origin. What goes wrong on the way is a ProviderError without the server's name.
 */
export function openExchange(options: WireOptions, wire: () => Promise<Wire>): Exchange {
  return async (url, question) => {
    const clock = startClock(options, question.signal);
    const patience = clock.firstToken ?? (isThisMachine(url) ? clock.whole : 120_000);
    const answered = clock.limit(patience, "gave no answer");
    try {
      const {
        statusCode: status,
        statusText: reason,
        headers,
        body,
      } = await follow(await wire(), url, question, clock);
      options.heard?.(status, headerText(headers));
      if (clock.firstToken === undefined || status >= 400) answered();
      const { bytes, leave } = bodyOf(body, headerText(headers).get("content-encoding") ?? "");
      return { status, reason, headers, clock, answered, leave, bytes: clock.watch(bytes) };
    } catch (error) {
      answered();
      clock.stop();
      throw clock.signal.aborted ? clock.signal.reason : connectionFailure(error, clock.connect);
    }
  };
}

/** Reads headers by their names in small letters. */
export const headerText = (headers: Reply["headers"]): HeaderText => ({
  get(name) {
    const value = headers[name];
    return value === undefined ? null : String(value);
  },
});

async function follow(wire: Wire, first: URL, { method, headers, body }: Question, { signal }: Clock) {
  let url = first;
  for (let hops = 0; ; hops++) {
    const dispatcher = await wire.dispatcherFor(url);
    // undici's types leave out that every method may be sent
    const options = { method: method as Dispatcher.HttpMethod, headers, body: body ?? null, signal, dispatcher };
    const response = await wire.request(url, options);
    const { statusCode: status } = response;
    const target = headerText(response.headers).get("location");
    if (status < 300 || status >= 400 || !target) return usual(response);
    close(response.body);
    const next = URL.canParse(target, url.href) ? new URL(target, url) : new URL("about:blank");
    if (![307, 308].includes(status) || next.origin !== url.origin) throw elsewhere(next, status);
    if (hops === 5) throw new ProviderError("the server redirects in a circle", { kind: "protocol", status });
    url = next;
  }
}

function elsewhere({ protocol, origin, pathname }: URL, status: number): ProviderError {
  const where = protocol === "about:" ? "nowhere" : `${origin}${pathname}`;
  const hint = "Set base_url to the address the server redirects to, if you trust it.";
  return new ProviderError(`the server redirects to ${where}, which is not followed`, {
    kind: "protocol",
    status,
    hint,
  });
}

/** A status that says nothing, or is none, is no answer to a question. */
function usual(response: Dispatcher.ResponseData): Dispatcher.ResponseData {
  const { statusCode: status, body } = response;
  if (status >= 200 && status < 600 && ![204, 205, 304].includes(status)) return response;
  close(body);
  throw new ProviderError(`the server answered with the status ${status}, which is no answer`, { kind: "protocol" });
}

/** What the connection failed of stands in a cause where several addresses were tried. */
function connectionFailure(error: unknown, connect: number): unknown {
  const known = error instanceof Error && (error.name === "HTTPParserError" || errorCode(error) !== undefined);
  if (!known && !(error instanceof AggregateError)) return error;
  const cause = innermost(error);
  const code = errorCode(cause) ?? "";
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") {
    // The SDKs would take a cause that speaks of a timeout for their own.
    return new ProviderError(`no connection was made in ${connect / 1000} s`, { kind: "timeout" });
  }
  return connectionError(cause);
}

function innermost(error: unknown): Error {
  const next: unknown = error instanceof AggregateError ? error.errors[0] : (error as Error).cause;
  return next instanceof Error ? innermost(next) : (error as Error);
}
