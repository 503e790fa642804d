import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { version } from "../bin/version.ts";
import { loadPresets } from "../config/presets.ts";
import { loadPrices } from "../config/prices.ts";
import { Options } from "../config/schema.ts";
import { roster } from "../roles/index.ts";
import { exitCodes } from "../src/errors.ts";
import type { ChatMessage } from "../src/llm/provider.ts";
import { listRecordings } from "../src/llm/recordings.ts";
import type { FindingKind } from "../src/project/checks/finding.ts";
import { sourceLanguage } from "../src/project/code/language.ts";
import { readSource } from "../src/project/code/read-source.ts";
import { anthropicServer } from "./helpers/anthropic-server.ts";
import { answers, resolveFrom, settingsFrom } from "./helpers/config-folder.ts";
import { answerToAll, code, prd } from "./helpers/greeter.ts";
import { ollamaServer } from "./helpers/ollama-server.ts";
import { openaiServer } from "./helpers/openai-server.ts";
import { metagpt } from "./helpers/program.ts";
import { tempFolder } from "./helpers/temp.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (file: string) => readFileSync(join(root, file), "utf8");
const pages = readdirSync(root).filter((name) => name.endsWith(".md"));
const details = ["running", "changing", "runs"].flatMap((name) => [`docs/${name}.md`, `docs/${name}.zh-CN.md`]);
const recordings = join(root, "recordings");

const helps = new Map<string, Promise<string>>();

/** What the program prints; it is asked once for each command. */
function helpOf(...command: readonly string[]): Promise<string> {
  const name = command.join(" ");
  const asked = helps.get(name) ?? metagpt([...command, "--help"], { cwd: tempFolder() }).then(({ stdout }) => stdout);
  helps.set(name, asked);
  return asked;
}
const help = () => helpOf();

/** Options that are taken although the help, which has to fit a screen, does not name them. */
const hidden = ["--inc", "--allow-dirty", "--recover-path", "--reqa-file"];

/** Of the options that a text names between backticks, those that the program does not have. */
async function unknownOptions(prose: string): Promise<string[]> {
  const helps = await Promise.all([help(), helpOf("resume"), helpOf("runs", "rm")]);
  const known = new Set([...hidden, ...(helps.join("\n").match(/--[a-z-]+/g) ?? [])]);
  const named = new Set(prose.match(/(?<=`)--[a-z-]+/g));
  return [...named].filter((option) => !known.has(option));
}

/** What a check can find: a kind that is added is missed here by the compiler. */
const findingKinds = {
  ...{ syntax: true, import: true, package: true, export: true, arity: true, reference: true },
  ...{ unfinished: true, leftover: true, command: true, missing: true },
} satisfies Record<FindingKind, true>;

/** The cells of every row of every table. */
const tableRows = (prose: string) =>
  [...prose.matchAll(/^\|(.*)\|$/gm)].map(([, row = ""]) => row.split("|").map((cell) => cell.trim()));

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

  it("names only options that the program has", async () => {
    expect(prose).toContain("`--investment`");
    expect(await unknownOptions(prose)).toEqual([]);
  });

  it("names every option of what is new to it, and those that the help does not name", async () => {
    const wanted = (await help()).match(
      /--(?:clarify|review|run-tests|yes|require-verified|reqa-file|.*-path|dry-run)/g,
    );
    expect([...(wanted ?? []), ...hidden].filter((option) => !prose.includes(`\`${option}`))).toEqual([]);
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
    const names = roster({ implement: true, run_tests: true }).flatMap(({ profile, actions }) => [
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

describe.each(details)("%s", (file) => {
  const { blocks, prose } = partsOf(read(file));

  it("names only options that the program has", async () => {
    expect(prose).toMatch(/`--(?:run-tests|investment)`/);
    expect(await unknownOptions(prose)).toEqual([]);
  });

  it("names exit codes that there are", () => {
    const named = [...prose.matchAll(/(?:exit code|退出码(?:为)?) ?(\d+)/g)].map(([, code]) => Number(code));
    // a table may list them in a column
    const column = tableRows(prose).filter((row) => /^(?:\d+、? ?,? ?)+$/.test(row[1] ?? ""));
    named.push(...column.flatMap((row) => (row[1]?.match(/\d+/g) ?? []).map(Number)));
    expect(named).toContain(file.includes("runs") ? exitCodes.budget : exitCodes.usage);
    expect(named.filter((code) => !Object.values<number>(exitCodes).includes(code))).toEqual([]);
  });

  it("shows settings that are understood, and names those that there are", async () => {
    for (const { text } of blocks.filter(({ language }) => language === "yaml")) {
      const { options } = await settingsFrom({ "config/config2.yaml": text });
      expect(options).toMatchObject(parse(text));
    }
    const named = prose.match(/(?<=`)[a-z]+(?:_[a-z]+)+(?=[:`])/g) ?? [];
    expect(named.filter((name) => !Object.hasOwn(Options.shape, name))).toEqual([]);
  });

  it("links only to files and headings that exist", () => {
    const links = [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    const isThere = (link: string) => {
      const [page = "", heading] = link.split("#");
      if (!existsSync(join(root, "docs", page))) return false;
      const titles = [...read(join("docs", page)).matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) => slug(title));
      return heading === undefined || titles.includes(heading);
    };
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !isThere(link))).toEqual([]);
  });
});

