import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { doctorReport } from "../../bin/doctor-report.ts";
import { finding } from "../../bin/finding.ts";
import { createPaint } from "../../bin/paint.ts";
import { displayWidth } from "../../bin/width.ts";
import { metagpt } from "../helpers/program.ts";
import { filesIn, tempFolder } from "../helpers/temp.ts";
import { deadAddress, vendorServer } from "../helpers/vendor-server.ts";

const key = "sk-right-0123456789";

const nobody = await deadAddress();

async function vendor(options: Parameters<typeof vendorServer>[0] = {}) {
  const server = await vendorServer({ models: [{ id: "qwen2.5-coder", max_model_len: 32_768 }], ...options });
  onTestFinished(() => server.close());
  return server;
}

/** Asks the doctor in a folder with these files. No output of it may ever hold a key. */
async function doctor(
  files: Readonly<Record<string, string>>,
  { args = [], env = {} }: { args?: readonly string[]; env?: Record<string, string> } = {},
) {
  const cwd = tempFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const ended = await metagpt(["doctor", ...args], { cwd, env });
  expect(ended.stdout + ended.stderr).not.toMatch(/0123456789|sk-(right|wrong)/);
  return { cwd, ...ended };
}

const llm = (settings: Record<string, string>) =>
  `llm: ${JSON.stringify({ api_type: "open_llm", model: "qwen2.5-coder", ...settings })}\n`;

/** The lines of the report: mark, what was looked at, and how it stands. */
const rows = (report: string) =>
  [...report.matchAll(/^ {2}([✓!✗·]) (\S.*?) {2,}(.*)$/gm)].map(([, mark, what, text]) => [mark, what, text]);

