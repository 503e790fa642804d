import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { localModels } from "../../../src/llm/ollama/models.ts";
import { type OllamaModel, ollamaServer } from "../../helpers/ollama-server.ts";

const gigabyte = 1e9;
const model = (name: string, gigabytes: number, family = "llama", rest: Partial<OllamaModel> = {}): OllamaModel => ({
  name,
  size: gigabytes * gigabyte,
  details: { family, families: [family] },
  ...rest,
});

async function chosen(models: readonly OllamaModel[], memory = 16 * gigabyte) {
  const server = await ollamaServer(() => "", { models });
  try {
    return await localModels({ baseUrl: `${server.url}/api`, timeoutMs: 3000, memory });
  } finally {
    await server.close();
  }
}

it("names models for code first, then the largest", async () => {
  const models = [
    model("llama3.2:3b", 2),
    model("qwen2.5-coder:1.5b", 1),
    model("llama3.1:8b", 5),
    model("codellama:7b", 4),
  ];
  expect(await chosen(models)).toEqual(["codellama:7b", "qwen2.5-coder:1.5b", "llama3.1:8b", "llama3.2:3b"]);
});

it("leaves out what does not chat, does not fit, or is not here", async () => {
  const models = [
    model("nomic-embed-text:latest", 0.3, "nomic-bert"),
    model("all-minilm:latest", 0.1, "bert"),
    model("qwen3-embedding:0.6b", 0.6, "qwen3"),
    model("qwen2.5-coder:32b", 20, "qwen2"),
    model("gpt-oss:120b-cloud", 0, "gptoss", { remote_host: "https://ollama.com" }),
    model("llama3.2:3b", 2),
  ];
  expect(await chosen(models)).toEqual(["llama3.2:3b"]);
  expect(await chosen([model("fits", 7), model("too-large", 7.1)], 10 * gigabyte)).toEqual(["fits"]);
});

it("names none where there are none", async () => {
  expect(await chosen([])).toEqual([]);
});

it.each<[string, Parameters<typeof createServer>[1]]>([
  ["does not answer", () => {}],
  ["fails", (_, answer) => void answer.writeHead(500).end("no")],
  ["is something else", (_, answer) => void answer.end("<html>")],
])("names none where the server %s", async (_, listener) => {
  const server = createServer({}, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await localModels({ baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 100 })).toEqual([]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await localModels({ baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 100 })).toEqual([]);
});
