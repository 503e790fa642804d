import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineAction } from "../../src/action.ts";
import type { LlmAnswer } from "../../src/llm/call.ts";
import { openai } from "../../src/llm/openai.ts";
import { zhipuJwt } from "../../src/llm/zhipu-jwt.ts";
import { ask, json } from "../../src/reply.ts";
import { drain, question } from "../helpers/drain.ts";
import { type OpenAiBody, openaiServer, type Script } from "../helpers/openai-server.ts";
import { said, scriptedSteps } from "../helpers/scripted-steps.ts";
import { tools } from "../helpers/tools.ts";
import { failure } from "./format.ts";
import { named, thinkingFormats } from "./formats.ts";
import { operationOn } from "./operation.ts";

const Note = z.strictObject({ title: z.string(), lines: z.array(z.string()) });
const note = { title: "Rain", lines: ["It rains."] };
const text = JSON.stringify(note);
const reply = json("note", Note);
const { schema } = reply;

/** An LLM on a server that answers so, and the bodies it was sent. */
async function served(
  answer: (body: OpenAiBody, number: number) => Script,
  settings: object = {},
  provider: typeof openai = openai,
) {
  const server = await openaiServer(({ body }, number) => answer(body, number));
  const own = { base_url: `${server.url}/v1`, api_key: "dummyid0001.dummysecret0001", model: "m", ...settings };
  const llm = await provider.connect(provider.config.parse(own), tools());
  return { llm, bodies: () => server.requests.map(({ body }) => body), close: () => server.close() };
}

const mechanism = ({ response_format, structured_outputs, guided_json, tools }: OpenAiBody) =>
  response_format?.type ??
  (structured_outputs && "structured_outputs") ??
  (guided_json && "guided_json") ??
  (tools && "tool");

describe("the best mechanism", () => {
  it.each([
    ["schema", "json_schema"],
    ["structured_outputs", "structured_outputs"],
    ["guided_json", "guided_json"],
    ["json", "json_object"],
  ])("099 openai: %s is asked for as %s, in one request", async (rung, name) => {
    const { llm, bodies, close } = await served(() => text, { structures: [rung] });
    const { structure, text: answer } = await drain(llm, { schema });
    await close();
    expect([structure, reply.read(answer, { truncated: false }).ok]).toEqual([rung, true]);
    expect(bodies().map(mechanism)).toEqual([name]);
  });

  it("101 openai: of an older vLLM is found by what it refuses, and remembered", async () => {
    const older = (body: OpenAiBody): Script =>
      body.guided_json
        ? text
        : { status: 400, body: { message: `Extra inputs: ${Object.keys(body).at(-1)}`, code: 400 } };
    const structures = ["schema", "structured_outputs", "guided_json", "json"];
    const { llm, bodies, close } = await served(older, { structures });
    expect([(await drain(llm, { schema })).structure, (await drain(llm, { schema })).structure]).toEqual([
      "guided_json",
      "guided_json",
    ]);
    await close();
    expect(bodies().map(mechanism)).toEqual(["json_schema", "structured_outputs", "guided_json", "guided_json"]);
  });

  it.each([
    ["openai", openai],
    ["zhipu_jwt", zhipuJwt],
  ] as const)("104 %s: JSON mode never lacks the word in the prompt", async (_, provider) => {
    const strict = ({ messages, response_format }: OpenAiBody): Script =>
      response_format?.type === "json_object" && !messages.some(({ content }) => /json/i.test(content))
        ? { status: 400, body: { error: { message: "'messages' must contain the word 'json' in some form" } } }
        : text;
    const { llm, bodies, close } = await served(strict, { structured: "json" }, provider);
    await drain(llm, { schema });
    const messages = [{ role: "user", content: "Answer with one JSON object." }] as const;
    await drain(llm, { schema, messages });
    await close();
    expect(bodies().map(mechanism)).toEqual(["json_object", "json_object"]);
    expect(bodies()[1]?.messages).toEqual(messages);
  });
});

describe("an answer", () => {
  it.each([
    ["prose around it", `Sure! Here you are:\n${text}\nAnything else?`],
    ["a fence", `\`\`\`json\n${text}\n\`\`\``],
    ["two fences", `\`\`\`json\n{"title":"Draft"}\n\`\`\`\nBetter:\n\`\`\`json\n${text}\n\`\`\``],
    ["a byte order mark", `\uFEFF${text}`],
    ["a trailing comma", text.replace("]}", "],}")],
  ])("100 openai: with %s is read all the same", async (_, answer) => {
    const { llm, close } = await served(() => answer);
    const read = reply.read((await drain(llm, { schema })).text, { truncated: false });
    await close();
    expect(read).toMatchObject({ ok: true, value: note });
  });

  it("105 all: that parses but was cut by the limit is not taken as it is", async () => {
    const { asked, asking } = asks(said('{"title":"Rain","lines":[]}', "length"), said(text));
    await asking.catch(() => {});
    expect(asked[1]?.request.messages.at(-1)?.content).toContain("Your answer was cut off.");
  });

  it("106 all: that does not fit the schema is asked for again with what is wrong", async () => {
    const { asked, asking } = asks(said('{"title":7}'), said(text));
    expect((await asking).document).toEqual(note);
    expect(asked[1]?.request.messages.at(-1)?.content).toContain("lines: missing");
  });

  it("106 all: that never fits is an error, and the last one kept", async () => {
    const { caused, asking } = asks(said("{}"), said("[]"), said('{"title":"last"}'));
    await expect(asking).rejects.toMatchObject({ kind: "unusable", message: expect.stringContaining("lines") });
    const kept = caused.filter(({ operation }) => operation === "save-raw").map(({ input }) => input.text);
    expect(kept).toEqual(["{}", "[]", '{"title":"last"}']);
  });

  it.each(named(thinkingFormats))("107 %s: that is only thought is empty", async (_, format) => {
    const pieces = format.pieces({ reasoning: [text], finish: "stop", usage: { input: 9, output: 2 } });
    expect((await failure(format, { pieces })).error.kind).toBe("empty");
  });
});

it("108 openai: every try is counted, whatever mechanism it had", async () => {
  const usage = { prompt_tokens: 1000, completion_tokens: 100 };
  const { llm, close } = await served((_, number) => ({ text: number < 3 ? "Sure!" : text, usage }));
  const { ask, events, budget } = operationOn(llm, { price: { input: 10, output: 100 }, schema });
  for (let calls = 0; calls < 3; calls++) await ask();
  await close();
  const counted = events.flatMap((event) => (event.type === "call-end" ? [event] : []));
  expect(counted.map(({ usage: { input, output }, cost: { usd } }) => [input, output, usd])).toEqual(
    Array(3).fill([1000, 100, 0.02]),
  );
  expect(budget.spent).toBeCloseTo(0.06);
});

/** A question for a note, answered so. */
function asks(...answers: LlmAnswer[]) {
  const script = scriptedSteps(...answers);
  const action = defineAction({
    name: "WriteNote",
    reply,
    prompt: (topic: string) => `Write a note about ${topic}.`,
    usual: { calls: () => 1, input: 1, output: 1 },
  });
  let turn = 0;
  const asking = ask(script.steps, {
    ...{ action, input: "rain", role: question.about.role, persona: "You are Ann.", subject: "", attempt: 1 },
    ...{ lane: "main", replaceable: false, nextTurn: () => ++turn, share: 1, maxReasks: 2, repair: true },
  });
  return { ...script, asking };
}
