import { describe, expect, it, onTestFinished } from "vitest";
import { openai } from "../../../src/llm/openai.ts";
import type { Llm } from "../../../src/llm/provider.ts";
import { drain } from "../../helpers/drain.ts";
import {
  type CompletionBody,
  done,
  event,
  openaiServer,
  type Script,
  type TextsBody,
} from "../../helpers/openai-server.ts";
import { tools } from "../../helpers/tools.ts";

type Told = Parameters<typeof openaiServer>[1];

async function serve(told: Told): Promise<Required<Llm>> {
  const server = await openaiServer(() => "never asked", told);
  onTestFinished(server.close);
  const config = openai.config.parse({ base_url: `${server.url}/v1`, model: "test-model", temperature: 0.2 });
  return (await openai.connect(config, tools())) as Required<Llm>;
}

const { signal } = new AbortController();

describe("vectors", () => {
  const entry = (index: number, ...embedding: number[]) => ({ object: "embedding", index, embedding });

  it("come in the order of their texts", async () => {
    const bodies: TextsBody[] = [];
    const data = [entry(1, 0.3, 0.4), entry(0, 0.1, 0.2)];
    const usage = { prompt_tokens: 7, total_tokens: 7 };
    const vectors = (body: TextsBody) => {
      bodies.push(body);
      return { model: "e-1", data, usage };
    };
    const llm = await serve({ vectors });
    expect(await llm.embed(["one", "two"], { signal, dimensions: 2 })).toEqual({
      vectors: [
        [0.1, 0.2],
        [0.3, 0.4],
      ],
      usage: { input: 7, output: 0, source: "reported" },
      model: "e-1",
    });
    expect(bodies).toEqual([{ model: "test-model", input: ["one", "two"], dimensions: 2 }]);
  });

  it("need neither places, counts nor the name of a model", async () => {
    const llm = await serve({ vectors: () => ({ data: [{ embedding: [1] }, { embedding: [2] }], usage: {} }) });
    expect(await llm.embed(["one", "two"], { signal })).toEqual({
      vectors: [[1], [2]],
      usage: undefined,
      model: "test-model",
    });
  });

  it.each([
    ["nothing", {}],
    ["a text", { data: [{ embedding: "AACAPw==" }] }],
    ["a vector of nothing", { data: [entry(0)] }],
  ])("that are %s are no answer", async (_, body) => {
    const llm = await serve({ vectors: () => body });
    await expect(llm.embed(["one"], { signal })).rejects.toMatchObject({ kind: "protocol" });
  });
});

describe("a raw text", () => {
  const piece = (text: string, finish_reason: string | null = null) =>
    event({ object: "text_completion", model: "c-1", choices: [{ index: 0, text, logprobs: null, finish_reason }] });
  const goneOn = async (script: Script, sampling = {}) => {
    const bodies: CompletionBody[] = [];
    const completion = (body: CompletionBody) => {
      bodies.push(body);
      return script;
    };
    const llm = await serve({ completion });
    const answer = await drain({ stream: (_, on) => llm.complete({ prompt: "1, 2,", maxTokens: 9, sampling }, on) });
    return { ...answer, body: bodies[0] };
  };

  it("is gone on with, without roles", async () => {
    const { deltas, finish, model, body } = await goneOn(
      { raw: [piece(" 3"), piece(", 4"), piece("", "length"), done] },
      { stop: ["9"] },
    );
    expect({ deltas, finish, model }).toEqual({
      deltas: [
        { type: "text", text: " 3" },
        { type: "text", text: ", 4" },
      ],
      finish: "length",
      model: "c-1",
    });
    expect(body).toEqual({
      model: "test-model",
      prompt: "1, 2,",
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 9,
      temperature: 0.2,
      stop: ["9"],
    });
  });

  it("is read as it stands, thoughts and all", async () => {
    expect((await goneOn({ raw: [piece("<think>no"), piece("</think>", "stop"), done] })).text).toBe(
      "<think>no</think>",
    );
  });

  it("may be at its end", async () => {
    expect(await goneOn({ raw: [piece("", "stop"), done] })).toMatchObject({ text: "", finish: "stop" });
  });

  it("that breaks off is no answer", async () => {
    await expect(goneOn({ raw: piece(" 3") })).rejects.toMatchObject({ kind: "truncated" });
  });
});