describe.each(details.filter((file) => file.includes("running")))("%s", (file) => {
  const rows = tableRows(partsOf(read(file)).prose);

  it("says of every file that is parsed by which parser", async () => {
    const parsers = rows.filter(([, , files]) => /^\.\w/.test(files ?? ""));
    const samples = parsers.flatMap(([, parser, files = ""]) =>
      (files.match(/(?<=^|[ 、])\.\w+|tsconfig\.json/g) ?? []).map(
        (name) => [name.replace(/^\./, "file."), parser] as const,
      ),
    );
    const read = await Promise.all(samples.map(async ([name]) => [name, (await readSource(name, "")).checkedBy]));
    const named = (name: string) => read.find(([path]) => path === name)?.[1];
    expect(samples.map(([name]) => [name, named(name)])).toEqual(samples);
    expect(new Set(samples.map(([name]) => sourceLanguage(name)))).toHaveProperty("size", 15);
  });

  it("lists every kind of finding, and no other", () => {
    const kinds = rows.flatMap(([first = ""]) => /^`([a-z]+)`$/.exec(first)?.[1] ?? []);
    const choices = Options.shape.sandbox.unwrap().options;
    expect(kinds.toSorted()).toEqual([...Object.keys(findingKinds), ...choices].toSorted());
  });
});

describe.each([["README"], ["docs/running"], ["docs/changing"]])("the two languages of %s", (page) => {
  const both = [partsOf(read(`${page}.md`)), partsOf(read(`${page}.zh-CN.md`))] as const;

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

it("the program takes the options that the help leaves out, and has an undo", async () => {
  for (const option of hidden) {
    const value = /-(?:path|file)$/.test(option) ? ["somewhere"] : [];
    const { stderr } = await metagpt([option, ...value, "--xyzzy"], { cwd: tempFolder() });
    expect(stderr).toContain("unknown option '--xyzzy'");
  }
  expect(await help()).not.toMatch(new RegExp(hidden.join("|")));
  expect(await helpOf("undo")).toContain("--project-path <dir>");
});

/** The good answer to a question about the greeter, or else this one. */
function answerOr(other: string, messages: readonly ChatMessage[]): string {
  try {
    return answerToAll(messages);
  } catch {
    return other;
  }
}

/** Good answers to any question about the greeter, also about its tests, and about changes that it does not notice. */
function answersToChanges(): (messages: readonly ChatMessage[]) => string {
  let edits = 0;
  return (messages) => {
    const prompt = messages.find(({ role }) => role === "user")?.content ?? "";
    const [, tested] = /^# The file under test: (\S+)$/m.exec(prompt) ?? [];
    if (tested !== undefined) return `\`\`\`python\n${tests[tested]}\`\`\``;
    if (prompt.startsWith("A repository is changed."))
      return `\`\`\`python\n${code["main.py"]}print("change", ${++edits})\n\`\`\``;
    const begins = Object.keys(aboutChanges).find((words) => prompt.startsWith(words));
    return begins === undefined ? answerToAll(messages) : (aboutChanges[begins] ?? "");
  };
}

const tests: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ["greeter/names.py", "from greeter.names import name_from", 'name_from(["Ada"]), "Ada"'],
    ["greeter/phrases.py", "from greeter.phrases import greeting", 'greeting("Ada"), "Hello, Ada!"'],
  ].map(([path, line, equal]) => [
    path,
    `import unittest\n\n${line}\n\n\nclass Test(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(${equal})\n`,
  ]),
);

