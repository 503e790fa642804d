import { describe, expect, it } from "vitest";
import { grammarOf } from "../../../src/llm/llama/grammar.ts";

const bodyOf = (schema: Record<string, unknown>) => /^whole ::= (.*)$/m.exec(grammarOf(schema) ?? "")?.[1];

describe("the grammar of", () => {
  it.each<[string, Record<string, unknown>, string]>([
    ["a choice", { enum: ["a", 'b"', 1, null] }, String.raw`("\"a\"" | "\"b\\\"\"" | "1" | "null")`],
    ["a constant", { const: "a\n" }, String.raw`"\"a\\n\""`],
    ["what may be null", { anyOf: [{ type: "boolean" }, { type: "null" }] }, '(("true" | "false") | "null")'],
    ["several types", { type: ["null", "boolean"] }, '("null" | ("true" | "false"))'],
    ["a text of some length", { type: "string", minLength: 2, maxLength: 9 }, String.raw`"\"" character{2,9} "\""`],
    ["a text without bounds", { type: "string", pattern: "^a" }, String.raw`"\"" character{0,} "\""`],
    ["a very long text", { type: "string", maxLength: 100_000 }, String.raw`"\"" character{0,} "\""`],
    ["an empty text", { type: "string", maxLength: 0 }, String.raw`"\"" "" "\""`],
    ["a small range", { type: "integer", minimum: -1, maximum: 1 }, '("-1" | "0" | "1")'],
    ["a large range", { type: "integer", minimum: 0, maximum: 5000 }, "(natural)"],
    ["what is above zero", { type: "integer", exclusiveMinimum: 0 }, "([1-9] [0-9]{0,14})"],
    ["any integer", { type: "integer", minimum: Number.MIN_SAFE_INTEGER }, '("-"? natural)'],
    ["any number", { type: "number" }, '("-"? natural fraction?)'],
    ["a list", { type: "array", items: { type: "null" } }, '("[" line ("null" ("," line "null"){0,})? line "]")'],
    [
      "a list of some length",
      { type: "array", items: { type: "null" }, minItems: 1, maxItems: 3 },
      '("[" line "null" ("," line "null"){0,2} line "]")',
    ],
    ["an empty list", { type: "array", items: { type: "null" }, maxItems: 0 }, '("[" line "" line "]")'],
    [
      "a tuple",
      { type: "array", prefixItems: [{ type: "null" }, { const: 1 }] },
      '("[" line "null" "," line "1"  line "]")',
    ],
    [
      "an object, every property in its order",
      { type: "object", properties: { b: { const: 1 }, a: { const: 2 } }, required: ["b"] },
      String.raw`("{" line "\"b\"" ":" space "1" "," line "\"a\"" ":" space "2" line "}")`,
    ],
    [
      "a map",
      { type: "object", additionalProperties: { type: "null" } },
      '("{" line (text ":" space "null" ("," line text ":" space "null")*)? line "}")',
    ],
    ["an object without properties", { type: "object", additionalProperties: false }, '"{}"'],
    ["anything", {}, "value"],
    ["itself", { anyOf: [{ $ref: "#" }, { type: "null" }] }, '(whole | "null")'],
  ])("%s", (_, schema, body) => {
    expect(bodyOf(schema)).toBe(body);
  });

  it("a part that is named is a rule of its own", () => {
    const grammar = grammarOf({ $ref: "#/$defs/Part", $defs: { Part: { type: "null" } } });
    expect(grammar).toContain('whole ::= def-50617274\ndef-50617274 ::= "null"\n');
  });

  it.each([
    [{ allOf: [{ type: "object" }] }],
    [{ not: { type: "null" } }],
    [{ type: "decimal" }],
    [{ $ref: "other.json" }],
    [{ type: "object", patternProperties: {} }],
    [{ type: "array", items: { allOf: [] } }],
  ])("%j is none: it is not understood", (schema) => {
    expect(grammarOf(schema)).toBeUndefined();
  });
});
