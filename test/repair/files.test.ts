import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFiles } from "../../src/repair/index.ts";

const a = "const a = 1;\n\n  play(a);\n";
const b = "export const b = 2;\n";
const fence = (info: string, code = a, mark = "```") => `${mark}${info}\n${code}${mark}\n`;

/** The answer, its files, and the kinds of repair. */
type Case = [name: string, answer: string, files: Record<string, string>, kinds?: string[]];

describe("reads files that are named", () => {
  it.each<Case>([
    ["behind the language", `${fence("js src/a.js")}\n${fence("js src/b.js", b)}`, { "src/a.js": a, "src/b.js": b }],
    ["behind a colon", `${fence("js:src/a.js")}${fence("c++:b.cpp", b)}`, { "src/a.js": a, "b.cpp": b }],
    ["by a title", `${fence('js title="src/a.js"')}${fence("js {title='b.js'}", b)}`, { "src/a.js": a, "b.js": b }],
    ["by a file name", `${fence("js filename=src/a.js")}${fence("js file: b.js", b)}`, { "src/a.js": a, "b.js": b }],
    ["by a title with blanks", fence('js title="my game.js"'), { "my game.js": a }],
    ["instead of a language", `${fence("src/a.js")}${fence("b.mjs", b)}`, { "src/a.js": a, "b.mjs": b }],
    ["without an extension", `${fence("make Makefile")}${fence("sh bin/run", b)}`, { Makefile: a, "bin/run": b }],
    [
      "in a heading",
      `### src/a.js\n\n${fence("js")}\n## 2. \`src/b.js\`\n${fence("js", b)}`,
      { "src/a.js": a, "src/b.js": b },
    ],
    [
      "in a heading with a note",
      `### File 1: src/a.js (new)\n${fence("js")}### b.js - the rest\n${fence("js", b)}`,
      { "src/a.js": a, "b.js": b },
    ],
    [
      "in bold",
      `**src/a.js**\n${fence("js")}\n1. **\`src/b.js\`:**\n\n${fence("js", b)}`,
      { "src/a.js": a, "src/b.js": b },
    ],
    [
      "in inline code",
      `\`src/a.js\`\n${fence("js")}\n- \`src/b.js\`:\n${fence("js", b)}`,
      { "src/a.js": a, "src/b.js": b },
    ],
    [
      "behind a label",
      `File: src/a.js\n${fence("js")}\n**Filename:** \`bin/run\`\n${fence("", b)}`,
      { "src/a.js": a, "bin/run": b },
    ],
    [
      "behind a Chinese label",
      `文件：src/a.js\n${fence("js")}\n**文件路径**：\`src/b.js\`\n${fence("js", b)}`,
      { "src/a.js": a, "src/b.js": b },
    ],
    [
      "in a Chinese heading",
      `### 1. 创建src/a.js文件\n${fence("js")}\n### 文件二：src/主.js\n${fence("js", b)}`,
      { "src/a.js": a, "src/主.js": b },
    ],
    [
      "alone on a line",
      `src/a.js:\n${fence("js")}\n=== src/b.js ===\n${fence("js", b)}`,
      { "src/a.js": a, "src/b.js": b },
    ],
    [
      "in steps",
      `Step 1: Create \`a.html\`\n${fence("html")}\nStep 2: create \`b.js\`\n${fence("js", b)}`,
      { "a.html": a, "b.js": b },
      ["prose", "prose"],
    ],
    ["with a description", `- \`src/a.js\`: the game\n${fence("js")}`, { "src/a.js": a }],
    ["by a link", `### [src/a.js](src/a.js)\n${fence("js")}`, { "src/a.js": a }],
    ["by a tag around them", `<file path="src/a.js">\n${fence("js")}</file>`, { "src/a.js": a }],
    [
      "by a comment of several lines",
      fence("js", `/**\n * src/a.js\n */\n${a}`),
      { "src/a.js": `/**\n * src/a.js\n */\n${a}` },
      ["path"],
    ],
    ["in a folded part", `<details><summary>src/a.js</summary>\n\n${fence("js")}\n</details>`, { "src/a.js": a }],
    ["in a sentence", `Here is \`src/a.js\`:\n\n${fence("js")}`, { "src/a.js": a }, ["prose"]],
    ["in a Chinese sentence", `以下是 src/a.js 的内容：\n${fence("js")}`, { "src/a.js": a }],
    ["by their first comment", fence("js", `// src/a.js\n${a}`), { "src/a.js": `// src/a.js\n${a}` }, ["path"]],
    [
      "by a comment with a label",
      fence("py", `# 文件: src/a.py - the game\n${b}`),
      { "src/a.py": `# 文件: src/a.py - the game\n${b}` },
      ["path"],
    ],
    [
      "by a comment behind a shebang",
      fence("py", `#!/usr/bin/env python\n# a.py\n${b}`),
      { "a.py": `#!/usr/bin/env python\n# a.py\n${b}` },
      ["path"],
    ],
    [
      "by a comment of HTML",
      fence("html", "<!DOCTYPE html>\n<!-- index.html -->\n<p>\n"),
      { "index.html": "<!DOCTYPE html>\n<!-- index.html -->\n<p>\n" },
      ["path"],
    ],
    ["twice, once in full", `### src/a.js\n${fence("js", `// a.js\n${a}`)}`, { "src/a.js": `// a.js\n${a}` }],
    [
      "above a description",
      `### src/a.js\n\nThe game loop.\nIt draws:\n\n${fence("js")}`,
      { "src/a.js": a },
      ["prose"],
    ],
    ["above a heading further down", `## src/a.js\n\n### Code\n\n${fence("js")}`, { "src/a.js": a }, ["prose"]],
    [
      "with backslashes",
      `### src\\game\\a.js\n${fence("js")}${fence("js .\\b.js", b)}`,
      { "src/game/a.js": a, "b.js": b },
    ],
    ["with Markdown's escapes", `### my\\_game/\\_\\_init\\_\\_.py\n${fence("py")}`, { "my_game/__init__.py": a }],
    [
      "from the folder itself",
      `${fence("js ./src/a.js")}${fence("js ../b.js", b)}${fence("js /c.js")}`,
      { "src/a.js": a, "../b.js": b, "/c.js": a },
    ],
    [
      "with brackets and dots",
      `${fence("ts app/[id]/(x)/page.tsx")}### .github/workflows/ci.yml\n${fence("yaml", b)}### .gitignore\n${fence("", b)}`,
      { "app/[id]/(x)/page.tsx": a, ".github/workflows/ci.yml": b, ".gitignore": b },
    ],
    [
      "with names of objects",
      `${fence("js __proto__.js")}${fence("js src/constructor", b)}`,
      { "__proto__.js": a, "src/constructor": b },
    ],
  ])("%s", (_, answer, files, kinds = []) => {
    const reading = readFiles(answer);
    expect(reading).toMatchObject({ ok: true, truncated: false, extras: [] });
    expect(reading.ok && reading.value).toEqual(files);
    expect(
      reading.ok && reading.repairs.map(({ kind }) => kind).filter((kind) => kind !== "prose" || kinds.includes(kind)),
    ).toEqual(kinds);
  });
});

describe("reads", () => {
  it.each<Case>([
    [
      "prose around",
      `好的，以下是代码：\n\n### src/a.js\n${fence("js")}\n希望有帮助！`,
      { "src/a.js": a },
      ["prose", "prose"],
    ],
    [
      "reasoning before",
      `<think>\n${fence("js src/x.js")}</think>\n${fence("js src/a.js")}`,
      { "src/a.js": a },
      ["reasoning"],
    ],
    ["line breaks of Windows", fence("js src/a.js").replaceAll("\n", "\r\n"), { "src/a.js": a }, []],
    ["tildes", fence("js src/a.js", a, "~~~"), { "src/a.js": a }, []],
    [
      "a fence within a longer one",
      fence("js src/a.js", "x = `\n```\n`;\n", "````"),
      { "src/a.js": "x = `\n```\n`;\n" },
      [],
    ],
    [
      "an indented block",
      "1. `src/a.js`\n\n   ```js\n   a();\n     b();\n   ```\n",
      { "src/a.js": "a();\n  b();\n" },
      [],
    ],
    [
      "Markdown with examples",
      `${fence("markdown README.md", `# T\n\n${fence("sh", "npm start\n")}\nEnd.\n`)}\n${fence("js src/a.js")}`,
      { "README.md": `# T\n\n${fence("sh", "npm start\n")}\nEnd.\n`, "src/a.js": a },
      [],
    ],
    [
      "all of it in a fence",
      fence("markdown", `### src/a.js\n${fence("js")}\n### src/b.js\n${fence("js", b)}`),
      { "src/a.js": a, "src/b.js": b },
      ["fence"],
    ],
    [
      "a block without a path among others",
      `${fence("js src/a.js")}\nRun it:\n${fence("bash", "node src/a.js\n")}`,
      { "src/a.js": a },
      ["prose", "block"],
    ],
    [
      "how to run a file under its heading",
      `### src/a.js\n${fence("bash", "npm i\n")}\n${fence("js")}\nRun \`src/a.js\`:\n${fence("sh", "node src/a.js\n")}`,
      { "src/a.js": a },
      ["block", "prose", "block"],
    ],
    [
      "what a file prints",
      `\`src/a.js\`:\n${fence("js")}\nThe output of \`src/a.js\`:\n${fence("", "Hello\n")}`,
      { "src/a.js": a },
      ["prose", "block"],
    ],
    ["a path that comes twice", `${fence("js src/a.js", b)}\n${fence("js src/a.js")}`, { "src/a.js": a }, ["version"]],
    [
      "a path that comes twice with the same",
      `${fence("js src/a.js")}\n${fence("js ./src/a.js")}`,
      { "src/a.js": a },
      ["version"],
    ],
    [
      "a block that never closes",
      `${fence("js src/a.js")}\n\`\`\`js src/b.js\nb();`,
      { "src/a.js": a, "src/b.js": "b();\n" },
      ["unclosed"],
    ],
    [
      "files that never close",
      `\`\`\`js src/a.js\n${a}\n\`\`\`js src/b.js\n${b}\n### c.js\n${fence("js")}`,
      { "src/a.js": a, "src/b.js": b, "c.js": a },
      ["unclosed", "unclosed"],
    ],
    [
      "an empty package",
      `${fence("py app/__init__.py", "")}${fence("py app/a.py", b)}`,
      { "app/__init__.py": "\n", "app/a.py": b },
      [],
    ],
    [
      "a text file that speaks of gaps",
      fence("md notes.md", "# rest of the code unchanged\n"),
      { "notes.md": "# rest of the code unchanged\n" },
      [],
    ],
    [
      "JSON as a file",
      fence("json package.json", '{"files": [{"path": "x"}]}\n'),
      { "package.json": '{"files": [{"path": "x"}]}\n' },
      [],
    ],
    [
      "a list in JSON",
      JSON.stringify({
        files: [
          { path: "./src/a.js", content: a },
          { path: "b.js", content: b },
        ],
      }),
      { "src/a.js": a, "b.js": b },
      ["wrapper"],
    ],
    ["a list of other names", JSON.stringify([{ filename: "a.js", code: a.trim() }]), { "a.js": a }, ["wrapper"]],
    [
      "code by path in JSON",
      JSON.stringify({ "src/a.js": a, "b.js": [b.trim()] }),
      { "src/a.js": a, "b.js": b },
      ["wrapper", "text"],
    ],
    ["code by path within files", JSON.stringify({ files: { "src/a.js": a } }), { "src/a.js": a }, ["wrapper"]],
    [
      "JSON in a fence with prose",
      `好的：\n${fence("json", `{"src/a.js": "a();\\n",}\n`)}`,
      { "src/a.js": "a();\n" },
      ["wrapper", "prose", "fence", "comma"],
    ],
    ["a fence in JSON", JSON.stringify({ "src/a.js": fence("js") }), { "src/a.js": a }, ["wrapper", "fence"]],
  ])("%s", (_, answer, files, kinds) => {
    const reading = readFiles(answer);
    expect(reading).toMatchObject({ ok: true, truncated: false });
    expect(reading.ok && reading.value).toEqual(files);
    expect(reading.ok && reading.repairs.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe("says that something was lost:", () => {
  it("another version of a file", () => {
    const reading = readFiles(`${fence("js src/a.js", b)}${fence("js src/a.js")}`);
    expect(reading).toMatchObject({
      lossy: true,
      repairs: [{ kind: "version", path: ["src/a.js"], span: [0, 38], lossy: true, candidates: [b, a] }],
    });
  });

  it("not the same once more", () =>
    expect(readFiles(fence("js a.js") + fence("js a.js"))).toMatchObject({
      lossy: false,
      repairs: [{ lossy: false }],
    }));

  it("a block without a path, at its place", () => {
    const answer = `Hi.\r\n\r\n${fence("js a.js").replaceAll("\n", "\r\n")}${fence("js", b)}`;
    const reading = readFiles(answer);
    const [prose, block] = reading.ok ? reading.repairs : [];
    expect(reading).toMatchObject({ lossy: true, value: { "a.js": a } });
    expect([prose, block].map((one) => answer.slice(...(one?.span ?? [])).trim())).toEqual([
      "Hi.",
      fence("js", b).trim(),
    ]);
  });

  it("what else JSON said of a file", () =>
    expect(readFiles(JSON.stringify({ note: "hm", files: [{ path: "a.js", content: a, mode: 7 }] }))).toMatchObject({
      ok: true,
      lossy: true,
      extras: [
        { path: ["note"], value: "hm" },
        { path: ["a.js", "mode"], value: 7 },
      ],
    }));
});

describe("reads a cut answer", () => {
  const cut = (answer: string) => readFiles(answer, { finishReason: "length" });

  it("with the file that was cut", () =>
    expect(cut(`${fence("js src/a.js")}\n### src/b.js\n\`\`\`js\nexport const`)).toMatchObject({
      ok: true,
      value: { "src/a.js": a, "src/b.js": "export const\n" },
      truncated: true,
      lossy: true,
      repairs: [{ kind: "truncated", path: ["src/b.js"], lossy: true }],
    }));

  it("between two files", () =>
    expect(cut(`${fence("js src/a.js")}\nNow the`)).toMatchObject({
      ok: true,
      value: { "src/a.js": a },
      truncated: true,
      repairs: [{ kind: "prose" }, { kind: "truncated", path: [] }],
    }));

  it("without a file of which nothing is there", () => {
    expect(cut(`${fence("js src/a.js")}\`\`\`js src/b.js\n`)).toMatchObject({ ok: true, value: { "src/a.js": a } });
    expect(cut("```js src/b.js\n")).toMatchObject({ ok: false, problems: [{ kind: "cut" }], truncated: true });
  });

  it("in which an earlier file never closed", () =>
    expect(cut(`\`\`\`js src/a.js\n${a}\n${fence("js src/b.js", b)}\`\`\`js src/c.js\nc(`)).toMatchObject({
      ok: true,
      value: { "src/a.js": a, "src/b.js": b, "src/c.js": "c(\n" },
    }));

  it("in JSON", () => {
    const json = JSON.stringify({
      files: [
        { path: "a.js", content: a },
        { path: "b.js", content: b },
      ],
    });
    expect(cut(json.slice(0, -12))).toMatchObject({
      ok: true,
      truncated: true,
      lossy: true,
      value: { "a.js": a, "b.js": "export const \n" },
    });
    expect(cut(json.slice(0, -40))).toMatchObject({ ok: true, truncated: true, lossy: true, value: { "a.js": a } });
  });
});

describe("refuses", () => {
  it.each<[string, string, string[], unknown?]>([
    ["nothing", " \n", ["the answer is empty"]],
    ["reasoning alone", "<think>hm", ["there is only reasoning and no code"]],
    ["prose", "I would write a file for it.", ["there is no code in the answer, only prose"]],
    ["an apology", `I'm sorry, I cannot. Maybe:\n${fence("js")}`, ["there is no code in the answer, only prose"]],
    [
      "code without a path",
      `Here:\n${fence("js")}`,
      ["no block of code has a path; each file's path goes before its code, such as ### src/main.js"],
    ],
    [
      "code that only looks like JSON of files",
      fence("js", 'const map = {\n"a.js": "x",\n};\n'),
      ["no block of code has a path; each file's path goes before its code, such as ### src/main.js"],
    ],
    [
      "a gap, and keeps the other files",
      `${fence("js src/a.js")}\n${fence("js src/b.js", "b();\n// rest of the code unchanged\n")}`,
      ['src/b.js: line 2 ("// rest of the code unchanged") stands for code that is missing; the whole file is needed'],
      { "src/a.js": a },
    ],
    [
      "gaps in JSON",
      JSON.stringify({ "src/a.js": "// 其余代码保持不变", "b.js": b }),
      ['src/a.js: line 1 ("// 其余代码保持不变") stands for code that is missing; the whole file is needed'],
      { "b.js": b },
    ],
    [
      "an empty file",
      `${fence("js src/a.js", "")}${fence("js b.js", b)}`,
      ["src/a.js: the code is empty"],
      { "b.js": b },
    ],
    ["a diff", fence("diff src/a.js", "-a\n+b\n"), ["src/a.js: is written as a diff; the whole file is needed"], {}],
    [
      "a path without its content",
      JSON.stringify({ files: [{ path: "a.js" }, { path: "b.js", content: b }] }),
      ["a.js: missing (expected its content as a text)"],
      { "b.js": b },
    ],
  ])("%s", (_, answer, messages, partial) => {
    const reading = readFiles(answer);
    expect(reading).toMatchObject({ ok: false, truncated: false });
    expect(!reading.ok && reading.problems.map(({ message }) => message)).toEqual(messages);
    expect(!reading.ok && reading.partial).toEqual(partial);
  });

  it("a text that is too long", () =>
    expect(readFiles(fence("js a.js"), { maxChars: 10 })).toMatchObject({
      ok: false,
      problems: [{ kind: "too-long" }],
    }));
});

describe("takes no other word for a path:", () => {
  it.each([
    ...[
      "### Node.js",
      "### console.log",
      "### e.g.:",
      "**Note:** use ES2022.",
      "### HTML/CSS",
      "https://example.com/a.js",
      "### example.com",
    ],
    ...[
      "### src/a.js and src/b.js",
      "- `a.js`: the game\n- `b.js`: the rest\n",
      "Version 1.2:",
      "`npm start`:",
      "### Step 2.",
      "`GET /api/users`:",
      "### 第一步：",
    ],
  ])("%s", (line) =>
    expect(readFiles(`${line}\n${fence("js")}`)).toMatchObject({ ok: false, problems: [{ path: [] }] }),
  );

  it.each([
    "node.js",
    "c++",
    "text/plain",
    "js {1,3-5}",
    "python v3.12",
    "Dockerfile",
    ".js",
    "objective-c",
    "js showLineNumbers",
  ])("```%s", (info) => expect(readFiles(fence(info))).toMatchObject({ ok: false }));
});

it("brings random files in fences back unchanged", () => {
  const name = fc.stringMatching(/^[a-zA-Z_\u4e00-\u4e20][\w\u4e00-\u4e20-]{0,8}$/);
  const path = fc
    .tuple(fc.array(name, { maxLength: 3 }), name, fc.constantFrom("js", "py", "html", "css", "md", "json", "zz"))
    .map(([folders, file, extension]) => [...folders, `${file}.${extension}`].join("/"));
  const line = fc
    .string({ unit: "grapheme" })
    .map((text) => text.replace(/[\r\n\u2028\u2029`~]|<\/|\.{3}|…|unchanged|omitted/g, ""));
  const code = fc.array(line).map((lines) => ["start();", ...lines, "end();", ""].join("\n"));
  const files = fc.dictionary(path, code, { minKeys: 1, maxKeys: 6, noNullPrototype: true });
  const forms: ((path: string, code: string) => string)[] = [
    (path, code) => fence(`lang ${path}`, code),
    (path, code) => fence(`lang title="${path}"`, code),
    (path, code) => `File: ${path}\n${fence("", code)}`,
    (path, code) => `**文件：** \`${path}\`\n\n${fence("", code, "````")}`,
  ];
  fc.assert(
    fc.property(files, fc.array(fc.nat(forms.length - 1), { minLength: 6, maxLength: 6 }), (files, chosen) => {
      const parts = Object.entries(files).map(([path, code], index) => forms[chosen[index] ?? 0]?.(path, code));
      const reading = readFiles(`好的，如下。\n\n${parts.join("\n\n")}\nDone.`);
      expect(reading).toMatchObject({ ok: true, lossy: false });
      expect(reading.ok && reading.value).toEqual(files);
    }),
    { numRuns: 500 },
  );
});

it("reads any text without throwing, and files that end in one line break", () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "```",
      "```js src/a.js\n",
      "### b.js\n",
      "~~~\n",
      "\n",
      "\r\n",
      "<think>",
      "</think>",
      '{"files": [',
      '{"path": "a.js", "content": "',
    ),
    fc.constantFrom("// c.js\n", "**d.py**\n", "File: ", "    ", "：", "`e.ts`:\n", "\\", "/", '"'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), fc.constantFrom("stop", "length"), (parts, finishReason) => {
      const text = parts.join("");
      const reading = readFiles(text, { finishReason });
      if (!reading.ok) {
        expect(reading.problems).not.toEqual([]);
        return;
      }
      for (const [path, code] of Object.entries(reading.value)) {
        expect([path, code]).toEqual([expect.stringMatching(/./), expect.stringMatching(/(?:^|[^\n])\n$/)]);
        expect(text.replaceAll("\\", "/")).toContain(path);
      }
      for (const { span } of reading.repairs) expect(text.slice(...span).length).toBe(span[1] - span[0]);
    }),
    { numRuns: 1000 },
  );
});

it.each([
  "```js a.js\n",
  "```js a.js\nx\n```\n",
  "### a.js\n",
  "### a.js\n```\nx\n```\n",
  "`a.js`:\n",
  "```\nx\n```\n",
  "\n",
  "a/",
  "{",
  '{"a.js":"',
  "**",
  "// a.js\n```",
])("reads 400,000 characters of %j in good time", (piece) => {
  const start = performance.now();
  for (const finishReason of ["stop", "length"])
    expect(readFiles(piece.repeat(Math.ceil(400_000 / piece.length)), { finishReason })).toHaveProperty("ok");
  expect(performance.now() - start).toBeLessThan(10_000);
});
