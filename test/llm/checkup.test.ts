import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { checkup } from "../../src/llm/checkup.ts";
import type { Deployment } from "../../src/llm/deployment.ts";
import { httpServer } from "../helpers/http-server.ts";
import { ollamaServer } from "../helpers/ollama-server.ts";
import { tempFolder } from "../helpers/temp.ts";
import { deadAddress, vendorServer } from "../helpers/vendor-server.ts";

const key = "sk-right-0123456789";

function deployment(baseUrl: string, settings: Record<string, unknown> = {}, provider = "openai"): Deployment {
  const { model = "qwen" } = settings;
  return {
    name: "main",
    provider,
    apiType: provider,
    model: String(model),
    baseUrl,
    settings: { base_url: baseUrl, model, ...settings },
    price: { input: 1, output: 5 },
    priceBasis: "config",
    maxToken: 8192,
  };
}

const look = (...about: Parameters<typeof deployment>) =>
  checkup(deployment(...about), { signal: new AbortController().signal });

async function vendor(options: Parameters<typeof vendorServer>[0] = {}) {
  const server = await vendorServer(options);
  onTestFinished(() => server.close());
  return server;
}

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

const nobody = await deadAddress();

describe("a checkup of an LLM that works", () => {
  it("tells its models, its context, how fast it answers, and what holds it to a shape", async () => {
    const models = [{ id: "qwen", max_model_len: 32_768 }, { id: "other" }];
    const server = await vendor({ models, key });
    const seen = await look(`${server.url}/v1`, { api_key: key });
    expect(seen).toEqual({
      offered: ["qwen", "other"],
      listed: true,
      near: [],
      context: 32_768,
      answer: { firstToken: expect.any(Number), whole: expect.any(Number) },
      structure: { mechanism: "schema", kept: true },
    });
    expect(seen.answer?.firstToken).toBeLessThanOrEqual(seen.answer?.whole ?? 0);
  });

  it("asks two short questions and no more", async () => {
    const { url, asked } = await vendor({ models: [{ id: "qwen" }] });
    await look(`${url}/v1`);
    expect(asked.map(({ max_tokens, response_format }) => [max_tokens, response_format?.type])).toEqual([
      [64, undefined],
      [256, "json_schema"],
    ]);
    expect(asked.flatMap(({ messages }) => messages.map(({ content }) => content.length > 80))).toEqual([false, false]);
  });

  it("needs no list of models", async () => {
    const { url } = await vendor();
    expect(await look(`${url}/v1`)).toMatchObject({ structure: { mechanism: "schema", kept: true }, near: [] });
  });

  it("takes a list that nobody can read for none", async () => {
    const server = await httpServer(({ method }) =>
      method === "GET"
        ? { headers: { "content-type": "application/json" }, pieces: ['{"models": "many"}'] }
        : { status: 500, pieces: ["broken"] },
    );
    onTestFinished(() => server.close());
    expect((await look(`${server.url}/v1`)).trouble).toMatchObject({ where: "answer", kind: "server" });
  });

  it.each([
    [
      "json",
      (type: string) =>
        type === "json_schema"
          ? { status: 400, body: { error: { message: "response_format json_schema is not supported" } } }
          : '{"ok": true}',
      true,
    ],
    ["json", (type: string) => (type === "json_schema" ? "Sure, it is ok!" : '{"ok": true}'), true],
    ["off", () => 'Gladly:\n```json\n{"ok": true}\n```', true],
    ["off", () => "I would rather not.", false],
  ] as const)("goes down to what holds: %s", async (mechanism, answer, kept) => {
    const { url } = await vendor({
      answer: ({ response_format, messages }) =>
        messages[0]?.content.includes("JSON") ? answer(response_format?.type ?? "") : "ok",
    });
    expect(await look(`${url}/v1`)).toMatchObject({ structure: { mechanism, kept } });
  });

  it("takes a thought that is cut off for an answer", async () => {
    const reasoning = { choices: [{ index: 0, delta: { reasoning_content: "Hm." }, finish_reason: "length" }] };
    const server = await httpServer(({ method }) =>
      method === "GET"
        ? { status: 404 }
        : {
            headers: { "content-type": "text/event-stream" },
            pieces: [`data: ${JSON.stringify(reasoning)}\n\n`, "data: [DONE]\n\n"],
          },
    );
    onTestFinished(() => server.close());
    const { trouble, structure } = await look(`${server.url}/v1`);
    expect([trouble, structure]).toEqual([undefined, { mechanism: "schema", kept: undefined }]);
  });

  it("stops listening to a model that does not stop", async () => {
    const babble = "more and more ".repeat(100);
    const { url } = await vendor({ answer: () => babble.repeat(20) });
    const seen = await look(`${url}/v1`);
    expect(seen.trouble).toBeUndefined();
  });

  it("knows a model of an Ollama without its tag, and its context", async () => {
    const models = [{ name: "qwen:latest", size: 1, details: { family: "qwen", families: [] } }];
    const server = await ollamaServer(({ body }) => (body.format ? '{"ok": true}' : "ok"), {
      models,
      contextLength: 40_960,
    });
    onTestFinished(() => server.close());
    expect(await look(server.url, {}, "ollama")).toMatchObject({
      offered: ["qwen:latest"],
      listed: true,
      context: 40_960,
      structure: { mechanism: "schema", kept: true },
    });
  });
});

