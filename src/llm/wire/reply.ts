import { ProviderError } from "../provider.ts";
import { piecesOf } from "./body.ts";
import type { Limit } from "./clock.ts";
import { type Fault, readFault } from "./error-body.ts";
import { batchesOf, eventReader, type Parse, type ServerEvent } from "./event-stream.ts";
import type { Reply } from "./exchange.ts";
import type { Patience } from "./wire.ts";

/** A stream of events as they come. Who does not want the rest closes it. */
export interface EventStream {
  /** The next ones, those that came together together; undefined at the end. */
  next(): Promise<readonly ServerEvent[] | undefined>;
  /** The server has marked the end by `[DONE]`. */
  marked(): boolean;
  /** The answer is whole: what may still come is waited for as long as its count of tokens needs. */
  hurry(): void;
  close(): void;
}

/** The events of an answer. A stream of nothing but comments ends with a ProviderError. */
export function eventsIn({ body, clock, silent }: Reply, { comments = 600_000 }: Patience, parse?: Parse): EventStream {
  const reader = eventReader(parse);
  const commenting = clock.limit(comments, "sent only comments");
  const next = batchesOf(body, reader, {
    restart: () => commenting.restart(),
    stop() {
      commenting.stop();
      silent.stop();
    },
  });
  let ending: Limit | undefined;
  return {
    next,
    marked: reader.marked,
    hurry() {
      if (reader.marked()) return;
      ending ??= clock.limit(2000, "did not end its answer");
      ending.restart();
    },
    close: () => body.close(),
  };
}

/** For those who take events one after the other. */
export async function* eventsOf(stream: EventStream): AsyncGenerator<ServerEvent> {
  try {
    for (let batch = await stream.next(); batch; batch = await stream.next()) yield* batch;
  } finally {
    stream.close();
  }
}

/** What the server says in a refusal. */
export async function refusalIn({ body, reason, clock }: Reply): Promise<Fault> {
  let text = "";
  const decoder = new TextDecoder();
  const ended = clock.limit(2000, "did not finish its refusal");
  try {
    for await (const piece of piecesOf(body)) {
      text += decoder.decode(piece, { stream: true });
      if (text.length > 1_000_000) break;
    }
  } catch (error) {
    // what came says more than that no more came
    if (!(error instanceof ProviderError)) throw error;
  } finally {
    ended.stop();
  }
  return readFault(text, reason || "no reason given");
}
