import { describe, expect, it } from "vitest";
import { endingOf } from "../../src/either-signal.ts";
import { attempt } from "../../src/llm/call/attempt.ts";
import { retrying } from "../../src/llm/call/retry.ts";
import { countMessages } from "../../src/llm/tokens.ts";
import { question } from "../helpers/drain.ts";
import { answered, type Format, failure, type Said, serve, whole } from "./format.ts";
import { anthropicFormat } from "./formats/anthropic.ts";
import { ollamaFormat } from "./formats/ollama.ts";
import { openaiFormat, zhipuFormat } from "./formats/openai.ts";
import { formats, named } from "./formats.ts";
import { operationOn } from "./operation.ts";

const signal = new AbortController().signal;
const usage = { input: 9, output: 2 };
const said = { text: ["Hi"], finish: "stop", usage } as const;

/** The tokens of an answer as a run counts them. */
async function counted(format: Format, answer: Said) {
  const llm = await (await serve(format, { pieces: format.pieces(answer) })).connect();
  return (await attempt(llm, question, { signal, model: "m", progress: () => {} })).usage;
}

describe.each(named(formats))("%s", (_, format) => {
  it.each([
    ["025", "no usage", {}],
    ["028", "usage of zero beside a text", { usage: { input: 0, output: 0 } }],
  ])(`%s ${format.name}: %s is estimated, and marked so`, async (_, __, rest) => {
    const text = ["Hello", " there, my friend."];
    const { source, input, output } = await counted(format, { text, finish: "stop", ...rest });
    expect({ source, input, output }).toEqual({
      source: "estimated",
      input: await countMessages(question.messages),
      output: 6,
    });
    expect(await counted(format, said)).toEqual({ ...usage, source: "reported" });
  });

  const tags = ["\n<th", "ink>\nhm <b", ">\n</thi", "nk>\n\nHi <th", "ink>x</think>"];
  it.each([
    ["in one piece", [tags.join("")]],
    ["in single characters", [...tags.join("")]],
    ["cut", tags],
  ])(`034 ${format.name}: thinking tags %s are taken out`, async (_, text) => {
    const { reasoning, text: rest } = await answered(format, { pieces: format.pieces({ ...said, text }) });
    expect({ reasoning, rest }).toEqual({ reasoning: "\nhm <b>\n", rest: "Hi <think>x</think>" });
  });

  it(`036 ${format.name}: a thinking tag never closed leaves no text and says length`, async () => {
    const pieces = format.pieces({ text: ["<think>hm and on </thin"], finish: "length", usage });
    const { reasoning, text, finish } = await answered(format, { pieces });
    expect({ reasoning, text, finish }).toEqual({ reasoning: "hm and on </thin", text: "", finish: "length" });
  });

  it(`037 ${format.name}: thinking tags inside a code block stay`, async () => {
    const text = ["```html\n", "<think>x</think>\n", "```"];
    const answer = await answered(format, { pieces: format.pieces({ ...said, text }) });
    expect(answer).toMatchObject({ text: text.join(""), reasoning: "" });
  });

  it(`045 ${format.name}: an answer without text is asked for once more`, async () => {
    const empty = format.pieces({ text: ["", " \n"], finish: "stop", usage });
    const server = await serve(format, ({ number }) => ({ pieces: number === 1 ? empty : format.pieces(said) }));
    const llm = await server.connect();
    const answer = await retrying(() => whole(llm), { ended: endingOf(signal), sleep: async () => {} });
    expect([answer.text, server.asked()]).toEqual(["Hi", 2]);
    const never = await serve(format, { pieces: empty });
    const silent = await never.connect();
    const error = retrying(() => whole(silent), { ended: endingOf(signal), sleep: async () => {} });
    await expect(error).rejects.toMatchObject({ kind: "empty" });
    expect(never.asked()).toBe(2);
  });
});

// Ollama counts only at the end.
describe.each(named(formats.filter(({ name }) => name !== "ollama")))("%s", (_, format) => {
  it(`029 ${format.name}: the tokens of an answer that broke off are counted`, async () => {
    const { error } = await failure(format, { pieces: format.pieces({ text: ["Hi"], usage }) });
    expect(error).toMatchObject({ kind: "truncated", usage: { ...usage, source: "reported" } });
  });
});

const deltas = [
  {},
  { role: "assistant" },
  { role: "assistant", content: null, reasoning_content: "" },
  { content: "", reasoning_content: null },
];

