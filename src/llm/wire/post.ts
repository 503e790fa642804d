import { madeOnce } from "../../made-once.ts";
import type { Fault } from "./error-body.ts";
import type { Parse } from "./event-stream.ts";
import { type Exchange, headerText } from "./exchange.ts";
import { type EventStream, eventsIn, refusalIn } from "./reply.ts";
import type { HeaderText, Patience } from "./wire.ts";

/** A question that a server answers by a stream of events. */
export interface Posting {
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body: object;
  /** The answer is to come in one piece, and there is silence until then. */
  readonly whole?: boolean;
  /** In place of JSON.parse, for the data of events. */
  readonly parse?: Parse | undefined;
  readonly signal: AbortSignal;
}

/** What came of it: events, or a fault in their place. */
export type Posted = { readonly status: number; readonly headers: HeaderText } & (
  | { readonly events: EventStream; readonly fault?: undefined }
  | { readonly fault: Fault }
);

/** Posts questions whose answers are streams of events, and reads these without the detour of a `Response`. */
export function wirePost(exchange: Exchange, patience: Patience) {
  const known = new WeakMap<Posting["headers"], Posting["headers"]>();
  return async (url: string | URL, { headers, body, whole, parse, signal }: Posting): Promise<Posted> => {
    const reply = await exchange(typeof url === "string" ? new URL(url) : url, {
      method: "POST",
      headers: madeOnce(known, headers, () => asSent(headers)),
      body: JSON.stringify(body),
      whole,
      signal,
    });
    const { status } = reply;
    const said = headerText(reply.headers);
    if (status >= 400) return { status, headers: said, fault: await refusalIn(reply) };
    return { status, headers: said, events: eventsIn(reply, patience, parse) };
  };
}

/** A name that is written in two ways is one name, and the last one counts. */
function asSent(headers: Posting["headers"]): Posting["headers"] {
  const names = Object.entries({ accept: "text/event-stream", "content-type": "application/json", ...headers });
  return Object.fromEntries(names.map(([name, value]) => [name.toLowerCase(), value]));
}
