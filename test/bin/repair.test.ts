import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/errors.ts";
import { metagpt, type Options } from "../helpers/program.ts";
import { tempFolder } from "../helpers/temp.ts";

const goals = {
  type: "object",
  properties: { name: { type: "string" }, goals: { type: "array", items: { type: "string" } } },
  required: ["name", "goals"],
};
const broken = 'Sure:\n```json\n{\n  "Name": "snake",\n  "goals": ["fast", "fun",],\n}\n```';
const value = { name: "snake", goals: ["fast", "fun"] };
const indented = `${JSON.stringify(value, null, 2)}\n`;

/** The program in a folder with these files and a schema. */
function repair(args: readonly string[], files: Record<string, string | Buffer> = {}, options: Partial<Options> = {}) {
  const cwd = tempFolder();
  for (const [name, content] of Object.entries({ "goals.json": JSON.stringify(goals), ...files }))
    writeFileSync(join(cwd, name), content);
  mkdirSync(join(cwd, "folder"));
  return metagpt(["repair", ...args], { cwd, ...options });
}

describe("prints the value of an answer", () => {
  it.each<[string, string[], Record<string, string>, string | undefined]>([
    ["in a file", ["answer.txt", "--schema", "goals.json"], { "answer.txt": broken }, undefined],
    ["that is piped in", ["--schema", "goals.json"], {}, broken],
    ["for -", ["-", "--schema", "goals.json"], {}, broken],
  ])("%s", async (_, args, files, input) => {
    const { code, stdout, stderr } = await repair(args, files, input === undefined ? {} : { input });
    expect([code, stdout]).toEqual([exitCodes.done, indented]);
    expect(stderr).toBe("✓ repaired 5: comma 2, prose 1, fence 1, key-case 1\n");
  });

  it.each<[string, Buffer]>([
    ["UTF-8 with a mark", Buffer.from(`\uFEFF{"a": "贪吃蛇"}`)],
    ["UTF-16, as Windows writes it", Buffer.from(`\uFEFF{"a": "贪吃蛇"}`, "utf16le")],
    ["UTF-16 of the other order", Buffer.from(`\uFEFF{"a": "贪吃蛇"}`, "utf16le").swap16()],
  ])("in %s", async (_, answer) => {
    const { code, stdout, stderr } = await repair(["a.txt"], { "a.txt": answer });
    expect([code, JSON.parse(stdout), stderr]).toEqual([0, { a: "贪吃蛇" }, "✓ nothing to repair\n"]);
  });

  it("and says that some bytes are no text", async () => {
    const { code, stdout, stderr } = await repair(["a.txt"], { "a.txt": Buffer.from('{"a": "\xe9"}', "latin1") });
    expect([code, JSON.parse(stdout)]).toEqual([0, { a: "�" }]);
    expect(stderr).toBe("! not all of the text is UTF-8; what is not was read as �\n✓ nothing to repair\n");
  });

  it.each(["prd", "design", "tasks"])("by the schema of the document %s", async (schema) => {
    const { code, stdout, stderr } = await repair(
      ["--schema", schema, "--partial"],
      {},
      { input: '{"language": "en"}' },
    );
    expect([code, stdout]).toEqual([exitCodes.llm, expect.stringMatching(/^\{/)]);
    expect(stderr).toMatch(/^(✗ [\w[\].]+: missing \(expected .+\)\n)+$/);
  });

  it("without what could drive the terminal", async () => {
    const input = '{"a\\u001b[2J": "\u009b2J\u202e", \'b\': "x",}';
    const { stdout, stderr } = await repair(["--verbose"], {}, { input });
    expect(JSON.parse(stdout)).toEqual({ "a\u001b[2J": "\u009b2J\u202e", b: "x" });
    expect((stdout + stderr).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
  });

  it("to a reader that leaves", async () => {
    const input = JSON.stringify(Array.from({ length: 200_000 }, (_, index) => index));
    const { code, stderr } = await repair([], {}, { input, deaf: true });
    expect([code, stderr]).toEqual([0, "✓ nothing to repair\n"]);
  });
});

describe("says what was repaired", () => {
  const input = '{"name": "snake", "goals": ["fun"], "mood": 7, \'other\': 1}';

  it("where something was lost", async () => {
    const { stderr } = await repair(["--schema", "goals.json"], {}, { input });
    expect(stderr).toBe(
      "! repair_extra mood at line 1, column 45 (lossy)\n" +
        "! repair_extra other at line 1, column 57 (lossy)\n" +
        "✓ repaired 3: extra 2, quote 1; 2 lossy\n",
    );
  });

  it("everywhere with --verbose", async () => {
    const { stderr } = await repair(["--schema", "goals.json", "--verbose"], {}, { input: broken });
    expect(stderr.split("\n")).toEqual(
      expect.arrayContaining([
        "· repair_prose at line 1, column 1",
        "· repair_key_case name at line 4, column 3",
        "· repair_comma goals at line 5, column 26",
      ]),
    );
  });

  it("of much the first twenty", async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`extra${index}`, index]));
    const { stderr } = await repair(
      ["--schema", "goals.json"],
      {},
      { input: `Here: ${JSON.stringify({ ...value, ...many })},` },
    );
    expect(stderr.match(/^! /gm)).toHaveLength(20);
    expect(stderr).toContain("· and 10 more; --verbose shows all\n");
  });

  it("in colour where it is asked for", async () => {
    const { stderr } = await repair([], {}, { input: "{}", env: { FORCE_COLOR: "1" } });
    expect(stderr).toBe("\u001b[32m✓\u001b[39m nothing to repair\n");
  });

  it("with --json as the reading itself", async () => {
    const { code, stdout, stderr } = await repair(["--schema", "goals.json", "--json"], {}, { input });
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      value: { name: "snake", goals: ["fun"] },
      repairs: [
        { kind: "extra", path: ["mood"], span: [44, 45], lossy: true },
        { kind: "quote" },
        { kind: "extra", path: ["other"] },
      ],
      lossy: true,
      truncated: false,
      extras: [
        { path: ["mood"], value: 7 },
        { path: ["other"], value: 1 },
      ],
    });
  });
});

