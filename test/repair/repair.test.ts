import { describe, expect, it } from "vitest";
import { z } from "zod";
import { repair, repairKinds } from "../../src/repair/index.ts";
import type { CaseSchema, RepairCase } from "./cases/case.ts";
import { choosing } from "./cases/choosing.ts";
import { cut } from "./cases/cut.ts";
import { escapes } from "./cases/escapes.ts";
import { keys } from "./cases/keys.ts";
import { markdownAndYaml } from "./cases/markdown-and-yaml.ts";
import { refused, valid } from "./cases/never.ts";
import { odd } from "./cases/odd.ts";
import { problems } from "./cases/problems.ts";
import { Item, Note, note, Prd, prd, Text, Ticket } from "./cases/shapes.ts";
import { spans } from "./cases/spans.ts";
import { strings } from "./cases/strings.ts";
import { syntax } from "./cases/syntax.ts";
import { values } from "./cases/values.ts";
import { withoutSchema } from "./cases/without-schema.ts";
import { wrapping } from "./cases/wrapping.ts";
import { misshapen } from "./checks.ts";

describe.each<[string, RepairCase[]]>([
  ["what is around the answer", wrapping],
  ["brackets, commas, colons and comments", syntax],
  ["faults that are rarely expected", odd],
  ["quotes and texts", strings],
  ["backslashes and entities", escapes],
  ["keys", keys],
  ["values of another type", values],
  ["several candidates", choosing],
  ["answers that are cut", cut],
  ["Markdown, lines and YAML", markdownAndYaml],
  ["no schema", withoutSchema],
])("reads through %s:", (_, cases) => {
  it.each(cases)("%s", (_, schema, text, value, facts = {}) => {
    const reading = repair(text, schema, facts.options);
    if (!reading.ok) return expect(reading).toHaveProperty("value", value);
    expect(reading.value).toStrictEqual(value);
    if (facts.lossy !== undefined) expect(reading).toMatchObject({ lossy: facts.lossy });
    if (facts.truncated !== undefined) expect(reading).toMatchObject({ truncated: facts.truncated });
    if (facts.kind !== undefined) expect(reading.repairs.map(({ kind }) => kind)).toContain(facts.kind);
    if (facts.at) expect(reading.repairs).toContainEqual(expect.objectContaining({ kind: facts.kind, path: facts.at }));
    if (facts.extras) expect(reading.extras).toEqual(facts.extras);
    if (!isClean(text)) expect(reading.repairs).not.toEqual([]);
    expect(misshapen(text, schema, reading)).toBeUndefined();
  });
});

/** Whether there is nothing to repair but what cannot be seen. */
function isClean(text: string) {
  try {
    return JSON.parse(text.replace(/[\u200B-\u200D\uFEFF\u00A0\u3000]/g, " ")) !== undefined;
  } catch {
    return false;
  }
}

describe("leaves a valid answer as it is:", () => {
  it.each(valid)("%s", (_, schema, text) => {
    for (const accept of ["any", "lossless", "clean"] as const) {
      const reading = repair(text, schema, { accept });
      expect(reading).toEqual({
        ok: true,
        value: reading.ok && reading.value,
        repairs: [],
        lossy: false,
        truncated: false,
        extras: [],
      });
      expect(reading.ok && reading.value).toStrictEqual(JSON.parse(text));
      if (!schema) expect(JSON.stringify(reading.ok && reading.value)).toBe(JSON.stringify(JSON.parse(text)));
    }
  });
});

describe("invents nothing for", () => {
  it.each(refused)("%s", (_, schema, text, path) => {
    const reading = repair(text, schema);
    expect(reading.ok ? reading : reading.problems.map((problem) => problem.path)).toContainEqual(path);
  });
});

describe("says what is wrong with", () => {
  it.each(problems)("%s", (_, schema, text, expected, partial) => {
    const reading = repair(text, schema);
    if (reading.ok) return expect(reading).toHaveProperty("problems");
    expect(reading.problems.map(({ path }) => path)).toEqual(expect.arrayContaining(expected.map(({ path }) => path)));
    expect(reading.problems).toHaveLength(expected.length);
    for (const { path, kind, expected: wanted, got } of expected) {
      const problem = reading.problems.find((one) => String(one.path) === String(path));
      if (kind) expect(problem).toMatchObject({ kind });
      if (wanted) expect(problem?.expected).toMatch(wanted);
      if (got) expect(problem?.got).toMatch(got);
      expect(problem?.message).not.toBe("");
    }
    if (partial !== undefined) expect(reading.partial).toEqual(partial);
  });
});

