import type { Fault } from "./error-body.ts";
import { type Exchange, headerText } from "./exchange.ts";
import { type EventStream, eventsIn, refusalIn } from "./reply.ts";
import type { HeaderText, Patience } from "./wire.ts";

/** A question that a server answers by a stream of events. */
export interface Posting {
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body: object;
  readonly signal: AbortSignal;
}

/** What came of it: events, or a fault in their place. */
export type Posted = { readonly status: number; readonly headers: HeaderText } & (
  | (EventStream & { readonly fault?: undefined })
  | { readonly fault: Fault }
);

/** Posts questions whose answers are streams of events, and reads these without the detour of a `Response`. */
export function wirePost(exchange: Exchange, patience: Patience) {
  return async (url: string | URL, { headers, body, signal }: Posting): Promise<Posted> => {
    const names = Object.entries({ accept: "text/event-stream", "content-type": "application/json", ...headers });
    const reply = await exchange(typeof url === "string" ? new URL(url) : url, {
      method: "POST",
      // a name that is written in two ways is one name, and the last one counts
      headers: Object.fromEntries(names.map(([name, value]) => [name.toLowerCase(), value])),
      body: JSON.stringify(body),
      signal,
    });
    const said = { status: reply.status, headers: headerText(reply.headers) };
    return reply.status >= 400 ? { ...said, fault: await refusalIn(reply) } : { ...said, ...eventsIn(reply, patience) };
  };
}
