import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCode } from "../../src/repair/index.ts";

const js = "const a = 1;\n\n  play(a);\n";
const fence = (info: string, code = js, mark = "```") => `${mark}${info}\n${code}${mark}`;

/** The path, the answer, the source, and the kinds of repair. */
type Case = [name: string, path: string, answer: string, source: string, kinds: string[]];

describe("reads the source out of", () => {
  const readme = "# Snake\n\n```bash\nnpm start\n```\n\nTree:\n\n```\nsrc/\n  a.js\n```\n\nEnd.\n";
  it.each<Case>([
    ["one fence", "a.js", fence("js"), js, []],
    ["a fence of tildes", "a.js", fence("js", js, "~~~"), js, []],
    ["a longer fence", "a.js", fence("js", `x = \`\n\`\`\`\n\`;\n`, "````"), "x = `\n```\n`;\n", []],
    ["a fence without a language", "a.js", fence(""), js, []],
    ["prose around", "a.js", `Here it is:\n\n${fence("js")}\n\nHope it helps!`, js, ["prose"]],
    ["reasoning before", "a.js", `<think>\n\`\`\`js\nno();\n\`\`\`\n</think>\n${fence("js")}`, js, ["reasoning"]],
    ["reasoning nobody opened", "a.js", `so I write it.\n</think>\n\n${fence("js")}`, js, ["reasoning"]],
    ["windows line ends", "a.js", fence("js").replaceAll("\n", "\r\n"), js, []],
    ["an indented fence", "a.js", "1. The file:\n\n   ```js\n   a();\n     b();\n   ```", "a();\n  b();\n", ["prose"]],
    ["a fence with spaces around its language", "a.js", fence("  js  "), js, []],
    ["a fence closed on the last line of code", "a.js", "```js\na();```", "a();\n", []],
    ["a fence that never closes", "a.js", "```js\na();\n", "a();\n", ["unclosed"]],
    ["a fence without a last line break", "a.js", "```js\na();", "a();\n", ["unclosed"]],
    ["too many blank lines at the end", "a.js", fence("js", "a();\n\n\n"), "a();\n", []],
    [
      "blank lines and spaces inside",
      "a.js",
      fence("js", "\n\n  a();  \n\t\n b();\n"),
      "\n\n  a();  \n\t\n b();\n",
      [],
    ],
    [
      "the block of its language",
      "a.css",
      `${fence("html", "<p>longer than it</p>\n")}\n${fence("css", "p {}\n")}`,
      "p {}\n",
      ["block"],
    ],
    [
      "the block its info string names",
      "src/a.js",
      `${fence("js", "b();\nc();\n")}\n${fence("js src/a.js")}`,
      js,
      ["block"],
    ],
    [
      "the block named with a colon",
      "src/a.js",
      `${fence("js", "b();\nccccccccccccccccccccc();\n")}\n${fence("js:src/a.js")}`,
      js,
      ["block"],
    ],
    [
      "the block named by its title",
      "src/a.js",
      `${fence("js", "b();\nccccccccccccccccccccc();\n")}\n${fence('js title="a.js"')}`,
      js,
      ["block"],
    ],
    [
      "the block the line before names",
      "src/a.js",
      `**src/b.js**\n${fence("js", "b();\nccccccccccccccccccccccc();\n")}\n\n### \`src/a.js\`\n\n${fence("js")}`,
      js,
      ["block"],
    ],
    [
      "the block its first comment names",
      "src/a.js",
      `${fence("js", "// src/b.js\nb();\nccccccccccccccccccccccc();\n")}\n${fence("js", "// src/a.js\na();\n")}`,
      "// src/a.js\na();\n",
      ["block"],
    ],
    [
      "the code, not the command that runs it",
      "a.js",
      `${fence("js")}\nRun a.js so:\n${fence("sh", "node a.js\n")}`,
      js,
      ["block"],
    ],
    ["the longest of equal blocks", "a.js", `${fence("js", "a();\n")}\nor\n${fence("js")}`, js, ["block"]],
    [
      "a language by another name",
      "a.ts",
      `${fence("sh", "npm install the whole lot of it\n")}\n${fence("typescript")}`,
      js,
      ["block"],
    ],
    [
      "a fence in a template of its own",
      "a.js",
      fence("js", "const help = `\n```js\nx();\n```\n`;\n"),
      "const help = `\n```js\nx();\n```\n`;\n",
      [],
    ],
    [
      "a docstring with a fence",
      "a.py",
      fence("python", 'def f():\n    """\n    ```python\n    f()\n    ```\n    """\n'),
      'def f():\n    """\n    ```python\n    f()\n    ```\n    """\n',
      [],
    ],
    ["Markdown with examples", "README.md", fence("markdown", readme), readme, []],
    ["Markdown in a longer fence", "README.md", fence("markdown", readme, "````"), readme, []],
    ["Markdown in a bare fence", "README.md", fence("", "# T\n\n```sh\nls\n```\n"), "# T\n\n```sh\nls\n```\n", []],
    [
      "Markdown with an example at its end",
      "README.md",
      fence("md", "# T\n\n```\nls\n```\n"),
      "# T\n\n```\nls\n```\n",
      [],
    ],
    ["Markdown with words behind", "README.md", `${fence("markdown", readme)}\n\nThat is all.`, readme, ["prose"]],
    [
      "Markdown and another block behind",
      "README.md",
      `${fence("markdown", "# T\n")}\n\nRun:\n\n\`\`\`\nnpm start\n\`\`\``,
      "# T\n",
      ["block"],
    ],
    [
      "Markdown without its closing fence",
      "README.md",
      "```markdown\n# T\n\n```sh\nls\n```\n\n## More\n",
      "# T\n\n```sh\nls\n```\n\n## More\n",
      ["unclosed"],
    ],
    ["Markdown without a fence", "README.md", readme, readme, ["unfenced"]],
    ["no fence at all", "a.js", js, js, ["unfenced"]],
    [
      "no fence and a word before",
      "a.py",
      "Here is the code:\n\nimport os\n\ndef f():\n    return 1\n",
      "import os\n\ndef f():\n    return 1\n",
      ["prose", "unfenced"],
    ],
    [
      "no fence in HTML",
      "index.html",
      "<!DOCTYPE html>\n<html>\n<p>Hi</p>\n</html>",
      "<!DOCTYPE html>\n<html>\n<p>Hi</p>\n</html>\n",
      ["unfenced"],
    ],
    ["no fence in a text file", "notes.txt", "Some words only.", "Some words only.\n", ["unfenced"]],
    ["a JSON object", "a.js", JSON.stringify({ code: js }), js, ["wrapper"]],
    ["a JSON object with the path", "src/a.js", JSON.stringify({ "src/a.js": js }), js, ["wrapper"]],
    [
      "a JSON object in a fence",
      "a.js",
      fence("json", `${JSON.stringify({ path: "a.js", content: js }, null, 1)}\n`),
      js,
      ["wrapper"],
    ],
    ["a fence in a JSON object", "a.js", JSON.stringify({ code: fence("js") }), js, ["wrapper"]],
    ["JSON that is the file", "data.json", fence("json", '{"code": "x"}\n'), '{"code": "x"}\n', []],
    ["an empty Python package", "app/__init__.py", "```python\n```", "\n", []],
    ["a file without a known language", "Makefile", fence("makefile", "all:\n\ttrue\n"), "all:\n\ttrue\n", []],
    ["a closing tag of reasoning in a string", "a.js", fence("js", 'cut("</think>");\n'), 'cut("</think>");\n', []],
    [
      "comments that only sound like gaps",
      "a.js",
      fence("js", "// rest of the snake follows its head\n// keep existing entries\nf(...a);\n"),
      "// rest of the snake follows its head\n// keep existing entries\nf(...a);\n",
      [],
    ],
    [
      "spread objects",
      "a.js",
      fence("js", "f({\n  ...existing,\n  ...other,\n});\n"),
      "f({\n  ...existing,\n  ...other,\n});\n",
      [],
    ],
    ["an ellipsis of Python", "a.py", fence("python", "class A:\n    ...\n"), "class A:\n    ...\n", []],
    ["Chinese prose around", "a.js", `以下是代码：\n${fence("js")}\n希望有帮助`, js, ["prose"]],
  ])("%s", (_, path, answer, source, kinds) => {
    const reading = readCode(answer, { path });
    expect(reading).toMatchObject({ ok: true, value: source });
    expect(reading.ok && reading.repairs.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe("reads a cut answer", () => {
  it.each([
    ["in a fence", "a.js", "```js\na();\n  b", "a();\n  b\n"],
    ["in an example of Markdown", "README.md", "```markdown\n# T\n\n```sh\nls", "# T\n\n```sh\nls\n"],
    [
      "behind an example of Markdown",
      "README.md",
      "```markdown\n# T\n\n```sh\nls\n```\n\nSo",
      "# T\n\n```sh\nls\n```\n\nSo\n",
    ],
  ])("%s", (_, path, answer, source) =>
    expect(readCode(answer, { path, truncated: true })).toEqual({
      ok: true,
      value: source,
      repairs: [{ kind: "truncated", path: [], span: [0, answer.length], lossy: true }],
      lossy: true,
      truncated: true,
      extras: [],
    }),
  );
});

describe("refuses", () => {
  it.each([
    ["nothing", " \n", "a.js: the answer is empty"],
    ["an empty fence", "```js\n\n```", "a.js: the code is empty"],
    ["reasoning alone", "<think>let me see", "a.js: there is only reasoning and no code"],
    ["an apology", "I'm sorry, but I cannot write this file.", "a.js: there is no code in the answer, only prose"],
    [
      "prose",
      "The file should hold the game.\nIt has a loop and draws the snake on each tick.",
      "a.js: there is no code in the answer, only prose",
    ],
    [
      "a list of intentions",
      "- First, draw the board\n- Then move the snake\n- Finally, count",
      "a.js: there is no code in the answer, only prose",
    ],
    ["a Chinese refusal", "抱歉，我无法完成这个请求。", "a.js: there is no code in the answer, only prose"],
    [
      "a gap",
      fence("js", "// ... existing code ...\n"),
      'a.js: line 1 ("// ... existing code ...") stands for code that is missing; the whole file is needed',
    ],
    [
      "the rest unchanged",
      fence("js", "a();\n// rest of the code unchanged\n"),
      'a.js: line 2 ("// rest of the code unchanged") stands for code that is missing; the whole file is needed',
    ],
    [
      "the rest remaining the same",
      fence("js", "a();\n/* The rest of the file remains the same */\n"),
      'a.js: line 2 ("/* The rest of the file remains the same */") stands for code that is missing; the whole file is needed',
    ],
    [
      "a gap without a comment",
      fence("js", "a();\n... existing code ...\n"),
      'a.js: line 2 ("... existing code ...") stands for code that is missing; the whole file is needed',
    ],
    [
      "an ellipsis",
      fence("js", "a();\n  // ...\n"),
      'a.js: line 2 ("// ...") stands for code that is missing; the whole file is needed',
    ],
    [
      "other functions left out",
      fence("js", "# ... other methods ...\n"),
      'a.js: line 1 ("# ... other methods ...") stands for code that is missing; the whole file is needed',
    ],
    [
      "a Chinese gap",
      fence("js", "a();\n// 其余代码保持不变\n"),
      'a.js: line 2 ("// 其余代码保持不变") stands for code that is missing; the whole file is needed',
    ],
  ])("%s", (_, answer, problem) =>
    expect(readCode(answer, { path: "a.js" })).toEqual({
      ok: false,
      problems: [{ kind: "no-code", path: [], message: problem }],
      partial: undefined,
      truncated: false,
    }),
  );

  it("an apology for a text file", () =>
    expect(readCode("Sorry, I can't help with that.", { path: "README.md" })).toMatchObject({ ok: false }));
});

it("reads any text without throwing, ending in one line break", () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "```",
      "```js\n",
      "~~~\n",
      "\n",
      "<think>",
      "</think>",
      "{",
      '"code": "',
      "    ",
      "\r\n",
      "// ...\n",
    ),
  );
  fc.assert(
    fc.property(
      fc.array(part),
      fc.constantFrom("a.js", "README.md", "data.json"),
      fc.boolean(),
      (parts, path, truncated) => {
        const reading = readCode(parts.join(""), { path, truncated });
        expect(reading.ok ? /[^\n]\n$/.test(reading.value) : reading.problems.length > 0).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

it("brings any code in a long enough fence back unchanged", () => {
  const line = fc.string().map((text) => text.replace(/[\r\n`~]|<\//g, ""));
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const code = ["start();", ...lines, "end();"].join("\n");
      const reading = readCode(`Here:\n\n\`\`\`js\n${code}\n\`\`\`\n\nDone.`, { path: "x.unknown" });
      if (reading.ok) expect(reading.value).toBe(`${code}\n`);
      else expect(reading.problems[0]?.message).toContain("stands for code");
    }),
  );
});

it.each([
  "```js\n",
  "```js\n```js\n```\n",
  "~~~\n",
  "\n",
  " \n",
  "```\na\n",
  "<think>",
  "</think> ",
  '{"code": "',
  "// ...",
  "word ",
  "a\n",
  "{ [ ",
])("reads a million characters of %j", (piece) => {
  const answer = piece.repeat(Math.ceil(1_000_000 / piece.length));
  for (const path of ["a.js", "README.md"]) expect(readCode(answer, { path })).toHaveProperty("ok");
});
