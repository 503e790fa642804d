import { expect, it } from "vitest";
import { readSource } from "../../../../src/project/code/read-source.ts";
import { problems } from "../in-words.ts";

it("reads what a style sheet imports and refers to", async () => {
  const text =
    '@import "a.css";\n@import url(b.css) screen;\n.a { background: url("img/a.png?1"); src: url(https://x.y/z.woff) }';
  expect(await readSource("a.css", text)).toMatchObject({
    checkedBy: "css-tree",
    imports: [
      { from: "a.css", line: 1 },
      { from: "b.css", line: 2 },
    ],
    refers: [{ to: "img/a.png", line: 3, kind: "image" }],
  });
});

it.each<[string, string[]]>([
  ["a {\n  color: red;\n", ['1 "{" is never closed']],
  ["a { color: red; }\n}", ['2 "}" closes nothing']],
  ["a { width: calc(1px + (2px); }", ['1 "}" closes the "(" of line 1']],
  ["a {\n  color: red\n  top: 0;\n}", ["2 a semicolon is missing before `top`"]],
  ["a::before { content: 'x\n}", ["1 a string has no end on its line"]],
  ["a { color: red; }\n/* begun", ["2 a comment is never closed"]],
])("finds what breaks `%s`", async (text, expected) => {
  expect((await problems("a.css", text)).slice(0, 1)).toEqual(expected);
});

it.each([
  "@media (width >= 600px) { .a { &:hover { color: blue } > p { top: 0 } } }",
  ":root { --a: { x: 1 }; --b: ; --c: 1px\n  solid; }\n@layer a, b;\n@container (min-width: 1px) { a { b: c } }",
  "a { *zoom: 1; filter: progid:DXImageTransform.Microsoft.gradient(a='b'); background: url(data:image/png;base64,a//b==) }",
  'a { grid-template-areas: "a b"\n    "c d"; transition: a 1s,\n    b 2s }',
  "@supports (display: grid) and (not (display: inline-grid)) { a:not(.b):nth-child(2n + 1) { color: rgb(1 2 3 / 50%) } }",
  "/* 中文 */ .按钮 { content: '\\201C' }",
])("finds nothing wrong in `%s`", async (text) => {
  expect(await problems("a.css", text)).toEqual([]);
});
