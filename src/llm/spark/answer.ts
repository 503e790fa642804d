import { z } from "zod";
import { answerReader } from "../openai/answer.ts";
import type { Delta, Finish } from "../provider.ts";
import { faultIn } from "../wire/error-body.ts";
import { faultError } from "../wire/failure.ts";

/** Reads the frames of one answer. An answer that came to its limit of tokens was cut by it: Spark does not say so. */
export async function* readFrames(
  frames: AsyncIterable<string>,
  { model, maxTokens }: { model: string; maxTokens: number },
): AsyncGenerator<Delta, Finish> {
  const answer = answerReader(model);
  const order = frameOrder();
  let ended = false;
  let spoken = false;
  try {
    for await (const text of frames) {
      const frame = readFrame(text, spoken);
      ended ||= frame.status === 2;
      for (const next of order.push(frame)) {
        spoken ||= next.content !== "";
        yield* answer.read(chunkOf(next, maxTokens));
      }
      if (answer.finished()) break;
    }
  } catch (error) {
    if (!ended) throw error;
  }
  for (const next of order.rest()) yield* answer.read(chunkOf(next, maxTokens));
  yield* answer.rest();
  return answer.finish();
}

interface Frame {
  readonly seq: number | undefined;
  readonly status: number;
  readonly content: string;
  readonly reasoning: string;
  readonly usage: Counts | undefined;
}

function readFrame(text: string, spoken: boolean): Frame {
  const raw: unknown = JSON.parse(text);
  const { header, payload } = Message.parse(raw);
  const { code, message, sid } = header ?? {};
  if (!header || (code !== undefined && code !== "0")) {
    const words = message || faultIn(raw)?.message || "no reason given";
    const withdrawn = code === "10014" && spoken ? "; what it had already said is withdrawn" : "";
    const numbers = [code && `code ${code}`, sid && `sid ${sid}`].filter(Boolean).join(", ");
    throw faultError({
      message: `${words}${numbers && ` (${numbers})`}${withdrawn}`,
      code: code ?? faultIn(raw)?.code,
    });
  }
  const { choices, usage } = payload;
  return {
    seq: choices.seq,
    status: choices.status ?? header.status ?? 1,
    content: choices.text.map(({ content }) => content).join(""),
    reasoning: choices.text.map(({ reasoning_content }) => reasoning_content).join(""),
    usage,
  };
}

/** Hands frames on by their numbers. One that is missing is waited for as long as others may come. */
function frameOrder() {
  const held: Frame[] = [];
  let next = 0;
  const place = ({ seq }: Frame) => seq ?? next;
  return {
    *push(frame: Frame): Generator<Frame> {
      if (frame.status === 0) next = place(frame);
      held.push(frame);
      held.sort((a, b) => place(a) - place(b));
      for (let first = held[0]; first && place(first) <= next; first = held[0]) {
        held.shift();
        next = Math.max(next, place(first) + 1);
        yield first;
      }
    },
    rest: () => held.splice(0),
  };
}

/** A frame as a chunk of the chat API. */
function chunkOf({ content, reasoning, status, usage }: Frame, maxTokens: number) {
  const cut = usage !== undefined && usage.completion_tokens >= maxTokens;
  const finish_reason = status === 2 ? (cut ? "length" : "stop") : "";
  return { choices: [{ index: 0, delta: { content, reasoning_content: reasoning }, finish_reason }], usage };
}

const words = z.string().catch("");
const count = z.int().nonnegative();
const perhaps = count.optional().catch(undefined);

const Counts = z.object({ prompt_tokens: count, completion_tokens: count });
type Counts = z.infer<typeof Counts>;

const Choices = z.object({
  status: perhaps,
  seq: perhaps,
  text: z.array(z.object({ content: words, reasoning_content: words })).catch([]),
});
const Payload = z.object({
  choices: Choices.catch({ status: undefined, seq: undefined, text: [] }),
  usage: z
    .object({ text: Counts })
    .transform(({ text }) => text)
    .optional()
    .catch(undefined),
});

const Message = z.object({
  header: z
    .object({
      code: z.union([z.int(), z.string()]).transform(String).optional().catch(undefined),
      message: words,
      sid: words,
      status: perhaps,
    })
    .optional()
    .catch(undefined),
  payload: Payload.catch(Payload.parse({})),
});
