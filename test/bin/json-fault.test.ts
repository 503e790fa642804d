import { expect, it } from "vitest";
import { jsonFault } from "../../bin/json-fault.ts";

it.each([
  ["{}", undefined],
  ['\n{"a": [1, -2.5e3, true, null, "x\\n\\u00e4\\"", {}], "b": []}\r\n', undefined],
  ["", "it is empty"],
  [" \n", "it is empty"],
  ['{\n  "a": 1\n  "b": 2\n}', "line 2, column 9: a comma is missing here"],
  ['["a" "b"]', "line 1, column 5: a comma is missing here"],
  ['{\n  "a": [1],\n}', "line 2, column 11: there is a comma too many before }"],
  ["[1, 2, ]", "line 1, column 6: there is a comma too many before ]"],
  ['{\n"a": x}', "line 2, column 6: a value is expected here; a text stands in double quotes"],
  ["[01]", "line 1, column 2: a value or ] is expected here; a text stands in double quotes"],
  ["[1, True]", "line 1, column 5: a value is expected here; a text stands in double quotes"],
  ["{a: 1}", "line 1, column 2: a name in double quotes or } is expected here"],
  ['{"a": 1, b: 2}', "line 1, column 10: a name in double quotes is expected here"],
  ['{"a" 1}', "line 1, column 6: a colon is expected after the name"],
  ['{"a": 1]', "line 1, column 8: a comma or the closing bracket is expected here"],
  ['{\n "a": {\n  "b": [1]\n', "line 2, column 7: this { is never closed"],
  ['{"a": ', "line 1, column 1: this { is never closed"],
  ["{} x", "line 1, column 4: nothing may follow the end"],
  ["{'a': 1}", "line 1, column 2: ' stands here in place of \""],
  ['{"a"：1}', "line 1, column 5: ： stands here in place of :"],
  ['{"a": 1，"b": 2}', "line 1, column 8: ， stands here in place of ,"],
  ['{"a": “乐趣”}', 'line 1, column 7: “ stands here in place of "'],
])("%j: %s", (text, fault) => {
  expect(jsonFault(text)).toBe(fault);
});

it.each([
  ["has a line break", '{\n"a": "one\ntwo"}'],
  ["is not closed", '{\n"a": "one}\n'],
  ["has a backslash that begins nothing", '{\n"a": "C:\\path"}'],
])("says where a text begins that %s", (_what, text) => {
  expect(jsonFault(text)).toMatch(/^line 2, column 6: this text does not end on its line, or a sign in it/);
});

it.each([
  ["deep nesting", "[".repeat(500_000), "line 1, column 500000: this [ is never closed"],
  ["a long text", `["${"a\\n".repeat(500_000)}`, /^line 1, column 2: this text does not end/],
  ["many blanks", `[${" ".repeat(1_000_000)}x`, /^line 1, column 1000002: a value or \] is expected/],
])("finds its way through %s", (_what, text, fault) => {
  expect(jsonFault(text)).toEqual(typeof fault === "string" ? fault : expect.stringMatching(fault));
});
