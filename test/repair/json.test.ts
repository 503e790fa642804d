import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ZodType, z } from "zod";
import { type Reading, readJson } from "../../src/repair/index.ts";
import { nasty, Plan, plan } from "./documents.ts";

const Text = z.object({ a: z.string() });
const Pair = z.object({ a: z.string(), b: z.number() });
const List = z.object({ a: z.array(z.string()), b: z.number() });
const json = JSON.stringify(plan, null, 2);

/** The value and its repairs as `kind path`, with an exclamation mark where something was lost. */
const summary = <T>(reading: Reading<T>) =>
  reading.ok
    ? [reading.value, ...reading.repairs.map(({ kind, path, lossy }) => `${kind} ${path}`.trim() + (lossy ? "!" : ""))]
    : reading.problems;

describe("leaves well-formed answers alone", () => {
  it.each<[string, string, object]>([
    ["compact", JSON.stringify(plan), plan],
    ["indented", json, plan],
    ["with blank lines around", `\n\n${json}\n `, plan],
    ["holding what looks like wrapping", JSON.stringify(nasty), nasty],
    ["holding it, indented", JSON.stringify(nasty, null, 2), nasty],
  ])("%s", (_, text, value) => expect(readJson(text, Plan)).toEqual({ ok: true, value, repairs: [] }));
});

describe("finds the answer", () => {
  it.each<[string, string, string[]]>([
    ["in a fence", `\`\`\`json\n${json}\n\`\`\``, ["fence"]],
    ["in a fence of tildes", `~~~\n${json}\n~~~`, ["fence"]],
    ["in a fence that never closes", `\`\`\`json\n${json}`, ["fence"]],
    ["in a fence with prose", `Here:\n\`\`\`json\n${json}\n\`\`\`\nDone.`, ["prose", "fence"]],
    ["in prose", `Sure, {name}, here [1] it is: ${json}\nHope it helps!`, ["prose"]],
    ["behind an open bracket in prose", `A { is not JSON. ${json}`, ["prose"]],
    ["in tags", `[CONTENT]\n${json}\n[/CONTENT]`, ["tag"]],
    ["in lower-case tags", `[content]${json}[/content]`, ["tag"]],
    ["in tags without a slash", `[CONTENT]${json}[CONTENT]`, ["tag"]],
    ["in a tag that never ends", `[CONTENT]${json}`, ["tag"]],
    ["in tags and a fence", `[CONTENT]\n\`\`\`json\n${json}\n\`\`\`\n[/CONTENT]`, ["tag", "fence"]],
    ["behind reasoning", `<think>{"project_name": "draft"}</think>${json}`, ["reasoning"]],
    ["behind reasoning nobody opened", `I think so.\n</think>\n\n${json}`, ["reasoning"]],
    ["behind reasoning that names the tag", `<think>use <think> and </think>?</think>${json}`, ["reasoning"]],
    ["behind an example", `{"project_name": "x", "product_goals": []}\n\n${json}`, ["prose"]],
    ["before an example", `${json}\n\nIn the form {"project_name": "..."}`, ["prose"]],
    ["behind the schema", `${JSON.stringify(z.toJSONSchema(Plan))}\n${json}`, ["prose"]],
    [
      "behind a draft",
      `\`\`\`json\n${JSON.stringify({ ...plan, project_name: "old" })}\n\`\`\`\n\`\`\`json\n${json}\n\`\`\``,
      ["prose", "fence"],
    ],
    ["behind a draft that never ends", `{"project_name": "dra\n\n${json}`, ["prose"]],
    ["under a wrapping key", JSON.stringify({ PRD: plan }), ["wrapper"]],
    ["in a list", JSON.stringify([plan]), ["wrapper"]],
    ["under two wrappings", JSON.stringify({ data: [plan] }), ["wrapper", "wrapper"]],
    ["in a JSON string", JSON.stringify(json), ["stringified"]],
    ["with a byte order mark", `\uFEFF${json}`, []],
  ])("%s", (_, text, kinds) => expect(summary(readJson(text, Plan))).toEqual([plan, ...kinds]));

  it("with fences and tags in its strings, inside a fence", () =>
    expect(summary(readJson(`Here:\n\`\`\`json\n${JSON.stringify(nasty, null, 2)}\n\`\`\``, Plan))).toEqual([
      nasty,
      "prose",
      "fence",
    ]));

  it("with a placeholder of the same shape behind it", () =>
    expect(summary(readJson('{"a": "b"} in the form {"a": "..."}', Text))).toEqual([{ a: "b" }, "prose"]));

  it("as the last of two that fit", () =>
    expect(summary(readJson('{"a": "old"}\nNo, rather:\n{"a": "new"}', Text))).toEqual([{ a: "new" }, "prose"]));
});

