import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { validate } from "dockerfile-utils";
import { describe, expect, it, onTestFinished } from "vitest";
import { stringify } from "yaml";
import { asked } from "../helpers/company.ts";
import { settingsFrom } from "../helpers/config-folder.ts";
import { answerTo } from "../helpers/greeter.ts";
import { openaiServer } from "../helpers/openai-server.ts";
import { metagpt } from "../helpers/program.ts";
import { tempFolder } from "../helpers/temp.ts";

const page = (name: string) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

function blocksOf(name: string): { readonly language: string; readonly text: string }[] {
  const blocks = readFileSync(page(name), "utf8").matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm);
  return [...blocks].map(([, language = "", text = ""]) => ({ language, text }));
}

const blocks = blocksOf("gateway.md");
const of = (wanted: string) => blocks.filter(({ language }) => language === wanted).map(({ text }) => text);
const has = (program: string) => spawnSync(program, ["--version"]).status === 0;

describe("docs/gateway.md", () => {
  it("has the same blocks in both languages, apart from their comments", () => {
    const plain = (name: string) => blocksOf(name).map(({ text }) => text.replace(/(^| +)# .*$/gm, ""));
    expect(plain("gateway.zh-CN.md")).toEqual(plain("gateway.md"));
  });

  it.skipIf(!has("curl"))("has requests that are answered as it says, in this order", { timeout: 90_000 }, async () => {
    // a question of the company, of the run that the page starts, begins with who is to answer it
    const model = await openaiServer(({ body: { messages } }) =>
      messages[0]?.role === "system" ? answerTo(asked(messages)) : "Hello.",
    );
    onTestFinished(() => model.close());
    const llm = { api_type: "open_llm", base_url: `${model.url}/v1`, model: "qwen" };
    const cwd = tempFolder();
    mkdirSync(join(cwd, "config"));
    writeFileSync(join(cwd, "config/config2.yaml"), stringify({ llm, serve: { port: 0, runs: true } }));
    const program = fileURLToPath(new URL("../../dist/metagpt.cjs", import.meta.url));
    const env = { PATH: process.env.PATH ?? "", HOME: cwd };
    const server = spawn(process.execPath, [program, "serve"], {
      cwd,
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(async () => {
      server.kill("SIGTERM");
      await once(server, "exit");
    });
    const [said] = await once(server.stdout, "data");
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(String(said))?.[0] ?? "";
    const answers: string[] = [];
    for (const command of of("sh").filter((text) => text.startsWith("curl"))) {
      const asked = command.replace("http://127.0.0.1:8888", address);
      const { stdout } = await promisify(execFile)("sh", ["-c", `${asked} --silent --write-out ' %{http_code}'`]);
      answers.push(stdout);
    }
    expect(answers.map((answer) => Number(answer.slice(-3)))).toEqual([200, 200, 200, 201, 200, 200, 200, 202]);
    expect(answers[0]).toContain('"object":"chat.completion"');
    expect(answers[1]).toContain('"type":"message"');
    expect(answers[2]).toContain('"done":true');
  });

  it("makes a key that its settings can hold, and shows settings that are understood", async () => {
    const { code, stdout, stderr } = await metagpt(["serve", "--new-key", "editor"], { cwd: tempFolder() });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^mg-[\w-]{32}\n$/)]);
    const [hash = ""] = /sha256:[0-9a-f]{64}/.exec(stderr) ?? [];
    const [settings = "", ...more] = of("yaml");
    expect(more).toEqual([]);
    // whoever copies them whole has let nobody in
    await expect(settingsFrom({ "config/config2.yaml": settings })).rejects.toThrow("is the one of the example");
    const own = settings.replace(/sha256:0{64}/, hash);
    const read = await settingsFrom({ "config/config2.yaml": own });
    expect(read.auth).toMatchObject([
      { name: "editor", key_hash: hash, models: ["qwen", "role:*"], budget: 5, rpm: 60 },
    ]);
    expect(read.serve.host).toBe("0.0.0.0");
  });

  it("has a Dockerfile without a fault", () => {
    const [dockerfile = ""] = of("dockerfile");
    expect(dockerfile).toContain("metagpt.cjs");
    expect(validate(dockerfile)).toEqual([]);
    expect(validate("FRO node").length).toBeGreaterThan(0);
  });

  it.skipIf(!has("systemd-analyze"))("has a unit without a fault", () => {
    const [unit = ""] = of("ini");
    const check = (text: string) => {
      const folder = tempFolder();
      mkdirSync(join(folder, "opt"));
      // what stands elsewhere on the server
      const here = text.replace("WorkingDirectory=/opt/metagpt", `WorkingDirectory=${folder}`);
      writeFileSync(join(folder, "metagpt.service"), here);
      return spawnSync("systemd-analyze", ["verify", "--man=no", join(folder, "metagpt.service")], {
        encoding: "utf8",
      });
    };
    const ours = (stderr: string) => stderr.split("\n").filter((line) => line.includes("metagpt.service"));
    expect(ours(check(unit).stderr)).toEqual([]);
    expect(ours(check(unit.replace("ExecStart=", "ExecStrat=")).stderr).length).toBeGreaterThan(0);
  });

  it.each(["gateway.md", "gateway.zh-CN.md"])("%s links only to files that exist", (name) => {
    const links = [...readFileSync(page(name), "utf8").matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = ""]) => link);
    expect(links).toContain("../config/config2.example.yaml");
    expect(links.filter((link) => !existsSync(resolve(dirname(page(name)), link)))).toEqual([]);
  });
});
