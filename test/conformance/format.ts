import { onTestFinished } from "vitest";
import type { ZodType } from "zod";
import { type Llm, type LlmRequest, ProviderError } from "../../src/llm/provider.ts";
import type { WireOptions } from "../../src/llm/wire/wire.ts";
import { type Drained, question } from "../helpers/drain.ts";
import type { Answer } from "../helpers/http-server.ts";

/** What a model says, whatever the words of its server are for it. */
export interface Said {
  readonly reasoning?: readonly string[];
  readonly text?: readonly string[];
  /** Where absent, the answer never says that it is over. */
  readonly finish?: "stop" | "length";
  readonly usage?: { readonly input: number; readonly output: number };
}

/** What a server does with one request; without headers its pieces come under the right content type. */
export type Reply = Answer;

/** What was asked: the words of the user, and how many requests there have been. */
export interface Asked {
  readonly text: string;
  readonly number: number;
}

type Settings = Readonly<Record<string, unknown>>;

/** A server of one format on a loopback port. */
export interface Server {
  readonly url: string;
  readonly settings: Settings;
  connect(settings?: Settings, options?: WireOptions): Promise<Llm>;
  /** How often an answer was asked for. */
  asked(): number;
  /** We closed a connection before its answer was complete. */
  left(): boolean;
  close(): Promise<void>;
}

/** One way in which servers answer, played by a strict server of its own. */
export interface Format {
  readonly name: string;
  /** How the pieces of an answer are parted. */
  readonly framing: "events" | "lines" | "frames" | "messages";
  /** Thoughts have a place of their own. */
  readonly thinks: boolean;
  /** An answer in pieces, each whole. */
  pieces(said: Said): string[];
  /** A piece as it is on the wire, where that is more than its text. */
  readonly framed?: (piece: string) => Uint8Array;
  /** An error where a piece was expected. */
  fault(message: string): string;
  /** The same answer as one JSON body, where there is such a thing. */
  readonly body?: (said: Said) => string;
  /** Settings with what nobody may see. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly config: ZodType;
  serve(reply: (asked: Asked) => Reply): Promise<Server>;
}

/** Serves until the test is over; one that runs beside others says when that is. */
export async function serve(
  format: Format,
  reply: Reply | ((asked: Asked) => Reply),
  whenOver: (close: () => Promise<void>) => void = onTestFinished,
): Promise<Server> {
  const server = await format.serve(typeof reply === "function" ? reply : () => reply);
  whenOver(() => server.close());
  return server;
}

/** One answer that should be whole. */
export async function answered(format: Format, reply: Reply, options?: WireOptions): Promise<Drained> {
  return whole(await (await serve(format, reply)).connect({}, options));
}

/** One answer that should not. */
export async function failure(format: Format, reply: Reply, options?: WireOptions): Promise<Failure> {
  return failed(await (await serve(format, reply)).connect({}, options));
}

/** A failure, and the text that had come before. */
export interface Failure {
  readonly error: ProviderError;
  readonly text: string;
}

/** Asks and reads to the end. */
export async function whole(llm: Llm, request: Partial<LlmRequest> = {}): Promise<Drained> {
  const answer = await read(llm, request, new AbortController().signal);
  if ("error" in answer) throw answer.error;
  return answer;
}

/** Asks and reads until it fails; `heard` is called for each piece. */
export async function failed(
  llm: Llm,
  request: Partial<LlmRequest> = {},
  signal: AbortSignal = new AbortController().signal,
  heard: () => void = () => {},
): Promise<Failure> {
  const answer = await read(llm, request, signal, heard);
  if (!("error" in answer)) throw new Error(`no failure but ${JSON.stringify(answer)}`);
  if (!(answer.error instanceof ProviderError)) throw answer.error;
  return { error: answer.error, text: answer.text };
}

async function read(llm: Llm, request: Partial<LlmRequest>, signal: AbortSignal, heard: () => void = () => {}) {
  const deltas: Drained["deltas"][number][] = [];
  const joined = (of: "text" | "reasoning") => deltas.map((delta) => (delta.type === of ? delta.text : "")).join("");
  const stream = llm.stream({ ...question, ...request }, { signal });
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done) return { ...step.value, deltas, text: joined("text"), reasoning: joined("reasoning") };
      deltas.push(step.value);
      heard();
    }
  } catch (error) {
    return { error, text: joined("text") };
  }
}

/** Pieces as they are on the wire. */
export function bytesOf({ framed = Buffer.from }: Format, pieces: readonly string[]): Buffer {
  return Buffer.concat(pieces.map((piece) => framed(piece)));
}

/** The reply under the content type of its format, unless it says otherwise. */
export function typed(reply: Reply, stream: string): Reply {
  if (reply.headers) return reply;
  return { ...reply, headers: { "content-type": (reply.status ?? 200) < 400 ? stream : "application/json" } };
}