const fixed = "syntax";
const guessed = "syntax!";
describe("repairs", () => {
  it.each<[string, ZodType, string, unknown, ...string[]]>([
    ["a missing opening quote", Text, '{"a":b"}}', { a: "b" }, fixed],
    ["a missing opening quote and a wrong bracket", Text, '{"a":b"]}', { a: "b" }, fixed],
    ["a missing opening quote and bracket", Text, '{"a":b"', { a: "b" }, fixed],
    ["a missing closing bracket", Text, '{"a":"b"', { a: "b" }, fixed],
    ["a missing closing quote at the end", Text, '{"a": "b', { a: "b" }, "truncated!"],
    ["a missing closing quote on a line", Pair, '{"a": "x,\n"b": 1}', { a: "x", b: 1 }, guessed],
    ["a missing opening brace's twin", Text, '{{"a":"b"}}', { a: "b" }, fixed],
    ["brackets too many", Text, '{"a":"b"}}]', { a: "b" }, "prose"],
    ["no quotes at all", Text, "{a: b}", { a: "b" }, fixed],
    ["single quotes", Text, "{'a': 'it's'}", { a: "it's" }, fixed],
    ["curly quotes", Text, "{“a”: “b”}", { a: "b" }, fixed],
    ["full-width punctuation", Pair, '｛“a”：“全，角：”，"b"：1｝', { a: "全，角：", b: 1 }, fixed],
    ["a full-width comma at the end", Text, '{"a"："b"，}', { a: "b" }, fixed],
    ["back-ticks", Text, '{"a": `x "y"`}', { a: 'x "y"' }, fixed],
    ["triple quotes", Text, '{"a": """x "y"\nz"""}', { a: 'x "y"\nz' }, fixed],
    ["quotes in a text", Text, '{"a": "He said "yes", then left"}', { a: 'He said "yes", then left' }, fixed],
    ["quotes around the end of a text", Text, '{"a": "say "hi""}', { a: 'say "hi"' }, fixed],
    [
      "quotes with brackets in a text",
      Pair,
      '{"a":"use arr["key"] to","b":1}',
      { a: 'use arr["key"] to', b: 1 },
      fixed,
    ],
    ["what looks like a key in a text", Pair, '{"a":"say "c": 2 ok","b":1}', { a: 'say "c": 2 ok', b: 1 }, fixed],
    [
      "quotes in a list's text",
      List,
      '{"a":["He said "a", then", "y"],"b":1}',
      { a: ['He said "a", then', "y"], b: 1 },
      fixed,
    ],
    ["raw line breaks", Text, '{"a": "x\n\ty"}', { a: "x\n\ty" }, fixed],
    ["unknown escapes", Text, '{"a": "\\d+ \\_ C:\\Users"}', { a: "\\d+ \\_ C:\\Users" }, fixed],
    ["escaped apostrophes", Text, `{"a": "it\\'s"}`, { a: "it's" }, fixed],
    ["a comma too many", Text, '{"a":"b",}', { a: "b" }, fixed],
    ["a comma at the start", Text, '{,"a":"b"}', { a: "b" }, fixed],
    ["doubled commas", List, '{"a":["x",,"y",],"b":1}', { a: ["x", "y"], b: 1 }, fixed],
    ["a missing comma between members", Pair, '{"a":"x"\n"b":1}', { a: "x", b: 1 }, fixed],
    ["a missing comma on one line", Pair, '{"b": 1 "a": "x"}', { a: "x", b: 1 }, fixed],
    ["a missing comma in a list", List, '{"a":["x" "y"],"b":1}', { a: ["x", "y"], b: 1 }, fixed],
    ["a semicolon for a comma", Pair, '{"a":"x; y";"b":1}', { a: "x; y", b: 1 }, fixed],
    ["a missing colon", Text, '{"a" "b"}', { a: "b" }, fixed],
    ["an arrow for a colon", Text, '{"a" => "b"}', { a: "b" }, fixed],
    ["a key without its first quote", Text, '{a": "b"}', { a: "b" }, fixed],
    ["a missing list end", List, '{"a":["x","y","b":1}', { a: ["x", "y"], b: 1 }, fixed],
    ["a missing list end at the end", List, '{"b":1,"a":["x","y"}', { a: ["x", "y"], b: 1 }, fixed],
    ["a wrong list end", List, '{"a":["x","y"},"b":1}', { a: ["x", "y"], b: 1 }, fixed],
    ["a stray list end", List, '{"a":["x",\n"y"\n],\n],"b":1}', { a: ["x", "y"], b: 1 }, fixed],
    ["a line comment", Text, '{"a": "http://b" // why\n}', { a: "http://b" }, fixed],
    ["a hash comment", Text, '{ # why\n"a": "# b"}', { a: "# b" }, fixed],
    ["a block comment", Text, '{/* "a": 1, */ "a": "/* b */"}', { a: "/* b */" }, fixed],
    [
      "literals of Python",
      z.object({ a: z.boolean(), b: z.null() }),
      '{"a": True, "b": None}',
      { a: true, b: null },
      fixed,
    ],
    ["a plus before a number", Pair, '{"a":"x","b":+1}', { a: "x", b: 1 }, fixed],
    ["thousands", Pair, '{"a":"x","b":1,250,000}', { a: "x", b: 1_250_000 }, fixed],
    ["an ellipsis in a list", List, '{"a":["x", ...],"b":1}', { a: ["x"], b: 1 }, guessed],
    ["doubly escaped JSON", Text, '{\\"a\\":\\"b\\"}', { a: "b" }, "stringified"],
    ["doubly escaped JSON with line breaks", Text, '{\\n  \\"a\\": \\"b\\"\\n}', { a: "b" }, "stringified"],
  ])("%s", (_, schema, text, value, ...repairs) =>
    expect(summary(readJson(text, schema))).toEqual([value, ...repairs]),
  );
});

