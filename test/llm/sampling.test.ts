import { expect, it } from "vitest";
import { providers } from "../../src/llm/index.ts";
import { drain } from "../helpers/drain.ts";
import { httpServer } from "../helpers/http-server.ts";
import { tools } from "../helpers/tools.ts";

const sampling = { temperature: 0.7, topP: 0.5, stop: ["END"], seed: 5, presencePenalty: 1, frequencyPenalty: 1 };
const bce = { access_key: "key-00001", secret_key: "secret-01" };
const aws = { access_key: "AKIDEXAMPLE", secret_key: "secret-0001", region_name: "eu-west-1" };

it.each([
  [
    "dashscope",
    { api_key: "key-00001" },
    { parameters: { temperature: 0.7, top_p: 0.5, stop: ["END"], seed: 5, presence_penalty: 1 } },
  ],
  ["qianfan_v1", bce, { temperature: 0.7, top_p: 0.5, stop: ["END"] }],
  ["bedrock", aws, { inferenceConfig: { temperature: 0.7, topP: 0.5, stopSequences: ["END"] } }],
])("%s is told what its API has a word for, which beats the settings", async (kind, keys, expected) => {
  const server = await httpServer(() => ({
    status: 400,
    headers: { "content-type": "application/json" },
    pieces: ['{"message":"no"}'],
  }));
  try {
    const provider = providers[kind];
    const settings = { ...keys, base_url: server.url, model: "m", temperature: 0.1, top_p: 0.2 };
    const llm = await provider?.connect(provider.config.parse(settings), tools());
    await expect(llm && drain(llm, { sampling })).rejects.toMatchObject({ kind: "request" });
    expect(JSON.parse(server.requests[0]?.text ?? "")).toMatchObject(expected);
    expect(server.requests[0]?.text).not.toContain("frequency");
  } finally {
    await server.close();
  }
});