describe("points at", () => {
  it.each(spans)("%s", (_, schema, text, kind, piece) => {
    const reading = repair(text, schema);
    const found = reading.ok ? reading.repairs.filter((one) => one.kind === kind) : [];
    const pieces = found.map(({ span }) => text.slice(...span).replace(/^["'“\s]+|["'”\s]+$/g, ""));
    expect(pieces).toEqual([piece]);
  });
});

describe("reports", () => {
  const kinds = (text: string, schema?: CaseSchema) => {
    const reading = repair(text, schema);
    return reading.ok ? reading.repairs.map(({ kind, path, lossy }) => ({ kind, path, lossy })) : [];
  };

  it("a default that the schema puts in", () => {
    const Sized = z.object({ title: z.string(), size: z.string().default("medium") });
    expect(kinds('{"title": "蛇"}', Sized)).toContainEqual({ kind: "default", path: ["size"], lossy: true });
    expect(repair('{"title": "蛇"}', Sized)).toMatchObject({
      ok: true,
      value: { title: "蛇", size: "medium" },
      lossy: true,
    });
  });

  it("a value that the schema catches", () => {
    const Counted = z.object({ title: z.string(), count: z.number().catch(0) });
    const reading = repair('{"title": "蛇", "count": "many"}', Counted);
    expect(reading.ok ? reading.lossy : reading.problems.map(({ path }) => path)).toEqual(
      reading.ok ? true : [["count"]],
    );
  });

  it("no default where the value is there", () => {
    const Sized = z.object({ title: z.string(), size: z.string().default("medium") });
    expect(repair('{"title": "蛇", "size": "large"}', Sized)).toMatchObject({ value: { size: "large" }, repairs: [] });
  });

  it("a key that is there twice", () => {
    for (const text of [
      '{"text": "一", "text": "二"}',
      '{"text": "一", "text": "二",}',
      "{'text': '一', 'text': '二'}",
    ])
      expect(kinds(text, Text)).toContainEqual({ kind: "duplicate-key", path: ["text"], lossy: true });
  });

  it("a number that cannot be held exactly", () => {
    const schemas: CaseSchema[] = [z.object({ id: z.number() }), undefined];
    for (const schema of schemas)
      for (const text of [
        '{"id": 12345678901234567890}',
        '{"id": 12345678901234567890,}',
        '{"id": 0.1234567890123456789012}',
      ]) {
        const reading = repair(text, schema);
        if (reading.ok && typeof Object.values(reading.value as object)[0] === "number")
          expect(reading.lossy).toBe(true);
      }
  });

  it("two answers of which it takes the last", () =>
    expect(kinds(`${JSON.stringify(note)}\n{"title": "棋", "body": "另一个"}`, Note)).toContainEqual(
      expect.objectContaining({ kind: "version" }),
    ));

  it("only kinds that are documented", () => {
    const all = [...wrapping, ...syntax, ...strings, ...escapes, ...keys, ...values, ...cut, ...markdownAndYaml];
    for (const [, schema, text] of all)
      for (const { kind } of kinds(text, schema)) expect(Object.keys(repairKinds)).toContain(kind);
  });
});

describe("is not harmed by", () => {
  it.each([
    '{"__proto__": {"polluted": true}, "text": "一"}',
    '{"__proto__": {"polluted": true}, "text": "一",}',
    '{__proto__: {polluted: true}, "text": "一"}',
    '{"constructor": {"prototype": {"polluted": true}}, "text": "一",}',
    '{"text": "一"}\n{"__proto__": {"polluted": true}}',
    "__proto__:\n  polluted: true\ntext: 一",
    '## __proto__\n{"polluted": true}\n\n## Text\n一',
  ])("%s", (text) => {
    const schemas: CaseSchema[] = [Text, z.record(z.string(), z.unknown()), undefined];
    for (const schema of schemas) {
      const reading = repair(text, schema);
      const value = Object(reading.ok ? reading.value : reading.partial);
      expect(Object.hasOwn(value, "polluted") || !("polluted" in value)).toBe(true);
      expect({}).not.toHaveProperty("polluted");
    }
    expect(repair(text, Text)).toMatchObject({ value: { text: "一" } });
  });

  it("a schema with such keys", () => {
    const Strange = z.object({ constructor: z.string(), toString: z.string() });
    const value = { constructor: "一", toString: "二" };
    expect(repair("{'constructor': '一', 'toString': '二',}", Strange)).toMatchObject({ ok: true, value });
    expect(repair("{}", Strange)).toMatchObject({ ok: false, problems: [{ kind: "missing" }, { kind: "missing" }] });
  });
});

describe("takes a plain JSON Schema:", () => {
  const schema = {
    type: "object",
    properties: {
      project_name: { type: "string" },
      goals: { type: "array", items: { type: "string" } },
      level: { enum: ["high", "low"] },
      count: { type: "integer" },
    },
    required: ["project_name", "goals"],
  };

  it.each<[string, string, unknown]>([
    ["a valid answer", '{"project_name": "蛇", "goals": ["快"]}', { project_name: "蛇", goals: ["快"] }],
    ["key case", '{"Project Name": "蛇", "Goals": ["快"]}', { project_name: "蛇", goals: ["快"] }],
    ["a list as text", '{"project_name": "蛇", "goals": "- 快\\n- 好"}', { project_name: "蛇", goals: ["快", "好"] }],
    [
      "a choice's case",
      '{"project_name": "蛇", "goals": [], "level": "High"}',
      { project_name: "蛇", goals: [], level: "high" },
    ],
    [
      "a number as text",
      '{"project_name": "蛇", "goals": [], "count": "3"}',
      { project_name: "蛇", goals: [], count: 3 },
    ],
    [
      "a fence and single quotes",
      "```json\n{'project_name': '蛇', 'goals': ['快',]}\n```",
      { project_name: "蛇", goals: ["快"] },
    ],
    ["quotes in a text", '{"project_name": "叫"蛇"的", "goals": ["快"]}', { project_name: '叫"蛇"的', goals: ["快"] }],
    ["a wrapping key", '{"PRD": {"project_name": "蛇", "goals": ["快"]}}', { project_name: "蛇", goals: ["快"] }],
  ])("%s", (_, text, value) => expect(repair(text, schema)).toMatchObject({ ok: true, value }));

  it("a missing member", () =>
    expect(repair('{"project_name": "蛇"}', schema)).toMatchObject({
      problems: [{ kind: "missing", path: ["goals"] }],
    }));

  it("a choice there is not", () =>
    expect(repair('{"project_name": "蛇", "goals": [], "level": "medium"}', schema)).toMatchObject({
      problems: [{ kind: "invalid", path: ["level"] }],
    }));

  it("references and choices between types", () => {
    const nested = {
      $defs: { person: { type: "object", properties: { name: { type: "string" } }, required: ["name"] } },
      type: "object",
      properties: { owner: { $ref: "#/$defs/person" }, note: { anyOf: [{ type: "string" }, { type: "null" }] } },
      required: ["owner", "note"],
    };
    expect(repair("{'Owner': {'Name': '王'}, 'note': None}", nested)).toMatchObject({
      ok: true,
      value: { owner: { name: "王" }, note: null },
    });
  });
});

describe("accepts only", () => {
  it("one of two versions, naming both if nothing may be lost", () => {
    const other = { title: "旧", body: "an older one" };
    const text = `${JSON.stringify(other)}\nNo, rather:\n${JSON.stringify(note)}`;
    expect(repair(text, Note)).toMatchObject({ ok: true, value: note, lossy: true });
    expect(repair(text, Note, { accept: "lossless" })).toMatchObject({
      ok: false,
      problems: [{ kind: "ambiguous", candidates: [other, note] }],
    });
  });

  it("what is clean, if told so", () => {
    for (const text of [
      `\`\`\`json\n${JSON.stringify(note)}\n\`\`\``,
      `${JSON.stringify(note).slice(0, -1)},}`,
      '{"Title": "a", "body": "b"}',
    ])
      expect(repair(text, Note, { accept: "clean" })).toMatchObject({ ok: false });
    expect(repair(JSON.stringify(note), Note, { accept: "clean" })).toMatchObject({
      ok: true,
      value: note,
      repairs: [],
    });
  });

  it("what nothing is lost of, if told so", () => {
    const text = "```json\n{'title': '贪吃蛇', 'body': '好玩',}\n```";
    expect(repair(text, Note, { accept: "lossless" })).toMatchObject({ ok: true, lossy: false });
    for (const lossy of ['{"title": "贪吃蛇", "body": "好', '{"title": "贪吃蛇", "body": "好", "colour": "红"}'])
      expect(repair(lossy, Note, { accept: "lossless" })).toMatchObject({ ok: false });
    expect(
      repair(JSON.stringify(prd).replace("requirement_pool", "requirment_pool"), Prd, { accept: "lossless" }),
    ).toMatchObject({ ok: false });
  });

  it("what is short enough", () => {
    const long = JSON.stringify({ text: "长".repeat(2000) });
    expect(repair(long, Text, { maxChars: 1000 })).toMatchObject({ ok: false, problems: [{ kind: "too-long" }] });
    expect(repair(long, Text, { maxChars: 4000 })).toMatchObject({ ok: true });
    expect(repair(`{"text": "${"x".repeat(16_000_000)}"}`, Text)).toMatchObject({ problems: [{ kind: "too-long" }] });
  });
});

describe("prefers the answer over the schema's own words:", () => {
  const Told = z.object({
    title: z.string().describe("the game's name").meta({ example: "贪吃蛇 Demo" }),
    level: z.enum(["P0", "P1"]).describe("P0 must"),
  });
  const schema = JSON.stringify(z.toJSONSchema(Told));
  const answer = { title: "消消乐", level: "P1" };

  it.each<[string, string]>([
    ["before it", `${schema}\n${JSON.stringify(answer)}`],
    ["after it", `${JSON.stringify(answer)}\n${schema}`],
    ["before a broken one", `${schema}\n{'title': '消消乐', 'level': 'p1',}`],
    ["in reasoning", `<think>${schema}</think>${JSON.stringify(answer)}`],
  ])("%s", (_, text) => expect(repair(text, Told)).toMatchObject({ ok: true, value: answer }));

  it("and takes no answer from them", () => {
    expect(repair(schema, Told)).toMatchObject({ ok: false });
    expect(repair(`\`\`\`json\n${schema}\n\`\`\``, Told)).toMatchObject({ ok: false });
  });
});

describe("bears", () => {
  it.each<[string, string]>([
    ["10,000 lists in each other", `${"[".repeat(10_000)}${"]".repeat(10_000)}`],
    ["10,000 objects in each other", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`],
    ["10,000 lists that never close", "[".repeat(10_000)],
    ["10,000 objects that never close", '{"text":'.repeat(10_000)],
    ["10,000 fences", "```json\n".repeat(10_000)],
    ["10,000 drafts", '{"text": "一"}\n'.repeat(10_000)],
    ["10,000 unknown drafts", '{"other": "一"}\n'.repeat(10_000)],
    ["endless words", `{"text": "${"very ".repeat(50_000)}`],
    ["endless items", `{"text": ["${'一", "'.repeat(50_000)}`],
    ["endless members", `{${'"a": "一", '.repeat(50_000)}`],
    ["endless quotes", `{"text": "${'"好" '.repeat(20_000)}"}`],
    ["endless lines", `{"text": "${"一\n".repeat(50_000)}"}`],
    ["endless commas", `{"text": ["a"${",".repeat(50_000)}]}`],
    ["endless backslashes", `{"text": "${"\\".repeat(50_001)}`],
    ["endless comments", `{${"/* 注释 */ ".repeat(20_000)}"text": "一"}`],
    ["endless reasoning", `${"<think>".repeat(20_000)}{"text": "一"}`],
  ])("%s", (_, text) => {
    const schemas: CaseSchema[] = [Text, Prd, undefined];
    for (const schema of schemas) expect(repair(text, schema)).toHaveProperty("ok");
  });

  it("a valid answer that is 10,000 deep, exactly", () => {
    const text = `{"text": ${"[".repeat(10_000)}"底"${"]".repeat(10_000)}}`;
    const reading = repair(text, z.object({ text: z.unknown() }));
    let inner: unknown = reading.ok && (reading.value as { text: unknown }).text;
    let depth = 0;
    for (; Array.isArray(inner); depth++) inner = inner[0];
    expect([depth, inner]).toEqual([10_000, "底"]);
  });
});

describe("says the same of the same text", () => {
  it.each([...syntax, ...choosing, ...cut])("%s", (_, schema, text) =>
    expect(repair(text, schema)).toStrictEqual(repair(text, schema)),
  );
});

it("leaves the text's other answers out of the one that fits", () => {
  const text = `{"name": "蛇", "count": 3}\n{"title": "移动", "level": "P0"}\n${JSON.stringify(note)}`;
  expect(repair(text, Item)).toMatchObject({ ok: true, value: { name: "蛇", count: 3 } });
  expect(repair(text, Ticket)).toMatchObject({ ok: true, value: { title: "移动", level: "P0" } });
  expect(repair(text, Note)).toMatchObject({ ok: true, value: note });
});

it("says so when a later version of the answer was cut", () => {
  const text = 'Draft:\n{"title": "a", "body": "draft"}\n\nFinal version:\n{"title": "b", "bo';
  expect(repair(text, Note)).toMatchObject({ ok: true, lossy: true, truncated: true });
});