const Fields = z.object({
  product_goals: z.array(z.string()).optional(),
  level: z.enum(["P0", "P1", "very low"]).optional(),
  count: z.int().optional(),
  done: z.boolean().optional(),
  name: z.string().optional(),
  note: z.string().nullable().optional(),
  owner: z.object({ name: z.string() }).optional(),
  size: z.union([z.number(), z.string()]).optional(),
});
describe("coerces", () => {
  it.each<[string, object, unknown, ...string[]]>([
    ["a key in title case", { "Product Goals": ["x"] }, { product_goals: ["x"] }, "key_case product_goals"],
    ["a key in camel case", { productGoals: ["x"] }, { product_goals: ["x"] }, "key_case product_goals"],
    ["a key with decoration", { "1. **Product-Goals:**": ["x"] }, { product_goals: ["x"] }, "key_case product_goals"],
    ["a key in full width", { ｎａｍｅ: "x" }, { name: "x" }, "key_case name"],
    ["no key that is taken", { Name: "x", name: "y" }, { name: "y" }, "extra Name!"],
    ["a nested key", { owner: { Name: "x" } }, { owner: { name: "x" } }, "key_case owner.name"],
    ["an unknown key", { name: "x", colour: "red" }, { name: "x" }, "extra colour!"],
    ["a choice by its case", { level: "p0" }, { level: "P0" }, "enum level"],
    ["a choice with decoration", { level: ' "**P1**".' }, { level: "P1" }, "enum level"],
    ["a choice by its separator", { level: "Very_Low" }, { level: "very low" }, "enum level"],
    ["a number written as text", { count: " 1,250 " }, { count: 1250 }, "number count"],
    ["a yes", { done: "Yes" }, { done: true }, "boolean done"],
    ["a false", { done: "FALSE" }, { done: false }, "boolean done"],
    ["a number for a text", { name: 2048 }, { name: "2048" }, "text name!"],
    ["lines for a text", { name: ["x", "y"] }, { name: "x\ny" }, "text name"],
    ["a text for a list", { product_goals: "x, y" }, { product_goals: ["x, y"] }, "list product_goals"],
    ["bullets for a list", { product_goals: "- x\n\n* y" }, { product_goals: ["x", "y"] }, "list product_goals"],
    ["numbers for a list", { product_goals: "1. x\n2. y" }, { product_goals: ["x", "y"] }, "list product_goals"],
    ["an empty text for a list", { product_goals: "" }, { product_goals: [] }, "list product_goals"],
    ["a list in a text", { product_goals: '["x"]' }, { product_goals: ["x"] }, "stringified product_goals"],
    ["an object in a text", { owner: '{"name": "x"}' }, { owner: { name: "x" } }, "stringified owner"],
    ["a list of one for an object", { owner: [{ name: "x" }] }, { owner: { name: "x" } }, "wrapper owner"],
    ["a null for nothing", { name: null }, {}, "null name"],
    ["nothing where null is meant", { note: null }, { note: null }],
    ["nothing where both are allowed", { size: "12" }, { size: "12" }],
    ["a wrapping key, although nothing is required", { plan: { name: "x" } }, { name: "x" }, "wrapper"],
    ["a hostile key", JSON.parse('{"__proto__": {"name": "x"}, "name": "y"}'), { name: "y" }, "extra __proto__!"],
  ])("%s", (_, answer, value, ...repairs) =>
    expect(summary(readJson(JSON.stringify(answer), Fields))).toEqual([value, ...repairs]),
  );
});

