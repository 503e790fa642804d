import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { version } from "../bin/version.ts";
import { loadPresets } from "../config/presets.ts";
import { loadPrices } from "../config/prices.ts";
import { Options } from "../config/schema.ts";
import { roster } from "../roles/index.ts";
import { exitCodes } from "../src/errors.ts";
import type { ChatMessage } from "../src/llm/provider.ts";
import { listRecordings } from "../src/llm/recordings.ts";
import { anthropicServer } from "./helpers/anthropic-server.ts";
import { answers, resolveFrom } from "./helpers/config-folder.ts";
import { answerToAll, prd } from "./helpers/greeter.ts";
import { ollamaServer } from "./helpers/ollama-server.ts";
import { openaiServer } from "./helpers/openai-server.ts";
import { metagpt } from "./helpers/program.ts";
import { tempFolder } from "./helpers/temp.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (file: string) => readFileSync(join(root, file), "utf8");
const pages = readdirSync(root).filter((name) => name.endsWith(".md"));
const recordings = join(root, "recordings");

const help = async () => (await metagpt(["--help"], { cwd: tempFolder() })).stdout;

/** The fenced blocks of a page, the sections between its second-level headings, and its text without the blocks. */
function partsOf(page: string) {
  const blocks: { language: string; text: string }[] = [];
  const prose = page.replace(/^```(\w*)\n([\s\S]*?)\n```$/gm, (_, language: string, text: string) => {
    blocks.push({ language, text });
    return "";
  });
  return { blocks, prose, sections: prose.split(/^## .*$/m).slice(1) };
}

/** The words of every `metagpt ...` of a page, in its shell blocks and in its text, without the program's own name. */
function commandsOf({ blocks, prose }: ReturnType<typeof partsOf>): string[][] {
  const lines = blocks.filter(({ language }) => language === "sh").flatMap(({ text }) => text.split("\n"));
  const inline = [...prose.matchAll(/`(npx metagpt [^`]+)`/g)].map(([, line = ""]) => line);
  const commands = [...lines, ...inline].flatMap((line) => line.split(/\s*(?:&&|\|)\s*/));
  return commands
    .map((command) => [...command.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word))
    .filter(([first, second]) => first === "npx" && second === "metagpt")
    .map((words) => words.slice(2));
}

describe.each([["README.md"], ["README.zh-CN.md"]])("%s", (file) => {
  const { blocks, prose, sections } = partsOf(read(file));

  it("shows the help as the program prints it", async () => {
    const shown = blocks.filter(({ text }) => text.startsWith("Usage: metagpt"));
    expect(shown.map(({ text }) => `${text}\n`)).toEqual([await help()]);
  });

  it("names only options that the help names", async () => {
    const known = new Set((await help()).match(/--[a-z-]+/g));
    const named = new Set(prose.match(/(?<=`)--[a-z-]+/g));
    expect(named).toContain("--investment");
    expect([...named].filter((option) => !known.has(option))).toEqual([]);
  });

  it("calls missing what the program refuses", async () => {
    const [missing = ""] = sections.slice(-2);
    const named = missing.match(/--[a-z-]+/g) ?? [];
    expect(named.toSorted()).toEqual((await help()).match(/--[a-z-]+(?=.* not in this version yet$)/gm)?.toSorted());
    for (const option of named) {
      const { code, stderr } = await metagpt([option, "x"], { cwd: tempFolder() });
      expect([code, stderr]).toEqual([
        exitCodes.usage,
        expect.stringContaining(`${option} is not in this version yet`),
      ]);
    }
  });

  it("lists every exit code", () => {
    const listed = [...prose.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
    expect(listed).toEqual(Object.values(exitCodes));
  });

  it("names variables that are read", async () => {
    const { all } = await loadPresets(process.cwd());
    const read = new Set([
      ...all.flatMap(({ variables }) => Object.values(variables).flat()),
      ...[...Object.keys(Options.shape), "llm"].map((name) => `METAGPT_${name.toUpperCase()}`),
    ]);
    const named = prose.match(/(?<=`)(METAGPT_[A-Z_]+|[A-Z]+_(API_KEY|BASE_URL|MODEL))(?=`)/g) ?? [];
    expect(named).toContain("OPENAI_API_KEY");
    expect(named.filter((name) => !read.has(name))).toEqual([]);
  });

  it("names every role and action, in the order of the work", () => {
    const names = roster({ implement: true }).flatMap(({ profile, actions }) => [
      profile,
      ...actions.map(({ name }) => name),
    ]);
    const named = [...prose.matchAll(/(?<=`)(?:[A-Z][a-z]+)+(?:PRD)?(?=`)/g)].map(([name]) => name);
    expect(named).toEqual(names);
  });

  it("says what a model without a price is counted at", async () => {
    const { assumed } = await loadPrices(7);
    expect(prose.match(/\$\d+/g)).toEqual([`$${assumed.input}`, `$${assumed.output}`]);
  });

  it("names the ideas that are recorded", async () => {
    const [setUp = ""] = sections;
    const named = [...setUp.matchAll(/`([^`]+)`/g)].map(([, idea]) => idea);
    const recorded = (await listRecordings(recordings)).map(({ recording }) => recording.idea);
    expect(named.toSorted()).toEqual(recorded.toSorted());
  });

  it("shows configurations that are understood", async () => {
    const env = { OPENAI_API_KEY: "sk-0123456789abcdef", DEEPSEEK_API_KEY: "sk-fedcba9876543210" };
    const shown = blocks.filter(({ language }) => language === "yaml").map(({ text }) => text);
    const found = await Promise.all(
      shown.map(async (text) => {
        const name = /^# (config\/\w+\.yaml)\n/.exec(text)?.[1] ?? "";
        // what no entry names is answered by the default, which only some of the blocks say
        const resolved = await resolveFrom({ [name]: text }, { env, showProblems: true });
        expect(resolved.warnings).toEqual([]);
        expect(resolved.table.flatMap(({ problem }) => problem ?? [])).toEqual([]);
        return answers(resolved);
      }),
    );
    const all = (llm: string) => ({
      ...{ WritePRD: llm, WriteDesign: llm, WriteTasks: llm },
      ...{ WriteCode: llm, WriteCodeReview: llm, SummarizeCode: llm },
    });
    expect(found).toEqual([
      all("openai"),
      all("ollama"),
      { ...all("deepseek"), WriteCode: "coder", WriteCodeReview: "coder", SummarizeCode: "coder" },
      {
        ...all(""),
        WriteDesign: "openai",
        WriteCode: "my-server",
        WriteCodeReview: "openai",
        SummarizeCode: "my-server",
      },
    ]);
  });
});

describe("the two languages of the README", () => {
  const both = [partsOf(read("README.md")), partsOf(read("README.zh-CN.md"))] as const;

  it("have the same headings", () => {
    const [english, chinese] = both.map(({ prose }) => prose.match(/^#+(?= )/gm));
    expect(chinese).toEqual(english);
  });

  it("show the same commands", () => {
    const [english, chinese] = both.map(commandsOf);
    expect(chinese).toEqual(english);
  });

  it("have the same blocks of code, apart from their comments", () => {
    const [english, chinese] = both.map(({ blocks }) =>
      blocks.map(({ language, text }) => [language, text.replace(/(^| +)# .*$/gm, "")]),
    );
    expect(chinese).toEqual(english);
  });
});

it("the help fits a screen of 80 by 50", async () => {
  const lines = (await help()).trimEnd().split("\n");
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.length).toBeLessThanOrEqual(50);
});

it("every command of the README works as it is written", { timeout: 60_000 }, async () => {
  const models = { status: 200, body: { data: [{ id: "gpt-6.1-terra" }] } };
  const server = await openaiServer(({ body }) => answerToAll(body.messages as ChatMessage[]), { models });
  const claude = await anthropicServer(() => "In a file.");
  const ollama = await ollamaServer(() => "In a file.", {
    models: [{ name: "qwen2.5-coder:7b", size: 1, details: { family: "qwen2", families: [] } }],
  });
  onTestFinished(async () => void (await Promise.all([server.close(), claude.close(), ollama.close()])));
  const cwd = tempFolder();
  const env = {
    ...{ OPENAI_API_KEY: "sk-0123456789abcdef", OPENAI_BASE_URL: `${server.url}/v1` },
    ...{ DEEPSEEK_API_KEY: "sk-fedcba9876543210", DEEPSEEK_BASE_URL: `${server.url}/v1` },
    ...{ ANTHROPIC_API_KEY: "sk-ant-0123456789", ANTHROPIC_BASE_URL: claude.url },
    OLLAMA_API_BASE: ollama.url,
  };
  writeFileSync(
    join(cwd, "answer.txt"),
    `Sure, here it is:\n\n\`\`\`json\n${JSON.stringify(prd).slice(0, -1)}\n\`\`\`\n`,
  );
  const commands = commandsOf(partsOf(read("README.md")));
  const ended: [string, number | null][] = [];
  for (const words of commands) {
    // nobody is here to answer
    const args = words.some((word) => word.startsWith("human")) ? [...words, "--estimate"] : words;
    const { code, stderr } = await metagpt(args, { cwd, env });
    ended.push([words.join(" "), code]);
    expect(stderr).not.toContain("✗");
  }
  expect(ended.map(([command]) => command)).toContain("write a snake game");
  expect(ended.filter(([, code]) => code !== exitCodes.done)).toEqual([]);
});

it.each(pages)("every link of %s leads to a file or a heading", (file) => {
  const { prose } = partsOf(read(file));
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) => `#${slug(title)}`);
  const links = [...prose.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  const local = links.filter((target) => !/^[a-z]+:/.test(target));
  const isThere = (target: string) =>
    target.startsWith("#") ? headings.includes(target) : existsSync(join(root, target.replace(/#.*/, "")));
  expect(local.filter((target) => !isThere(target))).toEqual([]);
});

it("the changelog begins with this version", () => {
  expect(/^## \[(\S+)\] - \d{4}-\d\d-\d\d$/m.exec(read("CHANGELOG.md"))?.[1]).toBe(version());
});

it("the package holds the README in both languages", () => {
  // npm adds README.md by itself
  expect(JSON.parse(read("package.json")).files).toContain("README.zh-CN.md");
});

/** The anchor of a heading, as GitHub and npm make it. */
const slug = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
