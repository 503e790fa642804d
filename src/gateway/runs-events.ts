import { openPieces } from "./pieces.ts";
import { Refusal } from "./refusal.ts";
import type { Incoming } from "./route.ts";
import type { KeptEvent, Runs, RunView } from "./runs.ts";

/** Milliseconds between two signs of life. */
const usualBeat = 15_000;

/**
 * Sends the events of a run as a stream of server-sent events, each under its number, and a comment every so many
 * milliseconds, so that nothing in between takes the connection for dead. Where nothing is left to tell, the answer is
 * empty (204), which ends the attempts of a browser to connect again.
 */
export async function sendEvents(
  runs: Pick<Runs, "events">,
  { id, state }: Pick<RunView, "id" | "state">,
  incoming: Incoming,
  beat = usualBeat,
): Promise<void> {
  const { reply, signal } = incoming;
  const events = runs.events(id, { after: seenBefore(incoming), signal })[Symbol.asyncIterator]();
  try {
    const goesOn = state === "queued" || state === "running";
    const first = goesOn ? undefined : await events.next();
    if (first?.done) return;
    reply.hijack();
    await send(events, first, incoming, beat);
  } finally {
    await events.return?.();
  }
}

async function send(
  events: AsyncIterator<KeptEvent>,
  first: IteratorResult<KeptEvent> | undefined,
  { id, reply }: Incoming,
  beat: number,
): Promise<void> {
  const pieces = openPieces(reply.raw, () => ({ "content-type": "text/event-stream", "x-request-id": id }));
  let full = false;
  const write = async (text: string) => {
    full = true;
    await pieces.write(text);
    full = false;
  };
  // a client that does not keep up needs no sign of life
  const alive = setInterval(() => full || void write(":\n\n"), beat);
  try {
    await write(":\n\n");
    for (let next = first ?? (await events.next()); !next.done; next = await events.next())
      await write(wordsOf(next.value));
    pieces.end("");
  } finally {
    clearInterval(alive);
  }
}

const wordsOf = ({ seq, type, text }: KeptEvent) => `id: ${seq}\nevent: ${type}\ndata: ${text}\n\n`;

/** The number of the last event that the client has. */
function seenBefore({ headers, query }: Incoming): number {
  const [param, said] =
    "last-event-id" in headers ? ["Last-Event-ID", headers["last-event-id"]] : ["after", query.after];
  if (said === undefined || said === "") return 0;
  if (typeof said === "string" && /^\d{1,15}$/.test(said)) return Number(said);
  throw new Refusal("request", `${param}: must be the number of an event`, { param });
}
