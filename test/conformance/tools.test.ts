import { describe, expect, it } from "vitest";
import { openai } from "../../src/llm/openai.ts";
import { drain } from "../helpers/drain.ts";
import { openaiServer, type Script } from "../helpers/openai-server.ts";
import { tools } from "../helpers/tools.ts";
import { answered, type Format } from "./format.ts";
import { ollamaFormat } from "./formats/ollama.ts";
import { openaiFormat, zhipuFormat } from "./formats/openai.ts";
import { named } from "./formats.ts";

const schema = { name: "prd", schema: { type: "object", required: ["title"] } };

describe.each(named([openaiFormat, zhipuFormat]))("%s", (_, format) => {
  const piece = (index: number | undefined, rest: object) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [{ index, ...rest }] } }] })}\n\n`;
  const begin = (index: number | undefined, id: string, args: unknown = "") =>
    piece(index, { id, function: { name: "write", arguments: args } });
  const more = (index: number | undefined, args: string) => piece(index, { function: { arguments: args } });
  const called = (pieces: readonly string[], reason = "tool_calls") => callsOf(format, [...pieces, ended(reason)]);

  it(`049 ${format.name}: arguments in single characters are one call`, async () => {
    const pieces = [begin(0, "a"), ...[...'{"path":"x"}'].map((letter) => more(0, letter))];
    expect(await called(pieces)).toEqual({ finish: "tool_calls", calls: ['write {"path":"x"}'] });
  });

  it(`050 ${format.name}: two calls at once are told apart by index`, async () => {
    const pieces = [begin(0, "a", "{"), begin(1, "b", '{"x"'), more(0, "}"), more(1, ":1}")];
    expect(await called(pieces)).toEqual({ finish: "tool_calls", calls: ["write {}", 'write {"x":1}'] });
  });

  it(`051 ${format.name}: calls without an index are told apart by id, else by order`, async () => {
    const pieces = [
      begin(undefined, "a", '{"x":1}'),
      begin(undefined, "b", "{"),
      more(undefined, '"y":'),
      more(undefined, "2}"),
    ];
    expect((await called(pieces)).calls).toEqual(['write {"x":1}', 'write {"y":2}']);
  });

  it(`052 ${format.name}: no arguments are an empty object`, async () => {
    expect((await called([begin(0, "a"), begin(1, "b", '{"x":1}')])).calls).toEqual(["write {}", 'write {"x":1}']);
  });

  it(`053 ${format.name}: arguments may be an object`, async () => {
    expect((await called([begin(0, "a", { path: "x" })])).calls).toEqual(['write {"path":"x"}']);
  });

  it(`054 ${format.name}: a call beside the reason stop is a call`, async () => {
    expect(await called([begin(0, "a", "{}")], "stop")).toEqual({ finish: "tool_calls", calls: ["write {}"] });
  });

  it(`056 ${format.name}: arguments cut by the limit stay as they are`, async () => {
    expect(await called([begin(0, "a", '{"path":"')], "length")).toEqual({
      finish: "length",
      calls: ['write {"path":"'],
    });
    expect((await called([begin(0, "a")], "length")).calls).toEqual(["write "]);
  });
});

describe("ollama", () => {
  const line = (tool_calls: object[], rest: object = {}) =>
    `${JSON.stringify({ message: { content: "", tool_calls }, ...rest })}\n`;
  const call = (args?: object) => ({ function: { name: "write", arguments: args } });
  const done = { done: true, done_reason: "stop" };

  it("050 ollama: calls in several lines, the last among them, are told apart", async () => {
    const pieces = [line([call({ x: 1 }), call({ y: 2 })]), line([call({ z: 3 })], done)];
    expect(await callsOf(ollamaFormat, pieces)).toEqual({
      finish: "tool_calls",
      calls: ['write {"x":1}', 'write {"y":2}', 'write {"z":3}'],
    });
  });

  it("052 ollama: no arguments are an empty object", async () => {
    expect((await callsOf(ollamaFormat, [line([call()], done)])).calls).toEqual(["write {}"]);
  });
});

describe("an answer that is a forced call", () => {
  const call = (text: string, reason = "stop"): Script => {
    const tool_calls = [{ index: 0, id: "a", function: { name: "prd", arguments: text } }];
    return { raw: [`data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls } }] })}\n\n`, ended(reason)] };
  };

  /** What was asked for, call by call, of a server that answers so. */
  async function asked(answer: Script, calls: number) {
    const server = await openaiServer(({ body }) => (body.tools ? answer : '{"title":"a"}'));
    const config = { base_url: `${server.url}/v1`, model: "m", structures: ["tool", "json"] };
    const llm = await openai.connect(openai.config.parse(config), tools());
    const answers = [];
    for (let count = 0; count < calls; count++) answers.push(await drain(llm, { schema }));
    await server.close();
    return { answers, requests: server.requests.map(({ body }) => body) };
  }

  it("054 openai: is its text, whatever the reason", async () => {
    for (const reason of ["stop", "tool_calls"]) {
      const { answers, requests } = await asked(call('{"title":"a"}', reason), 2);
      expect(answers.map(({ text, finish, structure }) => [text, finish, structure])).toEqual(
        Array(2).fill(['{"title":"a"}', "stop", "tool"]),
      );
      expect(requests[1]).toMatchObject({
        tools: [{ type: "function", function: { name: "prd", parameters: schema.schema } }],
        tool_choice: { type: "function", function: { name: "prd" } },
      });
    }
  });

  it("052 openai: without arguments is an empty object", async () => {
    expect((await asked(call(""), 1)).answers[0]?.text).toBe("{}");
  });

  it("055 openai: given as prose is asked for in a weaker way from then on", async () => {
    const { answers, requests } = await asked("Sure! Here you are.", 2);
    expect(answers.map(({ structure }) => structure)).toEqual(["tool", "json"]);
    expect(requests[1]).toMatchObject({ response_format: { type: "json_object" } });
    expect(requests[1]).not.toHaveProperty("tools");
  });

  it("056 openai: cut by the limit is as long as it came, and says length", async () => {
    const { answers } = await asked(call('{"title":"a', "length"), 2);
    expect(answers.map(({ text, finish, structure }) => [text, finish, structure])).toEqual(
      Array(2).fill(['{"title":"a', "length", "tool"]),
    );
  });
});

const ended = (reason: string) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })}\n\n`;

/** The calls of an answer, each as its name and its arguments. */
async function callsOf(format: Format, pieces: readonly string[]) {
  const { deltas, finish } = await answered(format, { pieces });
  const calls: string[] = [];
  for (const delta of deltas) {
    if (delta.type !== "tool-call") continue;
    calls[delta.index] = `${calls[delta.index] ?? `${delta.name} `}${delta.arguments}`;
  }
  return { finish, calls };
}
