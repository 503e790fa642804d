import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { loadProvider } from "../src/llm/custom.ts";
import { drain, question } from "./helpers/drain.ts";
import { type Answer, httpServer } from "./helpers/http-server.ts";
import { tools } from "./helpers/tools.ts";

const example = fileURLToPath(new URL("../examples/my-llm.ts", import.meta.url));

async function answered(answer: Answer) {
  const server = await httpServer(() => answer);
  try {
    const provider = await loadProvider(example);
    const llm = await provider.connect(provider.config.parse({ base_url: server.url, model: "mine" }), tools());
    return { asked: server.requests, ...(await drain(llm)) };
  } finally {
    await server.close();
  }
}

const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  pieces: [JSON.stringify(value)],
});

it("examples/my-llm.ts sends the conversation and gives the answer back", async () => {
  const { asked, text, finish } = await answered(json({ error_code: 0, text: "你好" }));
  expect({ text, finish }).toEqual({ text: "你好", finish: "stop" });
  expect(asked.map(({ method, url, text }) => [method, url, JSON.parse(text)])).toEqual([
    ["POST", "/chat", { model: "mine", messages: question.messages }],
  ]);
});

it.each([
  [{ error_code: 429, text: "too many" }, "rate", "my-llm.ts: too many"],
  [{ error_code: 50001, text: "no GPU" }, "request", "my-llm.ts: no GPU"],
])("examples/my-llm.ts turns %j into a failure of the kind %s", async (said, kind, message) => {
  await expect(answered(json(said))).rejects.toMatchObject({ kind, message });
});
