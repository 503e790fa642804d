import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished, vi } from "vitest";
import { parse, stringify } from "yaml";
import { metagpt } from "../helpers/program.ts";
import { atTerminal, hasPty } from "../helpers/pty.ts";
import { tempFolder } from "../helpers/temp.ts";
import { signal, upstream } from "../helpers/upstream.ts";

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const shell = promisify(execFile);
const program = fileURLToPath(new URL("../../dist/metagpt.cjs", import.meta.url));

/** A folder with this configuration. */
function folderWith(config: object): string {
  const cwd = tempFolder();
  mkdirSync(join(cwd, "config"));
  writeFileSync(join(cwd, "config/config2.yaml"), stringify(config));
  return cwd;
}

/** Starts the built program; what it writes is there to be waited for. */
function started(cwd: string, args: readonly string[]) {
  const env = { PATH: process.env.PATH ?? "", HOME: cwd };
  const child: ChildProcess = spawn(process.execPath, [program, "serve", ...args], { cwd, env, stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  let written = "";
  let heard = signal<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      written += text;
      heard.give();
      heard = signal();
    });
  }
  const code = new Promise<number | null>((resolve) => child.on("close", resolve));
  return {
    child,
    code,
    /** Gives what was written once this is among it. */
    async says(words: RegExp): Promise<string> {
      while (!words.test(written)) {
        const ended = await Promise.race([heard.came, code.then((code) => `ended with ${code}: ${written}`)]);
        if (ended !== undefined) throw new Error(ended);
      }
      return written;
    },
  };
}

it.skipIf(!hasCurl)("serves every surface to curl, with the line that it prints", async () => {
  const { at } = await upstream({ text: "你好" });
  const cwd = folderWith({ models: { 模型: at("openai"), other: at("anthropic") } });
  const { says, child, code } = started(cwd, ["--port", "0", "--config", "config/config2.yaml"]);
  const banner = await says(/try\n.*\n/);
  const address = /metagpt serves (http:\/\/127\.0\.0\.1:\d+)\/v1/.exec(banner)?.[1] ?? "";
  expect(banner).toMatch(/models\n {2}模型 {2}openai-model\n {2}other {2}anthropic-model\n/);
  const line = /^ {2}(curl .*)$/m.exec(banner)?.[1] ?? "";
  const chat = await shell("sh", ["-c", `${line} --silent`]);
  expect(JSON.parse(chat.stdout)).toMatchObject({ model: "模型", choices: [{ message: { content: "你好" } }] });

  const post = async (path: string, body: object) => {
    const headers = ["-H", "content-type: application/json"];
    const { stdout } = await shell("curl", ["-sN", address + path, ...headers, "-d", JSON.stringify(body)]);
    return stdout;
  };
  const messages = [{ role: "user", content: "Hi" }];
  const message = await post("/v1/messages", { model: "other", messages, max_tokens: 9, stream: true });
  expect(message).toMatch(
    /^event: message_start\ndata: [\s\S]*你好[\s\S]*event: message_stop\ndata: [^\n]*"metagpt"[^\n]*\n\n$/,
  );
  const lines = (await post("/api/chat", { model: "other", messages })).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).message.content)).toEqual(["你好", ""]);

  const models = (await (await fetch(`${address}/v1/models`)).json()) as { data: { id: string; owned_by: string }[] };
  const kinds = Object.fromEntries(models.data.map(({ id, owned_by }) => [id, owned_by]));
  expect(kinds).toMatchObject({ 模型: "configured", other: "configured" });
  child.kill("SIGINT");
  expect(await code).toBe(0);
});