describe("a checkup of an LLM that does not work", () => {
  it.each<[string, Parameters<typeof vendorServer>[0], Record<string, unknown>, object]>([
    ["key", { key, models: [{ id: "qwen" }] }, { api_key: "sk-wrong-0123456789" }, { kind: "auth", status: 401 }],
    [
      "model",
      {
        models: [{ id: "qwen2.5-coder" }],
        answer: () => ({ status: 404, body: { error: { message: "The model `qwen2.5` does not exist." } } }),
      },
      { model: "qwen2.5" },
      { kind: "request", status: 404 },
    ],
    [
      "model",
      { models: [{ id: "a" }], answer: () => ({ status: 400, body: { error: { message: "bad identifier" } } }) },
      { model: "b" },
      { kind: "request", status: 400 },
    ],
    ["answer", { answer: () => ({ status: 402, body: { error: { message: "no money" } } }) }, {}, { kind: "quota" }],
    [
      "structure",
      {
        answer: ({ messages }) =>
          messages[0]?.content.includes("JSON") ? { status: 400, body: { error: { message: "too odd" } } } : "ok",
      },
      {},
      {},
    ],
  ])("names what is wrong: the %s", async (where, options, settings, facts) => {
    const { url } = await vendor(options);
    const { trouble } = await look(`${url}/v1`, settings);
    expect(trouble).toMatchObject({ where, ...facts });
    expect(JSON.stringify(trouble)).not.toContain("0123456789");
  });

  it("asks nothing where nobody listens", async () => {
    expect(await look(nobody)).toEqual({
      near: [],
      trouble: expect.objectContaining({ where: "connection", kind: "network" }),
    });
  });

  it("names the models that were probably meant", async () => {
    const models = ["Qwen/Qwen2.5-Coder-7B-Instruct", "deepseek-r1", "llama-3.3"].map((id) => ({ id }));
    const { url } = await vendor({
      models,
      answer: () => ({ status: 404, body: { error: { message: "model not found" } } }),
    });
    const { near, listed } = await look(`${url}/v1`, { model: "qwen2.5-coder-7b-instruct" });
    expect([near, listed]).toEqual([["Qwen/Qwen2.5-Coder-7B-Instruct"], false]);
  });

  it("gives up on an answer that does not come", async () => {
    const server = await httpServer(({ method }) => (method === "GET" ? { status: 404 } : { end: "stall" }));
    onTestFinished(() => server.close());
    const { signal } = new AbortController();
    const { trouble } = await checkup(deployment(`${server.url}/v1`), { signal, patience: 50 });
    expect(trouble).toMatchObject({ where: "answer", kind: "timeout", message: "qwen gave no answer in 0.05 s" });
  });

  it("ends when it is told to", async () => {
    const server = await httpServer(() => ({ end: "stall" }));
    onTestFinished(() => server.close());
    const { trouble } = await checkup(deployment(`${server.url}/v1`), { signal: AbortSignal.timeout(50) });
    expect(trouble?.kind).toBe("aborted");
  });
});

