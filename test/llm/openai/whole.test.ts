import { describe, expect, it, onTestFinished } from "vitest";
import { openai } from "../../../src/llm/openai.ts";
import { drain } from "../../helpers/drain.ts";
import { completion, type OpenAiRequest, openaiServer, type Script } from "../../helpers/openai-server.ts";
import { tools } from "../../helpers/tools.ts";

const whole = { whole: true };

async function serve(answer: Script | ((request: OpenAiRequest, number: number) => Script), settings: object = {}) {
  const server = await openaiServer(typeof answer === "function" ? answer : () => answer);
  onTestFinished(() => server.close());
  const config = openai.config.parse({ base_url: `${server.url}/v1`, model: "test-model", ...settings });
  const llm = await openai.connect(config, tools(settings));
  return { llm, streams: () => server.requests.map(({ body }) => body.stream), requests: server.requests };
}

describe("an answer that nobody hears while it comes", () => {
  it("is asked for in one piece, with all that a stream of it has", async () => {
    const { llm, requests } = await serve({ text: "你好", reasoning: "Hm.", finish: "length", model: "other" });
    const { text, reasoning, finish, model, usage } = await drain(llm, whole);
    expect({ text, reasoning, finish, model }).toEqual({
      ...{ text: "你好", reasoning: "Hm." },
      ...{ finish: "length", model: "other" },
    });
    expect(usage).toEqual({ input: 6, output: 1, source: "reported" });
    const [{ body } = {}] = requests;
    expect(body).toEqual({ model: "test-model", messages: body?.messages, stream: false, max_tokens: 1000 });
  });

  it("calls tools, each in one piece", async () => {
    const call = (id: string, name: string, text: string) => ({
      ...{ id, type: "function" },
      function: { name, arguments: text },
    });
    const tool_calls = [call("a", "weather", '{"city":"北京"}'), call("b", "time", "")];
    const raw = completion({ content: null, tool_calls }, {}, { finish_reason: "tool_calls" });
    const { llm } = await serve({ raw, type: "application/json" });
    const { deltas, finish } = await drain(llm, whole);
    expect(finish).toBe("tool_calls");
    expect(deltas).toEqual([
      { type: "tool-call", index: 0, id: "a", name: "weather", arguments: '{"city":"北京"}' },
      { type: "tool-call", index: 1, id: "b", name: "time", arguments: "" },
      { type: "tool-call", index: 1, arguments: "{}" },
    ]);
  });

  it.each([
    ["empty lists and nulls beside it", { content: "Hi", tool_calls: [], annotations: [], reasoning_content: null }],
    ["parts in place of a text", { content: [{ type: "text", text: "Hi" }] }],
  ])("is read with %s", async (_, message) => {
    const { llm } = await serve({ raw: completion(message), type: "application/json" });
    expect(await drain(llm, whole)).toMatchObject({ text: "Hi", finish: "stop", usage: undefined });
  });

  it.each([
    ["what stands before the server does not wait for it", 504, "<html>Gateway Time-out</html>"],
    ["its model answers in streams only", 400, { error: { message: "This model only support stream mode" } }],
    [
      "its model thinks in streams only",
      400,
      { error: { message: "parameter.enable_thinking must be set to false for non-streaming calls" } },
    ],
  ])("is asked for as a stream, from then on, where %s", async (_, status, body) => {
    const { llm, streams } = await serve(({ body: { stream } }) => (stream ? "Hello." : { status, body }));
    expect((await drain(llm, whole)).text).toBe("Hello.");
    expect((await drain(llm, whole)).text).toBe("Hello.");
    expect(streams()).toEqual([false, true, true]);
  });

  it.each([{ idle_timeout: 30 }, { first_token_timeout: 30 }])(
    "is asked for as a stream where silence is limited: %o",
    async (settings) => {
      const { llm, streams } = await serve("Hello.", settings);
      expect((await drain(llm, whole)).text).toBe("Hello.");
      expect(streams()).toEqual([true]);
    },
  );

  it("may be long in coming, but not longer than a call may take", async () => {
    const { llm } = await serve({ answer: { pieces: ["{}"], wait: 400 } }, { timeout: 0.1 });
    await expect(drain(llm, whole)).rejects.toMatchObject({
      kind: "timeout",
      message: expect.stringContaining("0.1 s"),
    });
  });

  it("that is cut is none", async () => {
    const raw = completion({ content: "Hello." }).slice(0, 150);
    const { llm } = await serve({ raw, type: "application/json" });
    await expect(drain(llm, whole)).rejects.toMatchObject({ kind: "protocol" });
  });
});
