import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type OpenAiRequest, openaiServer, type Script } from "../helpers/openai-server.ts";
import { metagpt, type Options } from "../helpers/program.ts";
import { filesIn, tempFolder } from "../helpers/temp.ts";

const key = "sk-abcdefghijklmnop1234";

/** A server of three models, and the program in a folder whose config names them. */
async function company(answer: (request: OpenAiRequest, number: number) => Script | Promise<Script>) {
  const server = await openaiServer(answer);
  onTestFinished(() => server.close());
  const cwd = tempFolder();
  const llm = (model: string) =>
    `{api_type: open_llm, base_url: "${server.url}/v1", model: ${model}, api_key: ${key}, price: {input: 1, output: 10}}`;
  mkdirSync(join(cwd, "config"));
  writeFileSync(
    join(cwd, "config/config2.yaml"),
    `llm: ${llm("usual")}\nmodels:\n  a: ${llm("model-a")}\n  b: ${llm("model-b")}\n  qwen: ${llm("model-q")}\n`,
  );
  const ask = (args: readonly string[], options: Omit<Options, "cwd"> = {}) =>
    metagpt(["ask", ...args], { cwd, ...options });
  return { server, cwd, ask };
}

/** Lets nobody through before so many have come. */
function meeting(size: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  return () =>
    new Promise((go) => {
      waiting.push(go);
      if (waiting.length === size) for (const each of waiting) each();
    });
}

const records = (stdout: string) =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

describe("one LLM", () => {
  it("is the one of the config: its text goes to stdout, all else to stderr", async () => {
    const { ask, server, cwd } = await company(() => ({
      text: "Because of scattering.",
      reasoning: "hm",
      usage: { prompt_tokens: 12, completion_tokens: 840 },
    }));
    const { code, stdout, stderr } = await ask(["why is the sky blue?", "--system", "Be brief."]);
    expect([code, stdout]).toEqual([0, "Because of scattering.\n"]);
    expect(stderr).toMatch(/^✓ [\d.]+ s \(first token [\d.]+ s\), 12 in, 840 out, \$0\.0084\n$/);
    expect(server.requests.map(({ body }) => [body.model, body.messages])).toEqual([
      [
        "usual",
        [
          { role: "system", content: "Be brief." },
          { role: "user", content: "why is the sky blue?" },
        ],
      ],
    ]);
    expect(Object.keys(filesIn(cwd))).toEqual(["config/config2.yaml"]);
  });

  it.each<[string, string[], string, string]>([
    ["below the prompt", ["what is wrong?"], "  Error: no\n  at x\n\n", "what is wrong?\n\n  Error: no\n  at x"],
    ["as the prompt", [], "\uFEFF写一首诗\n", "写一首诗"],
    ["in place of -", ["-"], "a poem", "a poem"],
    ["not where it is empty", ["a poem"], " \n", "a poem"],
  ])("is asked what is piped in: %s", async (_, args, input, prompt) => {
    const { ask, server } = await company(() => "yes");
    expect((await ask(args, { input })).code).toBe(0);
    expect(server.requests.map(({ body }) => body.messages)).toEqual([[{ role: "user", content: prompt }]]);
  });

  it("shows what it thinks with --verbose only", async () => {
    const { ask } = await company(() => ({ text: "Yes.", reasoning: "Let me think." }));
    expect((await ask(["hi", "--verbose"])).stderr).toMatch(/^Let me think\.\n✓ /);
    expect((await ask(["hi"])).stderr).not.toContain("think");
  });

  it("writes nothing of a try that broke off", async () => {
    const { ask, server } = await company((_, number) => {
      const text = `${"x".repeat(400)} the end`;
      return number === 1 ? { text, cut: 1, end: "reset" } : text;
    });
    const { code, stdout, stderr } = await ask(["hi"]);
    expect([code, stdout, server.requests.length]).toEqual([0, `${"x".repeat(400)} the end\n`, 2]);
    expect(stderr).toMatch(/^· again in 0\.\d s: .*\n✓ /);
  });

  it("drives no terminal with what it says", async () => {
    const { ask } = await company(() => "\u001b[2J\u001b]0;title\u0007gone\r\n\u202etxt");
    expect((await ask(["hi"])).stdout).toBe("[2J]0;titlegone\ntxt\n");
  });
});