describe("another address at which the server answers", () => {
  it("has the /v1 that was left out, or stands in place of another path", async () => {
    const { url } = await vendor({ models: [{ id: "qwen" }] });
    for (const written of [url, `${url}/`, `${url}/api`, `${url}/v1/completions`]) {
      expect(await look(written)).toMatchObject({ instead: `${url}/v1` });
    }
  });

  it("is known by its refusal of the key", async () => {
    const { url } = await vendor({ key });
    expect(await look(url, { api_key: "sk-wrong-0123456789" })).toMatchObject({ instead: `${url}/v1` });
  });

  it("speaks http instead of https", async () => {
    const { url } = await vendor({ models: [{ id: "qwen" }] });
    expect(await look(`${url.replace("http:", "https:")}/v1`)).toMatchObject({ instead: `${url}/v1` });
  });

  it.skipIf(!hasIpv6)("is the other name of this machine", async () => {
    const server = createServer((_, outgoing) => {
      outgoing.setHeader("content-type", "application/json");
      outgoing.end('{"data": [{"id": "qwen"}]}');
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, "::1", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await look(`http://127.0.0.1:${port}/v1`)).toMatchObject({
      trouble: { where: "connection" },
      instead: `http://[::1]:${port}/v1`,
    });
  });

  it("is not looked for where the server has shown its models", async () => {
    const { url, requests } = await vendor({
      models: [{ id: "qwen" }],
      answer: () => ({ status: 500, body: { error: { message: "broken" } } }),
    });
    expect((await look(`${url}/v1`)).instead).toBeUndefined();
    expect(requests.filter(({ method }) => method === "GET").map(({ url }) => url)).toEqual(["/v1/models"]);
  });
});

describe("an LLM without a server", () => {
  it("leaves a person alone", async () => {
    const folder = join(tempFolder(), "prompts");
    expect(await look("", { folder }, "human")).toEqual({ near: [], unasked: expect.stringContaining(folder) });
    expect(await look("", {}, "human")).toEqual({ near: [], unasked: "a person is asked in the terminal" });
  });

  it("says that prompts cannot be laid down", async () => {
    const file = join(tempFolder(), "taken");
    writeFileSync(file, "");
    const { trouble } = await look("", { folder: join(file, "prompts") }, "human");
    expect(trouble).toMatchObject({ where: "settings", message: `${file} is no folder` });
  });

  it("reads a recording and plays nothing", async () => {
    const folder = tempFolder();
    expect((await look("", { folder, base_url: undefined, model: undefined }, "recording")).trouble?.where).toBe(
      "settings",
    );
    mkdirSync(join(folder, "answers"));
    const recording = { version: 1, idea: "a game", date: "2026-01-01", model: "m", calls: [] };
    writeFileSync(join(folder, "recording.json"), JSON.stringify(recording));
    const played = { ...deployment(""), provider: "recording", settings: { folder } };
    const seen = await checkup(played, { signal: new AbortController().signal });
    expect(seen).toEqual({ near: [], unasked: "recorded answers are played" });
  });

  it("downloads no model that would run in this program", async () => {
    const model = "hf:someone/model:Q4_K_M";
    const connect = async () => ({
      stream: () => {
        throw new Error("it was asked");
      },
    });
    const here = deployment("", { model }, "llama_cpp");
    const { unasked } = await checkup(here, { signal: new AbortController().signal, connect });
    expect(unasked).toContain("downloaded");
  });

  it("passes on what its connection says of its settings", async () => {
    const connect = async () => {
      throw new ConfigError("the model file a.gguf does not exist", { hint: "Set model to a GGUF file." });
    };
    const here = deployment("", { model: "a.gguf" }, "llama_cpp");
    const { trouble } = await checkup(here, { signal: new AbortController().signal, connect });
    expect(trouble).toEqual({
      where: "settings",
      kind: "settings",
      message: "the model file a.gguf does not exist",
      hint: "Set model to a GGUF file.",
    });
  });
});