describe("says why an answer cannot be used", () => {
  const input = '{"name": "snake", "goals": {}}';
  const wrong = "✗ goals: expected a list of texts, got an object\n";

  it("and prints no value", async () => {
    expect(await repair(["--schema", "goals.json"], {}, { input })).toEqual({
      code: exitCodes.llm,
      stdout: "",
      stderr: wrong,
    });
  });

  it("and with --partial what could be read", async () => {
    const { code, stdout, stderr } = await repair(["--schema", "goals.json", "--partial"], {}, { input });
    expect([code, JSON.parse(stdout), stderr]).toEqual([exitCodes.llm, { name: "snake", goals: {} }, wrong]);
  });

  it("with --json as the reading itself", async () => {
    const { code, stdout, stderr } = await repair(["--schema", "goals.json", "--json"], {}, { input });
    expect([code, stderr]).toEqual([exitCodes.llm, ""]);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ kind: "invalid", path: ["goals"] }] });
  });

  it.each<[string, string[], string, string]>([
    ["nothing", [], " \n", "✗ the answer is empty\n"],
    ["prose", [], "I cannot.", "✗ there is no JSON in the answer\n"],
    ["a cut one", ["--finish", "length"], "Here", "✗ the JSON is cut off\n"],
    ["one that lost something", ["--accept", "lossless"], '{"a": 1, "a": 2}', "✗ not clean (duplicate-key)\n"],
    ["one that is not clean", ["--accept", "clean"], '{"a": 1,}', "✗ not clean (comma)\n"],
  ])("%s", async (_, args, input, problems) => {
    const { code, stdout, stderr } = await repair(args, {}, { input });
    expect([code, stdout, stderr.replace(/^✗ .+: (?=not clean)/, "✗ ")]).toEqual([exitCodes.llm, "", problems]);
  });

  it("that is too deep to be printed", async () => {
    const { code, stdout, stderr } = await repair([], {}, { input: "[".repeat(10_000) + "]".repeat(10_000) });
    expect([code, stdout]).toEqual([exitCodes.llm, ""]);
    expect(stderr).toBe("metagpt: the answer is read, but nested too deeply to be printed as JSON\n");
  });
});

describe("refuses", () => {
  const schemaHint = "It is prd, design, tasks, or a file with a JSON Schema.\n";

  it.each<[string, string[], number, string | RegExp]>([
    ["a missing file", ["no.txt"], exitCodes.disk, "metagpt: the file no.txt does not exist\nCheck the path.\n"],
    ["a folder", ["folder"], exitCodes.disk, "metagpt: the file folder is a folder\nCheck the path.\n"],
    ["a file that is too big", ["big.txt"], exitCodes.disk, /^metagpt: the file big\.txt is larger than 64 MB\n.+\n$/],
    [
      "an unknown schema",
      ["--schema", "prdd"],
      exitCodes.usage,
      `metagpt: the schema prdd does not exist\n${schemaHint}`,
    ],
    [
      "a schema that is no JSON",
      ["--schema", "no.json"],
      exitCodes.configuration,
      /^metagpt: the schema no\.json is no JSON: .+\nIt is prd, .+\n$/,
    ],
    [
      "a schema that is no object",
      ["--schema", "list.json"],
      exitCodes.configuration,
      `metagpt: the schema list.json is no JSON Schema: it is no object\n${schemaHint}`,
    ],
    [
      "a schema that is no schema",
      ["--schema", "type.json"],
      exitCodes.configuration,
      `metagpt: the schema type.json cannot be used: Unsupported type: banana\n${schemaHint}`,
    ],
    ["a choice that is none", ["--accept", "all"], exitCodes.usage, /It must be any or exact or lossless or clean\./],
    ["a reason that is none", ["--finish", "max"], exitCodes.usage, /It must be stop or length\./],
    ["two files", ["a.txt", "b.txt"], exitCodes.usage, /too many arguments/],
  ])("%s", async (_, args, exitCode, message) => {
    const files = {
      ...(args[0] === "big.txt" && { "big.txt": Buffer.alloc(64_000_001, 32) }),
      ...{ "no.json": "{type: ", "list.json": "[]", "type.json": '{"type": "banana"}' },
    };
    const { code, stdout, stderr } = await repair(args, files, { input: "{}" });
    expect([code, stdout]).toEqual([exitCode, ""]);
    expect(stderr).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });
});