const both = { content: "Hi", reasoning_content: "hm" };
const together: Readonly<Record<string, object>> = {
  openai: { choices: [{ index: 0, delta: both }] },
  zhipu_jwt: { choices: [{ index: 0, delta: both }] },
  dashscope: { output: { choices: [{ message: both, finish_reason: "null" }] } },
  ollama: { message: { content: "Hi", thinking: "hm" } },
  spark: { header: { code: 0, status: 0 }, payload: { choices: { status: 0, seq: 0, text: [both] } } },
};

// The blocks of Anthropic hold one or the other.
describe.each(named(formats.filter(({ name }) => name in together)))("%s", (_, format) => {
  it(`031 ${format.name}: thought and text in one piece go to their own channels`, async () => {
    const pieces = [
      pieceOf(format, together[format.name] ?? {}),
      ...format.pieces({ finish: "stop", usage }).slice(-3),
    ];
    const { reasoning, text } = await answered(format, { pieces });
    expect({ reasoning, text }).toEqual({ reasoning: "hm", text: "Hi" });
  });
});

/** Pieces with nothing in them, in each way in which that is said. */
const hollow: Readonly<Record<string, readonly object[]>> = {
  openai: deltas.map((delta) => ({ choices: [{ index: 0, delta }] })),
  zhipu_jwt: deltas.map((delta) => ({ choices: [{ index: 0, delta }] })),
  anthropic: [undefined, null, ""].map((text) => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text },
  })),
  dashscope: deltas.map((message) => ({ output: { choices: [{ message, finish_reason: "null" }] } })),
  qianfan_v1: [{ sentence_id: 0, is_end: false, result: "" }, { sentence_id: 0, is_end: false }, {}],
  ollama: [
    {},
    { message: null },
    ...[undefined, null, ""].map((content) => ({ message: { content, thinking: content } })),
  ],
  spark: deltas.map((text) => ({
    header: { code: 0, status: 0 },
    payload: { choices: { status: 0, seq: 0, text: [text] } },
  })),
};

describe.each(named(formats.filter(({ name }) => name in hollow)))("%s", (_, format) => {
  it(`022 ${format.name}: pieces with nothing in them are no text (cases 30, 33)`, async () => {
    const empty = (hollow[format.name] ?? []).map((one) => pieceOf(format, one));
    const answer = await answered(format, { pieces: [...empty, ...format.pieces(said)] });
    expect(answer.deltas).toEqual([{ type: "text", text: "Hi" }]);
    const { error } = await failure(format, { pieces: [...empty, ...format.pieces({ text: ["Hi"] })] });
    expect(error.kind).toBe("truncated");
  });
});

describe.each(named(formats))("%s", (_, format) => {
  it(`041 ${format.name}: two ends are one`, async () => {
    const pieces = [...format.pieces(said), ...format.pieces({ finish: "length", usage })];
    expect(await answered(format, { pieces })).toMatchObject({ text: "Hi", finish: "stop" });
  });
});

const models: readonly (readonly [Format, string, string])[] = [
  [openaiFormat, '{"choices"', '{"model":"other-2026","choices"'],
  [zhipuFormat, '{"choices"', '{"model":"other-2026","choices"'],
  [anthropicFormat, '"message":{', '"message":{"model":"other-2026",'],
  [ollamaFormat, '{"message"', '{"model":"other-2026","message"'],
];
it.each(models.map(([format, ...words]) => [format.name, format, ...words] as const))(
  "048 %s: the model asked and the one that answered are both told, the former's price counts",
  async (_, format, words, named) => {
    const pieces = format.pieces(said).map((piece) => piece.replace(words, named));
    const llm = await (await serve(format, { pieces })).connect();
    const { ask, events } = operationOn(llm, { model: "test-model", price: { input: 10_000, output: 0 } });
    expect(await ask()).toMatchObject({ ok: true, model: "other-2026", usd: 0.09 });
    expect(events).toMatchObject([
      { type: "call-start", model: "test-model" },
      { type: "call-end", model: "other-2026", cost: { usd: 0.09 } },
    ]);
  },
);

/** A piece made by hand. */
function pieceOf({ framing }: Format, content: object): string {
  const json = JSON.stringify(content);
  return framing === "events" ? `data: ${json}\n\n` : `${json}\n`;
}
