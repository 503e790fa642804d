import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ZodType, z } from "zod";
import { repair } from "../../src/repair/index.ts";
import { Prd, Text } from "./cases/shapes.ts";
import { violation } from "./checks.ts";
import { type Corruption, corrupted, corruptions, fitTogether, wrappings } from "./corruptions.ts";

/** The same run everywhere; another number looks for more. */
const seed = 4;

const nastyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ..."\"'`“”‘’「」{}[]()<>,:;，：；｛｝［］、。\\/#*-+_.|&$@!?=~\n\r\t\u0000\u001b\u00A0\u3000\u200B\u2028\uFEFF",
      ),
      fc.constantFrom("\ud83d", "\ude00", "😀", "👨‍👩‍👧", "蛇", "引号", "a", "key", "0", "1.5", "null", "True"),
      fc.constantFrom(
        "```",
        "```json\n",
        "[CONTENT]",
        "[/CONTENT]",
        "<think>",
        "</think>",
        "// ",
        "/* ",
        " */",
        "# ",
        "&quot;",
      ),
      fc.constantFrom(
        '": "',
        '", "',
        '"}',
        "\\n",
        "\\u0041",
        "\\d",
        "C:\\",
        "https://a.b/c",
        "...",
        '"""',
        "'''",
        `\${a}`,
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

/** Objects of anything, under keys like these. */
const objectsWith = (key: fc.Arbitrary<string>) =>
  fc.letrec<{ root: Record<string, unknown>; value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthIdentifier: "value" },
      fc.oneof(nastyText, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
      fc.array(tie("value"), { maxLength: 4 }),
      tie("root"),
    ),
    root: fc.dictionary(key, tie("value"), { maxKeys: 4, depthIdentifier: "value" }),
  })).root;

const anyObject = objectsWith(nastyText);
const namedObject = objectsWith(nastyText.map((text) => `key${text}`));

/** A value as it is once it was written as JSON: no minus zero, no NaN. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The narrowest schema of exactly this value's form. */
function schemaOf(value: unknown): ZodType {
  if (typeof value === "string") return z.string();
  if (typeof value === "number") return z.number();
  if (typeof value === "boolean") return z.boolean();
  if (Array.isArray(value)) return z.array(value.length > 0 ? z.union(value.map(schemaOf)) : z.unknown());
  if (value === null || typeof value !== "object") return z.null();
  return z.strictObject(Object.fromEntries(Object.entries(value).map(([key, member]) => [key, schemaOf(member)])));
}

