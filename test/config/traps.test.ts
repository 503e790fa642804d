import { describe, expect, it } from "vitest";
import { trapsOf } from "../../config/traps.ts";
import type { Checkup, Trouble } from "../../src/llm/checkup.ts";
import type { Deployment } from "../../src/llm/deployment.ts";

const deployment = (facts: Partial<Deployment>): Deployment => ({
  name: "main",
  provider: "openai",
  apiType: "open_llm",
  model: "qwen",
  baseUrl: "http://127.0.0.1:8000/v1",
  settings: { api_key: "sk-0123456789" },
  price: { input: 0, output: 0 },
  priceBasis: "local",
  maxToken: 8192,
  ...facts,
});

const refused: Trouble = { where: "connection", kind: "network", message: "the connection was refused" };
const notFound: Trouble = { where: "answer", kind: "request", status: 404, message: "not found" };
const wrongModel = (message: string): Trouble => ({ where: "model", kind: "request", status: 400, message });

type Case = [string, Partial<Checkup>, Partial<Deployment>, Record<string, string>, readonly (string | RegExp)[]];

describe("the common traps", () => {
  it.each<Case>([
    [
      "a missing /v1",
      { trouble: notFound, instead: "http://127.0.0.1:8000/v1" },
      { baseUrl: "http://127.0.0.1:8000" },
      {},
      ["A server answers at http://127.0.0.1:8000/v1: base_url lacks /v1. Write base_url: http://127.0.0.1:8000/v1"],
    ],
    [
      "localhost on ::1",
      { trouble: refused, instead: "http://[::1]:8000/v1" },
      {},
      {},
      [/the server listens on \[::1\] only/],
    ],
    [
      "https where the server speaks http",
      { trouble: refused, instead: "http://127.0.0.1:8000/v1" },
      { baseUrl: "https://127.0.0.1:8000/v1" },
      {},
      [/the server speaks http, not https/],
    ],
    ["an Ollama that does not run", { trouble: refused }, { provider: "ollama" }, {}, ["Start Ollama: ollama serve"]],
    [
      "an Ollama without models",
      { trouble: wrongModel("model 'qwen' not found"), offered: [] },
      { provider: "ollama" },
      {},
      ["This Ollama holds no model yet: ollama pull qwen"],
    ],
    [
      "another API at the port of Ollama",
      { trouble: notFound },
      { baseUrl: "http://127.0.0.1:11434" },
      {},
      [/with api_type: ollama neither \/v1 nor \/api is needed/],
    ],
    [
      "the API of Ollama at another server",
      { trouble: notFound },
      { provider: "ollama" },
      {},
      [/write api_type: open_llm/],
    ],
    [
      "the names of FastChat",
      { trouble: wrongModel("Only vicuna-7b&&chatglm3-6b allowed now, your model qwen") },
      {},
      {},
      ["FastChat serves vicuna-7b and chatglm3-6b. Write model: vicuna-7b"],
    ],
    [
      "the name that LLaMA-Factory shows",
      { offered: ["gpt-3.5-turbo"] },
      {},
      {},
      [/^gpt-3.5-turbo is what LLaMA-Factory calls/],
    ],
    ["the name that OpenAI shows", { offered: ["gpt-3.5-turbo"] }, { baseUrl: "https://api.example.com/v1" }, {}, []],
    ["no key", { trouble: { where: "key", kind: "auth", message: "" } }, { settings: {} }, {}, [/^No api_key is set/]],
    ["a wrong key", { trouble: { where: "key", kind: "auth", message: "" } }, {}, {}, []],
    [
      "a proxy before this network",
      { trouble: refused },
      { baseUrl: "http://192.168.1.7:8000/v1" },
      { HTTP_PROXY: "http://proxy:3128" },
      ["HTTP_PROXY stands before 192.168.1.7, which is in this network: add it to NO_PROXY."],
    ],
    [
      "a proxy of its own before this network",
      { trouble: refused },
      { baseUrl: "http://192.168.1.7:8000/v1", settings: { proxy: "http://proxy:3128" } },
      {},
      [/leave proxy out/],
    ],
    [
      "an exception from the proxy",
      { trouble: refused },
      { baseUrl: "http://models.lan:8000/v1" },
      { http_proxy: "http://proxy:3128", no_proxy: "localhost, .lan" },
      [],
    ],
    [
      "a proxy before this machine, which is passed by",
      { trouble: refused },
      {},
      { http_proxy: "http://proxy:3128" },
      [],
    ],
    ["nothing wrong", { offered: ["qwen"] }, {}, {}, []],
  ])("name %s", (_name, checkup, facts, env, words) => {
    const traps = trapsOf({ near: [], ...checkup }, deployment(facts), env);
    expect(traps).toEqual(words.map((word) => (typeof word === "string" ? word : expect.stringMatching(word))));
  });
});