it("lets an answer under way end when it is told to end, then ends at once", async () => {
  const rest = signal<void>();
  const { at, reached } = await upstream({ text: ["Once ", "upon"], until: rest.came });
  const { says, child, code } = started(folderWith({ llm: at("openai") }), ["--port", "0"]);
  const banner = await says(/try\n.*\n/);
  const address = /serves (http:\S+)\/v1/.exec(banner)?.[1] ?? "";
  const ask = (model: string, stream: boolean) =>
    fetch(`${address}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, stream, messages: [{ role: "user", content: "Hi" }] }),
    });
  const models = (await (await fetch(`${address}/v1/models`)).json()) as { data: { id: string }[] };
  expect(models.data.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["default", "role:Engineer", "action:WriteCode"]),
  );

  const answers = [ask("role:Engineer", true), ask("action:WriteCode", false)];
  await reached(2);
  const busy = await metagpt(["serve", "--port", new URL(address).port], { cwd: folderWith({ llm: at("openai") }) });
  expect(busy).toMatchObject({ code: 2, stderr: expect.stringMatching(/somebody else listens there[\s\S]*--port/) });
  child.kill("SIGTERM");
  await says(/stopping/);
  rest.give();
  const [streamed, whole] = await Promise.all(answers.map(async (answer) => (await answer).text()));
  // pieces that came together may be passed on together
  expect(streamed).toMatch(/"Once (?:"[\s\S]*")?upon"[\s\S]*data: \[DONE\]/);
  expect(whole).toContain("Once upon");
  expect(await code).toBe(0);
  // what was logged last is not lost
  await says(/("route":"\/v1\/chat\/completions","status":200[\s\S]*){2}/);
  await expect(fetch(`${address}/health`)).rejects.toThrow();
});

it("has kept what was spent when it is told twice to end, and does not wait for what is under way", async () => {
  const answers = [{ text: "Hello", usage: [900_000, 100_000] as const }, "silence" as const];
  const { at, reached } = await upstream(...answers);
  const cwd = folderWith({ llm: at("openai", { price: { input: 1, output: 1 } }) });
  const { says, child, code } = started(cwd, ["--port", "0", "--state", "state.json"]);
  const address = /serves (http:\S+)\/v1/.exec(await says(/try\n.*\n/))?.[1] ?? "";
  const ask = () =>
    fetch(`${address}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "default", messages: [{ role: "user", content: "Hi" }] }),
    });
  expect((await ask()).status).toBe(200);
  const cut = ask().catch(() => "cut");
  await reached(2);
  child.kill("SIGINT");
  await says(/stopping/);
  child.kill("SIGINT");
  expect([await code, await cut]).toEqual([130, "cut"]);
  expect(JSON.parse(readFileSync(join(cwd, "state.json"), "utf8")).spent).toEqual({ "": 1 });
});

it("does not let everybody in from elsewhere, and makes a key for somebody", async () => {
  const { at } = await upstream({ text: "Hello" });
  const open = await metagpt(["serve", "--host", "0.0.0.0", "--port", "0"], { cwd: folderWith({ llm: at("openai") }) });
  expect(open.code).toBe(3);
  expect(open.stderr).toMatch(/0\.0\.0\.0 can be reached from elsewhere, and there is no auth[\s\S]*--new-key NAME/);
  expect(open.stdout).toBe("");

  const made = await metagpt(["serve", "--new-key", "ann"], { cwd: tempFolder() });
  expect(made.code).toBe(0);
  const key = made.stdout.trim();
  expect(key).toMatch(/^mg-[\w-]{32}$/);
  const entry = parse(made.stderr.split("\n\n")[1] ?? "") as { auth: { name: string; key_hash: string }[] };
  const hash = createHash("sha256").update(key).digest("hex");
  expect(entry).toEqual({ auth: [{ name: "ann", key_hash: `sha256:${hash}` }] });
  expect(made.stderr).not.toContain(key);

  const { says, child, code } = started(folderWith({ llm: at("openai"), ...entry }), [
    "--host",
    "0.0.0.0",
    "--port",
    "0",
  ]);
  const banner = await says(/try\n.*\n/);
  expect(banner).toContain("authorization: Bearer KEY");
  const address = `http://127.0.0.1:${/serves http:\/\/[\d.]+:(\d+)\/v1/.exec(banner)?.[1]}`;
  const asking = (headers: Record<string, string>) =>
    fetch(`${address}/v1/models`, { headers }).then(({ status }) => status);
  expect([await asking({}), await asking({ authorization: `Bearer ${key}` })]).toEqual([401, 200]);
  child.kill("SIGTERM");
  expect(await code).toBe(0);
});

it.skipIf(!hasPty)("lets a person at its terminal answer, and ends by Ctrl-C there", async () => {
  const cwd = folderWith({ models: { me: { api_type: "human" } } });
  const port = await freePort();
  const ended = atTerminal(
    [process.execPath, program, "serve", "--config", join(cwd, "config/config2.yaml"), "--port", String(port)],
    {
      keys: [
        ["caller asks: chat", "您好，\r世界\r.\r"],
        ['"status":200', "\x03"],
      ],
      env: { HOME: cwd },
    },
  );
  const body = JSON.stringify({ model: "me", messages: [{ role: "user", content: "谁在那儿？" }] });
  const headers = { "content-type": "application/json" };
  const ask = () => fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: "POST", headers, body });
  const answer = await vi.waitFor(ask, { timeout: 10_000 });
  expect(await answer.json()).toMatchObject({ choices: [{ message: { content: "您好，\n世界" } }] });
  const { code, shown } = await ended;
  expect(code).toBe(0);
  expect(shown).toContain("谁在那儿？");
  expect(shown).toContain("stopping");
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
