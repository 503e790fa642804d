import { z } from "zod";

/** A text of about a size, to measure the time it takes to read. */
export interface Probe {
  readonly name: string;
  readonly make: (size: number) => string;
}

const repeated = (unit: string, size: number) => unit.repeat(Math.ceil(size / unit.length));

const probe = (name: string, unit: string, before = "", after = ""): Probe => ({
  name,
  make: (size) => before + repeated(unit, size) + after,
});

const numbered = (name: string, line: (index: number) => string, before = "", after = ""): Probe => ({
  name,
  make(size) {
    const lines: string[] = [];
    let length = 0;
    for (let index = 0; length < size; index++) {
      const next = line(index);
      lines.push(next);
      length += next.length;
    }
    return before + lines.join("") + after;
  },
});

/** Has strings, lists and nested objects, so that a reader with a schema has something to look for in the probes. */
export const probeSchema = z.object({
  a: z.string(),
  b: z.array(z.string()),
  Goals: z.array(z.object({ a: z.string(), b: z.number().optional() })),
  text: z.string().optional(),
});

/** What makes readers slow: missing pieces, openers without end, text that looks like structure. */
export const growthProbes: readonly Probe[] = [
  probe("missing commas between numbers", "1\n", "["),
  numbered("missing commas between strings", (index) => `"${"word ".repeat(19)}${index % 10}"\n`, "[", "]"),
  probe("unescaped quotes in one string", '"x" ', '{"a": "', '"}'),
  probe("unescaped quotes and commas in one string", 'say "x", then ', '{"a": "', '", "b": []}'),
  probe("HTML with unescaped attribute quotes", '<p class="c" id="i">x</p>', '{"a": "', '", "b": []}'),
  probe("code with raw quotes and line breaks", 'const a = { "b": "c" };\n', '{"a": "', '", "b": []}'),
  numbered("NDJSON", (index) => `{"a": ${index}}\n`),
  probe("NDJSON, all the same", '{"a":1}\n'),
  probe("trailing commas", "[1,],", "["),
  probe("trailing commas in strings' lists", '{"a":"x",},', "["),
  probe("[", "["),
  probe("{", "{"),
  probe("]", "]"),
  probe("}", "}"),
  probe("[{", "[{"),
  probe('{"a":', '{"a":'),
  probe('"a":', '"a":'),
  probe('"', '"'),
  probe("'", "'"),
  probe("`", "`"),
  probe("“", "“"),
  probe('"""', '"""\n'),
  probe("\\", "\\"),
  probe('\\"', '\\"'),
  probe("\\u", "\\u", '{"a":"'),
  probe("commas", ","),
  probe("colons", ":"),
  probe("full-width commas", "，"),
  probe("line breaks", "\n"),
  probe("blanks and a brace", " ", "{"),
  probe("fences", "```\n"),
  probe("fences with a language", "```json\n{\n"),
  probe("fences around lists", "```json\n[1]\n```\n"),
  probe("[CONTENT]", "[CONTENT]"),
  probe("[CONTENT] pairs", "[CONTENT]x[/CONTENT]\n"),
  probe("<think>", "<think>"),
  probe("<think> pairs", "<think>a {b} c</think>\n"),
  probe("<", "<"),
  probe("<a ", "<a "),
  probe("/*", "/*"),
  probe("//", "// x\n"),
  probe("# comments", "# x\n"),
  probe("<!--", "<!--"),
  probe("members cut by line breaks", '{"a":"x,\n'),
  probe("open strings on lines", '"a": "x\n', "{"),
  probe("lines like YAML", "- a: b\n"),
  probe("nested lines like YAML", "a:\n  b:\n    c: d\n"),
  numbered("deep YAML", (index) => `${" ".repeat(index % 200)}a:\n`),
  probe("Markdown headings", "## Goals\n"),
  probe("Markdown headings and bullets", "## Goals\n- a\n- b\n\n"),
  probe("bold labels", "**Goals**: a\n"),
  probe("prose that looks like keys", "a: b, "),
  probe("prose with braces", "see {a} and [b], "),
  probe("prose with quotes and braces", 'the "key": {value} '),
  probe("entities", "&quot;"),
  probe("a document in entities", "{&quot;a&quot;: &quot;x&quot;}, "),
  probe("escaped documents", '{\\"a\\": \\"x\\"}, '),
  probe("stray closers in a list", '"x"], ', '{"b": ['),
  probe("wrong closers", '{"a": [1}, '),
  probe("concatenation", '"x" + ', '{"a": '),
  probe("ellipses", "..., ", "["),
  probe("thousands commas", "1,234,", "["),
  probe("minus signs", "-", "["),
  probe("digits", "9", "["),
  probe("bare words", "word ", "["),
  numbered("many keys", (index) => `"k${index}": ${index},`, "{", "}"),
  numbered("many bare keys", (index) => `k${index}: ${index}\n`, "{", "}"),
  probe("the same key again and again", '"a": "x",', "{", "}"),
  probe("known keys in one string", '"b": ["x"], ', '{"a": "', '"}'),
  probe("drafts of one document", '{"a": "x", "b": ["y"], "Goals": []}\n'),
  probe("broken drafts", '{"a": "x", "b": ["y", \n\n'),
  probe("functions", "f("),
  probe("surrogates", "\ud83d"),
  probe("zero-width characters", "\u200b", "{"),
];

interface Speed {
  readonly name: string;
  readonly make: (size: number) => string;
  readonly schema: z.ZodType;
  readonly valid: boolean;
}

const Items = z.array(
  z.object({
    id: z.int(),
    name: z.string(),
    tags: z.array(z.string()),
    done: z.boolean(),
    note: z.string().nullable(),
  }),
);
const Code = z.object({ path: z.string(), code: z.string() });

const items = (size: number) =>
  Array.from({ length: Math.ceil(size / 104) }, (_, index) => ({
    id: index,
    name: `Task number ${index}`,
    tags: ["alpha", "beta"],
    done: index % 2 === 0,
    note: index % 3 === 0 ? null : "write it down, then go on",
  }));

const code = (size: number) =>
  repeated('export const row = (a, b) => a + "x" + b.map((c) => c * 2).join(","); // done\n', size);

const brokenItem = ({ id, name, done }: ReturnType<typeof items>[number]) =>
  `  {id: ${id}, name: '${name}', tags: ['alpha',, 'beta',], done: ${done ? "True" : "False"}, note: None}, // item ${id}\n`;

/** Documents of about a size whose reading is compared between readers. */
export const speedProbes: readonly Speed[] = [
  { name: "valid, compact", make: (size) => JSON.stringify(items(size)), schema: Items, valid: true },
  {
    name: "valid, one long string",
    make: (size) => JSON.stringify({ path: "a.js", code: code(size) }),
    schema: Code,
    valid: true,
  },
  {
    name: "broken: bare keys, single quotes, True, comments, doubled commas, cut",
    make: (size) => `[\n${items(size).map(brokenItem).join("")}`,
    schema: Items,
    valid: false,
  },
  {
    name: "broken: raw line breaks in one long string",
    make: (size) => JSON.stringify({ path: "a.js", code: code(size) }).replaceAll("\\n", "\n"),
    schema: Code,
    valid: false,
  },
];
