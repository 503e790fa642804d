import { expect, it } from "vitest";
import { readSource } from "../../../../src/project/code/read-source.ts";
import { problems } from "../in-words.ts";

const page = `<!DOCTYPE html>
<html lang="zh"><head><title>贪吃蛇</title>
<link rel="stylesheet" href="css/style.css?v=2"><link rel="icon" href="data:,">
<script type="importmap">{"imports": {"three": "./lib/three.js"}}</script>
<style>
body { background: url("img/a%20b.png") }
</style></head>
<body>
<canvas id="board"></canvas><p id="{{ id }}">
<a href="about.html#top">a</a><a href="/x">b</a><a href="#board">c</a><a href="https://a.b/c.html">d</a>
<button onclick="document.getElementById('board').focus()">go</button>
<script src="js/a.js"></script><script src="https://cdn.example/x.js"></script>
<script type="module" src="./js/m.js"></script>
<script type="module">
import { start } from "./js/start.js";
document.querySelector("#score").id = "made";
</script>
</body></html>
`;

it("reads the ids, the files and the scripts of a page with their lines", async () => {
  const source = await readSource("index.html", page);
  expect(source).toMatchObject({
    language: "html",
    checkedBy: "parse5",
    problems: [],
    ids: [{ id: "board", line: 9 }],
    idsWanted: [
      { id: "board", line: 11 },
      { id: "score", line: 16 },
    ],
    idsMade: ["made"],
    imports: [{ from: "./js/start.js", line: 15, names: ["start"] }],
    importMap: [{ from: "three", to: "./lib/three.js" }],
  });
  expect(source.refers.map(({ line, kind, to }) => `${line} ${kind} ${to}`)).toEqual([
    "3 style css/style.css",
    "6 image img/a b.png",
    "10 page about.html",
    "12 script js/a.js",
    "13 module ./js/m.js",
  ]);
});

it.each<[string, string[]]>([
  ['<div>\n<span class="a">x\n</div>', ["2 <span> is not closed"]],
  ["<main>\n</main>\n</div>", ["3 </div> closes nothing"]],
  ["<p>a</p>\n<script>\nlet x = ;\n</script>", ["3 Unexpected token"]],
  ["<style>\na { color: red\n</style>", ['2 "{" is never closed']],
  ['<a href="x.html" href="y.html">a</a>', ["1 an attribute is given twice, and only the first one counts"]],
  ["<p>a</p>\n<!-- begun", ["2 the page ends within a comment"]],
  ['<p>a</p>\n<div class="a', ["2 the page ends within a tag"]],
  ['<button onclick="start(">a</button>', ["1 Unexpected token"]],
  ['<script type="application/json">\n{"a": 1,}\n</script>', ["2 Expected double-quoted property name"]],
])("finds what breaks `%s`", async (text, expected) => {
  expect(await problems("a.html", text)).toEqual(expected);
});

it.each([
  "<ul><li>a<li>b</ul><table><tr><td>1<td>2</table><p>a<p>b<br/><img src=a.png>",
  '<svg viewBox="0 0 1 1"><path d="M0"/><circle r=1></svg><input disabled value=a&b>',
  "<script>const a = '</div>'; if (1 < 2 && a) {}</script><!-- </div> <b -->",
  "<template><tr><td id=x></td></tr></template><details open><summary>a</summary></details>",
  "{% extends 'a.html' %}<div {% if a %}class='b'{% endif %}>{% if x %}<div>{% else %}<div>{% endif %}</div></div>",
  "<script>const data = {{ data | tojson }};</script>",
  '<div v-if="a > b" @click="go" :key="1">{{ a }}</div>',
  "<h1>只有片段</h1>",
  "",
])("finds nothing wrong in `%s`", async (text) => {
  expect(await problems("a.html", text)).toEqual([]);
});