describe("several LLMs", () => {
  it("are asked at the same time, each once, and shown in their order", async () => {
    const met = meeting(2);
    const { ask, server } = await company(async ({ body }) => {
      await met();
      return { text: `I am ${body.model}`, usage: { prompt_tokens: 12, completion_tokens: 840 } };
    });
    const { code, stdout, stderr } = await ask(["who are you?", "--llm", "b, a,b"]);
    expect(code).toBe(0);
    expect(stdout).toBe("=== b model-b ===\nI am model-b\n\n=== a model-a ===\nI am model-a\n");
    const figures = "[\\d.]+ s \\(first token [\\d.]+ s\\), 12 in, 840 out, \\$0\\.0084\\n";
    expect(stderr).toMatch(new RegExp(`^✓ b model-b: ${figures}✓ a model-a: ${figures}$`));
    expect(server.requests).toHaveLength(2);
  });

  it("may be models of one kind", async () => {
    const { ask, server } = await company(({ body }) => `I am ${body.model}`);
    const { stdout } = await ask(["hi", "--llm", "open_llm/x,open_llm/y"]);
    expect(stdout).toBe("=== open_llm/x ===\nI am x\n\n=== open_llm/y ===\nI am y\n");
    expect(server.requests.map(({ body }) => body.model).toSorted()).toEqual(["x", "y"]);
  });

  it("keep their answers when one fails, and end with 6", async () => {
    const { ask } = await company(({ body }) =>
      body.model === "model-a" ? { status: 401, body: { error: { message: `no such key ${key}` } } } : "I am b",
    );
    const { code, stdout, stderr } = await ask(["hi", "--llm", "a,b"]);
    expect([code, stdout]).toEqual([6, "=== a model-a ===\n\n=== b model-b ===\nI am b\n"]);
    expect(stderr).toMatch(/^✗ a model-a: model-a at .* the key was refused.*\n {2}Check api_key.*\n✓ b model-b: /);
    expect(stderr).not.toContain(key);
  });

  it("are lines of JSON with --json, the first to finish first", async () => {
    let finished = () => {};
    const first = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const { ask } = await company(async ({ body: { model } }) => {
      if (model === "usual") return { status: 401, body: { error: { message: "who?" } } };
      if (model === "model-a") await first;
      return { text: `\u001b[1m${model}`, reasoning: model === "model-a" ? "hm" : "", finish: "length" };
    });
    const watch: Options["watch"] = (_child, _stderr, told) => {
      if (told.includes('"model":"model-b"')) finished();
    };
    const { code, stdout, stderr } = await ask(["hi", "--llm", "a,b,open_llm", "--json"], { watch });
    expect([code, stderr]).toEqual([6, ""]);
    expect(stdout).not.toContain(key);
    const answer = (llm: string) => records(stdout).find((record) => record.llm === llm);
    expect(answer("a")).toEqual({
      llm: "a",
      model: "model-a",
      text: "\u001b[1mmodel-a",
      reasoning: "hm",
      seconds: expect.any(Number),
      firstToken: expect.any(Number),
      usage: { input: 1, output: 3, reasoning: 1, source: "reported" },
      cost: { usd: 0.000031, basis: "config" },
      finish: "length",
    });
    expect(answer("b")).not.toHaveProperty("reasoning");
    expect(answer("open_llm")).toEqual({
      llm: "open_llm",
      model: "usual",
      error: { kind: "auth", message: expect.stringContaining("who?"), hint: expect.any(String) },
    });
    const order = records(stdout).map(({ llm }) => llm);
    expect(order.indexOf("b")).toBeLessThan(order.indexOf("a"));
  });

  it("are kept to what may be spent, and end with 4", async () => {
    const { ask, server } = await company(() => "I am expensive");
    const { code, stderr } = await ask(["hi", "--llm", "a", "--investment", "0.01"]);
    expect([code, server.requests.length]).toEqual([4, 0]);
    expect(stderr).toContain("--investment");
  });

  it("leave what they have said when they are interrupted, and end with 130", async () => {
    let child: ChildProcess | undefined;
    const met = meeting(2);
    const { ask } = await company(async ({ body: { model } }) => {
      await met();
      if (model === "model-q") return "I am q";
      setTimeout(() => child?.kill("SIGINT"), 1500);
      return { text: `${"half".repeat(100)}rest`, cut: 1, end: "stall" };
    });
    // qwen is a kind too, which is said on stderr before anybody is asked
    const watch = (started: ChildProcess) => {
      child = started;
    };
    const { code, stdout, stderr } = await ask(["hi", "--llm", "a,qwen"], { watch });
    expect(code).toBe(130);
    expect(stdout).toBe(`=== a model-a ===\n${"half".repeat(100)}\n\n=== qwen model-q ===\nI am q\n`);
    expect(stderr).toMatch(/\n✗ a model-a: stopped\n✓ qwen model-q: /);
  });
});

describe("what is wrong is said before anybody is asked", () => {
  it.each<[string[], number, string]>([
    [["hi", "--llm", "a,opnai"], 3, "--llm: no LLM is called opnai\nDid you mean openai?"],
    [["hi", "--llm", "a,deepseek"], 3, "--llm: deepseek has no api_key"],
    [["hi", "--llm", ","], 2, "--llm names no LLM"],
    [[], 2, 'no prompt was given\nSay what to ask, such as: metagpt ask "why is the sky blue?"'],
    [["-"], 2, "no prompt was given"],
    [["  "], 2, "no prompt was given"],
    [["what", "is", "this"], 2, 'a prompt of several words goes into quotes\nTry: metagpt ask "what is this"'],
    [["hi", "--lm", "a"], 2, "unknown option '--lm'\n(Did you mean --llm?)"],
    [["hi", "--investment", "much"], 2, "It must be an amount in USD."],
  ])("%j ends with %i", async (args, exitCode, words) => {
    const { ask, server } = await company(() => "no");
    const { code, stdout, stderr } = await ask(args);
    expect([code, stdout, server.requests.length]).toEqual([exitCode, "", 0]);
    expect(stderr).toContain(words);
    expect(stderr).toMatch(/^metagpt: /);
  });

  it("has a help of its own", async () => {
    const { ask } = await company(() => "no");
    const { code, stdout } = await ask(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: metagpt ask \[options\] "PROMPT"\n/);
  });
});