describe("takes a null for nothing", () => {
  const Remarks = z.object({
    unclear: z.string().describe("open questions; empty if none"),
    packages: z.array(z.string()).describe("empty if the standard library is enough"),
    goal: z.string().describe("what it is for"),
  });

  it("where the schema says that an empty value stands for it", () => {
    const answer = { unclear: null, packages: null, goal: "x" };
    expect(summary(readJson(JSON.stringify(answer), Remarks))).toEqual([
      { unclear: "", packages: [], goal: "x" },
      "null unclear",
      "null packages",
    ]);
  });

  it("and asks for what may not be empty", () => {
    const reading = readJson(JSON.stringify({ unclear: "", packages: [], goal: null }), Remarks);
    expect(reading).toMatchObject({ ok: false, problems: ["goal: expected a text, got null"] });
  });
});

describe("keeps what is complete of a cut answer", () => {
  const cut = "truncated!";
  it.each<[string, string, unknown, ...string[]]>([
    ["in a list's text", '{"b":1,"a":["x","y', { a: ["x"], b: 1 }, cut],
    ["behind a list's comma", '{"b":1,"a":["x",', { a: ["x"], b: 1 }, cut],
    ["behind the list", '{"b":1,"a":["x","y"]', { a: ["x", "y"], b: 1 }, cut],
    ["in a key nobody needs", '{"b":1,"a":["x","y"], "c', { a: ["x", "y"], b: 1 }, cut],
    ["in a fence", '```json\n{"b":1,"a":["x","y', { a: ["x"], b: 1 }, "fence", cut],
  ])("%s", (_, text, value, ...repairs) =>
    expect(summary(readJson(text, List, { truncated: true }))).toEqual([value, ...repairs]),
  );

  it("without the item that was being written", () => {
    const reading = readJson(
      '{"project_name":"x","product_goals":[],"anything_unclear":"","competitors":[],"requirement_pool":[{"priority":"P0","text":"a"},{"priority":"P1","te',
      Plan,
      { truncated: true },
    );
    expect(reading).toMatchObject({ ok: true, value: { requirement_pool: [{ priority: "P0", text: "a" }] } });
  });

  it("and names what is not there", () =>
    expect(readJson('{"a":["x"],"b":12', List, { truncated: true })).toEqual({
      ok: false,
      problems: ["b: cut off (expected a number)"],
      truncated: true,
    }));

  it("and says so where nothing is", () =>
    expect(readJson("I would", List, { truncated: true })).toEqual({
      ok: false,
      problems: ["the JSON is cut off"],
      truncated: true,
    }));
});