const mentions = (key: string, value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (Object.hasOwn(value, key) || Object.values(value).some((one) => mentions(key, one)));

describe("brings any JSON back exactly, and repairs nothing", () => {
  const clean = { ok: true, repairs: [], lossy: false, truncated: false, extras: [] };

  it("without a schema", () => {
    fc.assert(
      fc.property(anyObject, fc.constantFrom(0, 2, "\t"), (value, indent) => {
        const reading = repair(JSON.stringify(value, null, indent));
        expect(reading).toMatchObject(clean);
        expect(JSON.stringify(reading.ok && reading.value)).toBe(JSON.stringify(plain(value)));
      }),
      { numRuns: 400, seed },
    );
  });

  it("with its schema", () => {
    fc.assert(
      fc.property(anyObject.map(plain), fc.constantFrom(0, 2), (value, indent) => {
        fc.pre(!mentions("__proto__", value));
        const reading = repair(JSON.stringify(value, null, indent), schemaOf(value));
        expect(reading).toMatchObject(clean);
        expect(JSON.stringify(reading.ok && reading.value)).toBe(JSON.stringify(value));
      }),
      { numRuns: 250, seed },
    );
  });

  it("with its JSON Schema", () => {
    fc.assert(
      fc.property(anyObject.map(plain), (value) => {
        fc.pre(!mentions("__proto__", value));
        const reading = repair(JSON.stringify(value), z.toJSONSchema(schemaOf(value)));
        expect(reading).toMatchObject(clean);
        expect(JSON.stringify(reading.ok && reading.value)).toBe(JSON.stringify(value));
      }),
      { numRuns: 150, seed },
    );
  });
});

/** Texts that stay clear, however they are quoted. */
const tameText = fc
  .array(
    fc.constantFrom(
      ..."abc XYZ 019 蛇会动，。：；！（）「」、-_.!?%@&$",
      ...[
        "\n",
        "\t",
        '"',
        "'",
        "，",
        "snake",
        "贪吃蛇",
        "https://a.b/c?d=e#f",
        "// x",
        "# y",
        "C#",
        "it's",
        'say "hi"',
      ],
      ...[
        "title",
        "owner: 王",
        "[1]",
        "{name}",
        "True",
        "null",
        "12",
        "...",
        "<b>",
        "</b>",
        "=>",
        "; ",
        "1,250",
        "a/b",
        "😀",
      ],
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

interface Shaped {
  schema: ZodType;
  value: unknown;
}

const choice = (...options: [string, ...string[]]) =>
  fc.constantFrom(...options).map((value): Shaped => ({ schema: z.enum(options), value }));

const leaf: fc.Arbitrary<Shaped> = fc.oneof(
  tameText.map((value) => ({ schema: z.string(), value })),
  fc.integer({ min: -1000, max: 2_000_000 }).map((value) => ({ schema: z.number(), value })),
  fc.integer({ min: -400, max: 4000 }).map((value) => ({ schema: z.number(), value: value / 4 })),
  fc.integer({ min: 0, max: 99 }).map((value) => ({ schema: z.int(), value })),
  fc.boolean().map((value) => ({ schema: z.boolean(), value })),
  fc.option(tameText).map((value) => ({ schema: z.string().nullable(), value })),
  fc.array(tameText, { maxLength: 4 }).map((value) => ({ schema: z.array(z.string()), value })),
  choice("P0", "P1", "P2"),
  choice("高", "中", "低"),
);

const members = (keys: string[], of: fc.Arbitrary<Shaped>) =>
  fc
    .uniqueArray(fc.constantFrom(...keys), { minLength: 1, maxLength: 5 })
    .chain((chosen) => fc.tuple(...chosen.map((key) => fc.tuple(fc.constant(key), of))));

const objectOf = (entries: [string, Shaped][]): Shaped => ({
  schema: z.object(Object.fromEntries(entries.map(([key, { schema }]) => [key, schema]))),
  value: Object.fromEntries(entries.map(([key, { value }]) => [key, value])),
});

const inner = members(["name", "mail_address", "size", "内容", "first draft"], leaf).map(objectOf);

/** Some objects of one schema; each has a row of members, of which the first gives the schema. */
const rows = members(
  ["name", "size", "内容"],
  tameText.map((value) => ({ schema: z.string(), value })),
).chain((entries) =>
  fc.array(fc.tuple(...entries.map(() => tameText)), { maxLength: 3 }).map(
    (items): Shaped => ({
      schema: z.array(objectOf(entries).schema),
      value: items.map((texts) => Object.fromEntries(entries.map(([key], index) => [key, texts[index]]))),
    }),
  ),
);

const document = members(
  [
    "title",
    "product_goals",
    "requirement_pool",
    "anything_unclear",
    "score",
    "approved",
    "备注",
    "产品目标",
    "owner",
    "fileList",
    "Call Flow",
  ],
  fc.oneof({ weight: 5, arbitrary: leaf }, inner, rows),
).map(objectOf);

const some = (of: Corruption[]) =>
  fc
    .uniqueArray(fc.constantFrom(...of), { minLength: 1, maxLength: 3, selector: ({ group }) => group })
    .filter(fitTogether);

describe("brings the value back", () => {
  it("through any three lossless corruptions", () => {
    fc.assert(
      fc.property(document, some(corruptions), ({ schema, value }, chosen) => {
        const text = corrupted(value, chosen);
        const reading = repair(text, schema);
        expect({ text, value: reading.ok ? reading.value : reading.problems }).toEqual({ text, value });
        expect({ text, lossy: reading.ok && reading.lossy }).toEqual({ text, lossy: false });
      }),
      { numRuns: 1000, seed },
    );
  });

  it("whatever stands around it and whatever its texts hold", () => {
    fc.assert(
      fc.property(namedObject.map(plain), some(wrappings), (value, chosen) => {
        fc.pre(Object.keys(value as object).length > 0);
        const text = corrupted(value, chosen);
        const reading = repair(text, schemaOf(value));
        expect({ text, value: JSON.stringify(reading.ok ? reading.value : reading.problems) }).toEqual({
          text,
          value: JSON.stringify(value),
        });
      }),
      { numRuns: 1000, seed },
    );
  });
});

describe("never throws and never invents", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .array(
        fc.oneof(
          fc.constantFrom(..."{}[]\",:\\\n'`/#*<>-"),
          fc.constantFrom('"text"', "true", "12", "蛇", "：", "```", "</think>"),
        ),
        { maxLength: 60 },
      )
      .map((parts) => new TextEncoder().encode(parts.join(""))),
    fc.tuple(fc.nat({ max: 50 }), fc.uint8Array({ maxLength: 8 })).map(([at, noise]) => {
      const answer = new TextEncoder().encode('```json\n{"text": "贪吃蛇 \\u86c7 \\"好\\"", "more": [1, null]}\n```');
      answer.set(noise, at);
      return answer;
    }),
  );

  it.each(["utf-8", "latin1"] as const)("on any bytes read as %s", (encoding) => {
    fc.assert(
      fc.property(bytes, (input) => {
        const text = encoding === "utf-8" ? new TextDecoder().decode(input) : Buffer.from(input).toString("latin1");
        for (const schema of [Text, Prd, undefined] as const)
          expect({ text, violation: violation(text, schema, repair(text, schema)) }).toEqual({
            text,
            violation: undefined,
          });
      }),
      { numRuns: 700, seed },
    );
  });
});
