import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { providers } from "../../src/llm/index.ts";
import type { ChatMessage, LlmRequest } from "../../src/llm/provider.ts";
import { drain } from "../helpers/drain.ts";
import { httpServer } from "../helpers/http-server.ts";
import { tempFolder } from "../helpers/temp.ts";
import { tools } from "../helpers/tools.ts";
import { called, weather } from "../helpers/weather.ts";

const recordings = fileURLToPath(new URL("../../recordings", import.meta.url));
const recording = path.join(recordings, readdirSync(recordings).sort()[0] ?? "");
const keys = { app_id: "app-0001", api_key: "key-00001", api_secret: "secret-01" };
const aws = { access_key: "AKIDEXAMPLE", secret_key: "secret-0001", region_name: "eu-west-1" };

it.each<[string, (url: string) => object, string]>([
  ["spark", (url) => ({ ...keys, base_url: `${url.replace("http", "ws")}/v3.5/chat`, model: "m" }), "m"],
  ["dashscope", (url) => ({ base_url: url, api_key: "key-00001", model: "m" }), "m"],
  ["qianfan_v1", (url) => ({ base_url: url, api_key: "key-00001", secret_key: "secret-01", model: "m" }), "m"],
  ["bedrock", (url) => ({ ...aws, base_url: url, model: "m" }), "m"],
  ["human", () => ({ folder: tempFolder(), model: "m" }), "m"],
  ["recording", () => ({ folder: recording }), "the recording of "],
])("%s takes no tools, and says so before anything is sent", async (kind, settings, who) => {
  const server = await httpServer(() => ({ status: 500 }));
  try {
    const provider = providers[kind];
    const llm = await provider?.connect(provider.config.parse(settings(server.url)), tools());
    const ask = (request: Partial<LlmRequest>) => llm && drain(llm, request);
    const messages: readonly ChatMessage[] = called;
    for (const request of [{ tools: [weather] }, { messages }, { messages: messages.slice(3, 4) }]) {
      await expect(ask(request)).rejects.toMatchObject({
        kind: "request",
        message: expect.stringMatching(new RegExp(`^${who}.* ?takes no tools$`)),
        hint: "Choose another LLM.",
      });
    }
    expect(server.requests).toEqual([]);
  } finally {
    await server.close();
  }
});
