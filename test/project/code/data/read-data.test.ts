import { expect, it } from "vitest";
import { problems } from "../in-words.ts";

it.each<[string, string, string[]]>([
  ["a.json", '{"a": 1}', []],
  ["a.json", '{\n"a": 1,\n}', ["3 Expected double-quoted property name"]],
  ["a.json", '{\n"a": 1\n"b": 2}', ["3 Expected ',' or '}' after property value"]],
  ["a.json", '{"a": [1,\n2\n', ["3 Expected ',' or ']' after array element"]],
  ["package.json", "// no comment\n{}", ["1 Unexpected token '/'"]],
  ["tsconfig.json", '{\n// comment\n"a": [1,],\n}', []],
  ["tsconfig.json", '{\n"a" 1}', ["2 Unexpected token"]],
  ["a.yaml", "a:\n  - b\n  - c: d\n---\nx: 1", []],
  ["a.yaml", "a: 1\na: 2", ["2 Map keys must be unique"]],
  ["a.yaml", "a:\n  b: 1\n c: 2", ["3 All mapping items must start at the same column"]],
  ["chart.yaml", "a: {{ .Values.b }}\n{{- if c }}\nd: 1", []],
  ["a.txt", "{", []],
])("reads %s with %s", async (path, text, expected) => {
  expect((await problems(path, text)).slice(0, 1)).toEqual(expected);
});