describe("metagpt doctor", () => {
  it("ends with 0 where a run would start, says how everything stands, and writes nothing", async () => {
    const { url, asked } = await vendor({ key });
    const config = llm({ base_url: `${url}/v1`, api_key: key });
    const { code, stdout, stderr, cwd } = await doctor({ "config/config2.yaml": config });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^open_llm qwen2\.5-coder at http:\/\/127\.0\.0\.1:\d+\/v1\n {2}config\/config2\.yaml:1: answers WritePRD, WriteDesign, WriteTasks, WriteCode, WriteCodeReview\n/,
    );
    expect(rows(stdout).slice(0, 7)).toEqual([
      ["✓", "reachable", "offers 1 model"],
      ["✓", "key", "sk-…6789 accepted"],
      ["✓", "model", "the server lists it"],
      ["✓", "answer", expect.stringMatching(/^first token after \d.* m?s, all after \d.* m?s$/)],
      ["✓", "structure", "held to a JSON Schema"],
      ["✓", "context", "32,768 tokens"],
      ["✓", "price", "free: it is on this machine or in this network"],
    ]);
    expect(
      rows(stdout)
        .slice(7)
        .map(([, what]) => what),
    ).toEqual(["Node", "git", "workspace", "disk", "Chromium", "sandbox"]);
    expect(stdout).toMatch(/\n✓ a run would start\n$/);
    expect(stderr).toBe("asking 1 LLM, for a few tokens each\n✓ open_llm: answers\n");
    expect(asked).toHaveLength(2);
    expect(Object.keys(filesIn(cwd))).toEqual(["config/config2.yaml"]);
  });

  it.each<
    [string, Parameters<typeof vendorServer>[0], (url: string) => Record<string, string>, number, readonly string[]]
  >([
    [
      "a wrong key",
      { key },
      (url) => ({ base_url: `${url}/v1`, api_key: "sk-wrong-0123456789" }),
      3,
      ["  ✗ key        the key was refused", "Check api_key"],
    ],
    [
      "a key in quotes that is wrong",
      { key },
      (url) => ({ base_url: `${url}/v1`, api_key: "“sk-wrong-0123456789”" }),
      3,
      ["Quotes stand around the key; they are not sent."],
    ],
    ["no key", { key }, (url) => ({ base_url: `${url}/v1` }), 3, ["No api_key is set for it"]],
    [
      "a model that is not there",
      { answer: () => ({ status: 404, body: { error: { message: "The model does not exist." } } }) },
      (url) => ({ base_url: `${url}/v1`, model: "qwen2.5-codr" }),
      3,
      ["  ✗ model      not found: The model does not exist. (HTTP 404)\n               Did you mean qwen2.5-coder?\n"],
    ],
    [
      "the names of FastChat",
      {
        answer: () => ({
          status: 400,
          body: { object: "error", message: "Only vicuna-7b allowed now, your model qwen", code: 40301 },
        }),
      },
      (url) => ({ base_url: `${url}/v1` }),
      3,
      ["  ✗ model ", "FastChat serves vicuna-7b. Write model: vicuna-7b"],
    ],
    [
      "a base_url without /v1",
      {},
      (url) => ({ base_url: url }),
      3,
      ["  ✗ answer ", "base_url lacks /v1. Write base_url: http://127.0.0.1:"],
    ],
    [
      "nobody there",
      {},
      () => ({ base_url: `${nobody}/v1` }),
      6,
      ["  ✗ reachable  the connection was refused\n", "Is the server running"],
    ],
    [
      "an account that is empty",
      { answer: () => ({ status: 402, body: { error: { message: "insufficient balance" } } }) },
      (url) => ({ base_url: `${url}/v1` }),
      6,
      ["  ✓ reachable ", "  ✗ answer     the account's quota is spent"],
    ],
  ])("names what keeps a run from starting: %s", async (_name, server, settings, exitCode, words) => {
    const { url } = await vendor(server);
    const { code, stdout } = await doctor({ "config/config2.yaml": llm(settings(url)) });
    for (const word of words) expect(stdout).toContain(word);
    expect(stdout).toContain(`✗ a run would not start: open_llm cannot be asked (exit code ${exitCode})\n`);
    expect(code).toBe(exitCode);
  });

  it("only warns of an LLM that a run does not ask, or not first", async () => {
    const { url } = await vendor();
    const config = [
      "llm:",
      `  {api_type: open_llm, base_url: "${url}/v1", model: qwen2.5-coder, fallback: second}`,
      "models:",
      `  second: {api_type: open_llm, base_url: "${nobody}/v1", model: a}`,
      `  idle: {api_type: open_llm, base_url: "${nobody}/v2", model: b}`,
      "  unfinished: {api_type: deepseek}",
      "",
    ].join("\n");
    const { code, stdout } = await doctor({ "config/config2.yaml": config });
    expect(code).toBe(0);
    expect(stdout).toContain("stands by for WritePRD");
    expect(rows(stdout).filter(([mark, what]) => mark !== "✓" && /reachable|settings/.test(what ?? ""))).toEqual([
      ["!", "reachable", "the connection was refused"],
      ["!", "reachable", "the connection was refused"],
      ["!", "settings", expect.stringContaining("unfinished has no api_key")],
    ]);
  });

  it("says that no LLM is configured, and looks at the machine all the same", async () => {
    const { code, stdout } = await doctor({}, { args: ["--llm", "deepseek"] });
    expect(code).toBe(3);
    expect(stdout).toContain("deepseek has no api_key");
    expect(rows(stdout).map(([, what]) => what)).toContain("Node");
  });

  it("says what is wrong with a file that cannot be read", async () => {
    const { code, stdout } = await doctor({ "config/config2.yaml": "llm:\n  modle: qwen\n" });
    expect(code).toBe(3);
    expect(rows(stdout)[0]).toEqual(["✗", "settings", "config/config2.yaml:2: unknown key modle, did you mean model?"]);
  });

  it("refuses a workspace that cannot be written", async () => {
    const { url } = await vendor();
    const files = { "config/config2.yaml": llm({ base_url: `${url}/v1` }), taken: "mine" };
    const { code, stdout, cwd } = await doctor(files, { args: ["--workspace", "taken/projects"] });
    expect(code).toBe(3);
    expect(rows(stdout)).toContainEqual(["✗", "workspace", `${join(cwd, "taken")} is no folder`]);
    expect(stdout).toContain("✗ a run would not start: workspace: ");
  });

  it("takes what only makes a run nicer for a warning", async () => {
    const { url } = await vendor();
    const files = { "config/config2.yaml": `${llm({ base_url: `${url}/v1` })}sandbox: "off"\n` };
    const { code, stdout } = await doctor(files, {
      env: { PATH: "/nonexistent", CHROMIUM_PATH: "/nonexistent/chrome" },
    });
    expect(code).toBe(0);
    expect(stdout).toContain("What it runs could:");
    expect(
      rows(stdout)
        .filter(([mark]) => mark === "!")
        .map(([, what]) => what),
    ).toEqual(["git", "Chromium", "sandbox"]);
  });

  it("says that no run with tests would start where a sandbox is required and there is none", async () => {
    const { url } = await vendor();
    const files = { "config/config2.yaml": `${llm({ base_url: `${url}/v1` })}sandbox: docker\n` };
    const { code, stdout } = await doctor(files, { env: { PATH: "/nonexistent", DOCKER_HOST: "tcp://127.0.0.1:1" } });
    expect(code).toBe(3);
    expect(stdout).toMatch(/✗ +sandbox +Docker/);
  });

  it("prints one JSON object with --json, without a key", async () => {
    const { url } = await vendor({ key });
    const settings = { base_url: `${url}/v1`, api_key: key };
    const files = {
      "config/config2.yaml": `${llm(settings)}models:\n  typo: ${JSON.stringify({ api_type: "open_llm", ...settings, model: "qwen2.5-codr" })}\n`,
    };
    const { code, stdout } = await doctor(files, { args: ["--json"] });
    expect(code).toBe(0);
    const { llms, machine, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ ok: true, exitCode: 0 });
    expect(llms).toMatchObject([
      {
        name: "open_llm",
        apiType: "open_llm",
        model: "qwen2.5-coder",
        baseUrl: `${url}/v1`,
        key: "sk-…6789",
        origin: "config/config2.yaml:1",
        asked: ["WritePRD", "WriteDesign", "WriteTasks", "WriteCode", "WriteCodeReview"],
        ok: true,
        context: 32_768,
        structure: "schema",
        price: { input: 0, output: 0, basis: "local" },
      },
      { name: "typo", ok: true, asked: [], near: ["qwen2.5-coder"] },
    ]);
    expect(llms[0].findings[0]).toEqual({ what: "reachable", state: "ok", text: "offers 1 model", hints: [] });
    expect(machine.map(({ what }: { what: string }) => what)).toContain("sandbox");
  });
});

describe("the report on a narrow screen", () => {
  it.each([100, 60, 40, 24])("fits %i columns and loses nothing", async (columns) => {
    const hint = "Check base_url: the address of most servers ends in a version.";
    const machine = [finding("workspace", "fail", "this folder cannot be written by this user at all", [hint])];
    const report = doctorReport({ llms: [], machine, exitCode: 3 }, { columns, paint: await createPaint(false) });
    expect(report.split("\n").filter((line) => displayWidth(line) > columns)).toEqual([]);
    expect(report.replace(/\s+/g, " ")).toContain(
      `✗ workspace this folder cannot be written by this user at all ${hint}`,
    );
  });
});
