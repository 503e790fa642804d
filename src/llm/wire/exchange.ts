import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { errorCode } from "../../errors.ts";
import { ProviderError } from "../provider.ts";
import { isThisMachine } from "./address.ts";
import { type Body, type Inflow, openInflow, unpacked } from "./body.ts";
import { type Clock, type Limit, startClock } from "./clock.ts";
import { connectionError } from "./connection-error.ts";
import type { HeaderText, Wire, WireOptions } from "./wire.ts";

/** What is asked of a server. */
interface Question {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | null | undefined;
  /** The answer comes in one piece: until then there is nothing to be heard. */
  readonly whole?: boolean | undefined;
}

/** What a server says, before its body is read. */
export interface Reply {
  readonly status: number;
  /** The words beside the status; often none. */
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  /** Stops at the end of the body. */
  readonly clock: Clock;
  /** Ends the call where no token comes; to be stopped once the first one has come. */
  readonly silent: Limit;
  readonly body: Body;
}

/** Sends a question to a server. */
export type Exchange = (url: URL, question: Question) => Promise<Reply>;

/**
 * The one way to servers over HTTP. It ends calls that stall, knows the proxy and follows a redirect only within its own
 * origin. What goes wrong on the way is a ProviderError without the server's name.
 */
export function openExchange(options: WireOptions, wire: () => Promise<Wire>): Exchange {
  let known: Wire | undefined;
  return async (url, question) => {
    const clock = startClock(options, question.signal);
    const usual = clock.firstToken ?? (isThisMachine(url) ? clock.whole : 120_000);
    const silent = clock.limit(question.whole ? clock.whole : usual, "gave no answer");
    try {
      known ??= await wire();
      const { status, reason, headers, body } = await follow(known, url, question, clock);
      const read = headerText(headers);
      options.heard?.(status, read);
      if (clock.firstToken === undefined || status >= 400) silent.stop();
      body.answers(clock, question.whole ? clock.whole : clock.idle);
      return { status, reason, headers, clock, silent, body: unpacked(body, read.get("content-encoding") ?? "") };
    } catch (error) {
      clock.stop();
      throw clock.ended ? clock.reason : connectionFailure(error, clock.connect);
    }
  };
}

/** Reads headers by their names in small letters. */
export const headerText = (headers: IncomingHttpHeaders): HeaderText => ({
  get(name) {
    const value = headers[name];
    return value === undefined ? null : String(value);
  },
});

/** What a server says at first. */
type Said = Pick<Reply, "status" | "reason" | "headers"> & { readonly body: Inflow };

async function follow(wire: Wire, first: URL, question: Question, clock: Clock): Promise<Said> {
  let url = first;
  for (let hops = 0; ; hops++) {
    const said = await sent(await wire.dispatcherFor(url), url, question, clock);
    const { status, body } = said;
    const target = headerText(said.headers).get("location");
    if (status < 300 || status >= 400 || !target) return usual(said);
    body.close();
    const next = URL.canParse(target, url.href) ? new URL(target, url) : new URL("about:blank");
    if (![307, 308].includes(status) || next.origin !== url.origin) throw elsewhere(next, status);
    if (hops === 5) throw new ProviderError("the server redirects in a circle", { kind: "protocol", status });
    url = next;
  }
}

/** Sends a question; its answer is there with its headers. */
function sent(dispatcher: Dispatcher, url: URL, { method, headers, body }: Question, clock: Clock): Promise<Said> {
  return new Promise((resolve, reject) => {
    let inflow: Inflow | undefined;
    clock.whenEnded(reject);
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        // undici's types leave out that every method may be sent
        method: method as Dispatcher.HttpMethod,
        headers,
        body: body ?? null,
      },
      {
        onRequestStart: (connection) => clock.whenEnded((reason) => connection.abort(reason as Error)),
        onResponseStart(connection, status, said, reason = "") {
          // more is to come
          if (status < 200) return;
          inflow = openInflow(connection);
          resolve({ status, reason, headers: said, body: inflow });
        },
        onResponseData: (_, bytes) => inflow?.push(bytes),
        onResponseEnd: () => inflow?.end(),
        onResponseError(_, error) {
          inflow?.fail(error);
          reject(error);
        },
      },
    );
  });
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
function usual(said: Said): Said {
  const { status, body } = said;
  if (status >= 200 && status < 600 && ![204, 205, 304].includes(status)) return said;
  body.close();
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