describe("says what is wrong", () => {
  const wrong = (change: object) => JSON.stringify({ ...plan, ...change });
  it.each<[string, string, ...string[]]>([
    ["an empty answer", " ", "the answer is empty"],
    ["only reasoning", "<think>well", "there is only reasoning and no answer"],
    ["only prose", "I'm sorry, I can't.", "there is no JSON in the answer"],
    ["a missing list", wrong({ product_goals: undefined }), "product_goals: missing (expected a list of texts)"],
    ["a missing member", wrong({ competitors: [{ name: "x" }] }), "competitors[0].x: missing (expected a number)"],
    [
      "a choice there is not",
      wrong({ requirement_pool: [{ priority: "high", text: "x" }] }),
      'requirement_pool[0].priority: expected "P0", "P1" or "P2", got "high"',
    ],
    [
      "a text for a list of objects",
      wrong({ competitors: "none" }),
      'competitors: expected a list of objects, got "none"',
    ],
    ["an object for a text", wrong({ anything_unclear: {} }), "anything_unclear: expected a text, got an object"],
    ["a null for a text", wrong({ anything_unclear: null }), "anything_unclear: expected a text, got null"],
    [
      "a word for a number",
      wrong({ competitors: [{ name: "x", x: "high" }] }),
      'competitors[0].x: expected a number, got "high"',
    ],
    [
      "another kind of document",
      "[1, 2]",
      "the answer: expected an object with project_name, product_goals, requirement_pool, competitors, anything_unclear, got a list",
    ],
    [
      "an answer near the end of a long list of mistakes",
      wrong({ competitors: Array.from({ length: 30 }, () => ({ name: "x" })) }),
      ...Array.from({ length: 20 }, (_, index) => `competitors[${index}].x: missing (expected a number)`),
      "and 10 more problems of this kind",
    ],
  ])("%s", (_, text, ...problems) => expect(readJson(text, Plan)).toEqual({ ok: false, problems, truncated: false }));

  it("by a rule of the schema's own", () =>
    expect(readJson('{"a": "Game 2048"}', z.object({ a: z.string().regex(/^[a-z_]+$/) }))).toEqual({
      ok: false,
      problems: ['a: Invalid string: must match pattern /^[a-z_]+$/, got "Game 2048"'],
      truncated: false,
    }));
});

const document = fc.record({
  project_name: fc.string({ unit: "binary" }),
  product_goals: fc.array(fc.string({ unit: "grapheme" })),
  requirement_pool: fc.array(
    fc.record({ priority: fc.constantFrom("P0" as const, "P1" as const, "P2" as const), text: fc.string() }),
  ),
  competitors: fc.array(
    fc.record({ name: fc.string(), x: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0) }),
  ),
  anything_unclear: fc.string(),
});

it("brings any document back exactly, alone and in a fence with prose", () => {
  fc.assert(
    fc.property(document, fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(readJson(text, Plan)).toEqual({ ok: true, value, repairs: [] });
      const fenced = readJson(`Here is it:\n\n\`\`\`json\n${text}\n\`\`\`\n\nDone.`, Plan);
      expect(summary(fenced)).toEqual([value, "prose", "fence"]);
    }),
  );
});

it("reads any text without throwing", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      '"',
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\\",
      "\n",
      "'",
      "“",
      "：",
      "//",
      "/*",
      "```",
      '"a":',
      "[CONTENT]",
      "</think>",
      "null",
      "1",
    ),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), fc.boolean(), (parts, truncated) => {
      for (const text of [parts.join(""), `{"a": ${parts.join("")}`, `{"a": "${parts.join("")}"}`]) {
        const reading = readJson(text, Text, { truncated });
        expect(reading.ok ? typeof reading.value.a : reading.problems.length > 0).toBe(reading.ok ? "string" : true);
      }
    }),
    { numRuns: 2000 },
  );
});

it.each([
  "{",
  "[",
  '["',
  '{"a":',
  '"',
  '","b":',
  "\n1",
  "```js\n",
  "```js\n```js\n```\n",
  "{}",
  '{"a":1}\n',
  "<think>",
  "</think> ",
  "[CONTENT]",
  '"//',
  '"/*',
  "/*",
  "\\",
  '\n"a',
  '"   ',
  '"x",,',
  '<a href="x">y</a> ',
  "word ",
  "it's ",
  "”，“",
  '":',
  " \n",
])("reads a million characters of %j", (piece) => {
  const run = piece.repeat(Math.ceil(1_000_000 / piece.length));
  for (const text of [run, `{"a":"${run}`, `{"a":[${run.slice(0, 200_000)}`])
    expect(readJson(text, List)).toHaveProperty("ok");
});