const aboutChanges: Readonly<Record<string, string>> = {
  "This software exists and is in use:": '{"kind": "requirement", "why": "It is new."}',
  "The product below exists.": '{"product_goals": ["Greet and pause"]}',
  "The system below exists and works. Bring its design": '{"files": [], "removed_files": []}',
  "The system below exists and works; its design":
    '{"tasks": [{"path": "main.py", "logic": "Pause.", "depends_on": []}]}',
  "Plan a change of an existing repository.": JSON.stringify({
    cause: "",
    changes: [{ path: "main.py", action: "change", what: "Pause.", why: "It is wanted.", depends_on: [] }],
  }),
};

it("every command of the README and of the pages it leads to works as it is written", {
  timeout: 240_000,
}, async () => {
  const models = { status: 200, body: { data: [{ id: "gpt-6.1-terra" }] } };
  const answer = answersToChanges();
  let open = true;
  const refused = { status: 401, body: { error: { message: "no such key" } } };
  const server = await openaiServer(({ body }) => (open ? answer(body.messages as ChatMessage[]) : refused), {
    models,
  });
  const claude = await anthropicServer(() => "In a file.");
  const ollama = await ollamaServer(({ body }) => answerOr("In a file.", body.messages as ChatMessage[]), {
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
  // the project that the pages speak of
  const begun = await metagpt(["write a snake game", "--project-name", "snake_game"], { cwd, env });
  expect(begun.code).toBe(exitCodes.done);
  const all = ["README.md", "docs/running.md", "docs/changing.md", "docs/runs.md"].flatMap((page) =>
    commandsOf(partsOf(read(page))),
  );
  // the same on every page that shows it; a server, which does not end, has a test of its own
  const ending = all.filter(([command]) => command !== "serve");
  const commands = [...new Map(ending.map((words) => [words.join(" "), words])).values()];
  const ended: [string, number | null][] = [];
  for (const words of commands) {
    // nobody is here to answer
    const args = words.some((word) => word.startsWith("human")) ? [...words, "--estimate"] : words;
    // what is made here is the greeter
    const ours = args.map((word) => (word === "src/game.js" ? "greeter/names.py" : word));
    if (words[0] === "resume" && words[1] !== "snake_game") {
      open = false;
      expect((await metagpt(["write a snake game"], { cwd, env })).code).toBe(exitCodes.llm);
      open = true;
    }
    const { code, stdout, stderr } = await metagpt(ours, { cwd, env });
    ended.push([words.join(" "), code]);
    expect(stderr).not.toContain("✗");
    if (words.includes("--dry-run")) expect(stdout).toMatch(/^\+print\("change", \d+\)$/m);
    if (words.includes("--run-tests")) expect(stderr).toContain("Verified: ");
  }
  expect(ended.map(([command]) => command)).toContain("write a snake game");
  expect(ended.map(([command]) => command)).toContain("undo --project-path workspace/snake_game");
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
