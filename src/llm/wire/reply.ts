import { ProviderError } from "../provider.ts";
import { type Fault, readFault } from "./error-body.ts";
import { batchesOf, eventReader, type ServerEvent } from "./event-stream.ts";
import type { Reply } from "./exchange.ts";
import type { Patience } from "./wire.ts";

/** A stream of events as they come. */
export interface EventStream {
  /** Those that came together are together. */
  readonly batches: AsyncIterable<readonly ServerEvent[]>;
  /** The server has marked the end by `[DONE]`. */
  readonly marked: () => boolean;
  /** The answer is whole: what may still come is waited for as long as its count of tokens needs. */
  readonly hurry: () => void;
}

/** The events of an answer. A stream of nothing but comments ends with a ProviderError. */
export function eventsIn(reply: Reply, { comments = 600_000 }: Patience): EventStream {
  const { push, end, marked } = eventReader();
  const over = () => {
    if (marked()) reply.leave();
    return marked();
  };
  let hurried = () => {};
  const hurry = () => {
    hurried();
    hurried = reply.clock.limit(2000, "did not end its answer");
  };
  const done = () => hurried();
  return { batches: inTime(batchesOf(reply.bytes, { push, end }, over), reply, { comments, done }), marked, hurry };
}

/** Ends the call where nothing but comments comes for so many milliseconds. */
async function* inTime<T>(
  batches: AsyncIterable<T>,
  { clock, answered }: Reply,
  { comments, done }: { readonly comments: number; readonly done: () => void },
): AsyncGenerator<T> {
  const limit = () => clock.limit(comments, "sent only comments");
  let heard = limit();
  try {
    for await (const batch of batches) {
      heard();
      answered();
      yield batch;
      heard = limit();
    }
  } finally {
    heard();
    answered();
    done();
  }
}

/** What the server says in a refusal. */
export async function refusalIn({ bytes, reason, clock }: Reply): Promise<Fault> {
  let text = "";
  const decoder = new TextDecoder();
  const ended = clock.limit(2000, "did not finish its refusal");
  try {
    for await (const piece of bytes) {
      text += decoder.decode(piece, { stream: true });
      if (text.length > 1_000_000) break;
    }
  } catch (error) {
    // what came says more than that no more came
    if (!(error instanceof ProviderError)) throw error;
  } finally {
    ended();
  }
  return readFault(text, reason || "no reason given");
}
