import { describe, expect, it } from "vitest";
import { shorten } from "../src/shorten.ts";

const lines = (word: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${word} ${String(index).padStart(3, "0")}\n`).join("");
/** 3,000 characters. */
const long = (word: string) => lines(word, 3000 / (word.length + 5));
const mark = /\[\.\.\. (\d+) characters left out here \.\.\.\]\n/g;

const prompt = `Write the file.

## Design
${long("design")}
## The files it uses
${long("file")}
### src/a.js
${long("a.js")}
## Task
Write it now.
`;

describe("a prompt", () => {
  it.each<[string, string, readonly string[], number]>([
    ["that is to stay whole", prompt, ["## Design"], 1],
    ["of which nothing can be spared", prompt, [], 0.5],
    ["that has no such section", prompt, ["## Legacy code", "# Design", "### Design"], 0.5],
    ["whose section is short already", `a\n\n## Design\n${lines("design", 35)}\n## Task\nb\n`, ["## Design"], 0.1],
    ["whose section is its empty last line", "a\n\n## Design", ["## Design"], 0.1],
    ["with the heading only in a block of code", "```md\n## Design\n```\n".repeat(50), ["## Design"], 0.1],
    ["with the heading only within a line", long("see ## Design"), ["## Design"], 0.1],
    ["that is empty", "", ["## Design"], 0.5],
  ])("%s is left as it is", (_, text, spare, share) => {
    expect(shorten(text, spare, share)).toBe(text);
  });

  it("loses the middle of the section that can be spared, and says how much", () => {
    const short = shorten(prompt, ["## Design"], 0.8);
    expect(short.length).toBeLessThanOrEqual(prompt.length * 0.8);
    expect(short.length).toBeGreaterThan(prompt.length * 0.8 - 100);
    const [[line = "", left] = []] = short.matchAll(mark);
    expect(Number(left)).toBe(prompt.length - short.length + line.length);
    const [head = "", tail = ""] = short.split(line);
    expect(head.startsWith("Write the file.\n\n## Design\ndesign 000\ndesign 001\n")).toBe(true);
    expect(prompt.startsWith(head)).toBe(true);
    expect(prompt.endsWith(tail)).toBe(true);
    expect(tail).toMatch(/^design \d\d\d\n/);
    expect(tail).toContain("design 271\n\n## The files it uses\n");
  });

  it("loses what is needed least first, and the next only where that is not enough", () => {
    const spare = ["## The files it uses", "## Design"];
    const [some, more] = [shorten(prompt, spare, 0.6), shorten(prompt, spare, 0.25)];
    expect(some).toContain(long("design"));
    expect(some.match(mark)).toHaveLength(1);
    expect(more.match(mark)).toHaveLength(2);
    expect(more.length).toBeLessThanOrEqual(prompt.length * 0.25);
  });

  it("keeps the first and last lines of every section, however little is to be left", () => {
    const short = shorten(prompt, ["## Design", "## The files it uses"], 0);
    for (const kept of ["## Design\ndesign 000\n", "design 271\n", "## The files it uses\nfile 000\n", "a.js 332\n"])
      expect(short).toContain(kept);
    expect(short).toMatch(/^Write the file\.\n\n## Design\n/);
    expect(short).toMatch(/\n## Task\nWrite it now\.\n$/);
    expect(short.length).toBeGreaterThan(700);
    expect(short.length).toBeLessThan(1000);
  });
});

it.each([
  ["words", "word "],
  ["emoji, none of them by half", "🐍🍎"],
  ["one letter and emoji", "x🐍"],
])("a section of one line keeps its beginning and its end: %s", (_, passage) => {
  const text = `Write it.\n\n## Request\nFirst${passage.repeat(600)}last.\n\n## End\n`;
  const short = shorten(text, ["## Request"], 0.5);
  const [head = "", tail = ""] = short.split(/\n\[\.\.\. \d+ characters left out here \.\.\.\]\n/);
  expect(head.length).toBeGreaterThan(text.length * 0.2);
  expect(tail.length).toBeGreaterThan(text.length * 0.2);
  expect(text.startsWith(head)).toBe(true);
  expect(text.endsWith(tail)).toBe(true);
  expect(short.length).toBeLessThanOrEqual(text.length * 0.5);
  expect(Buffer.from(short).toString()).toBe(short);
});

describe("a section ends", () => {
  it.each([
    ["before a heading of its rank", "## Task\nstay\n", "## Task\nstay\n"],
    ["before a heading of a higher rank", "# Task\nstay\n", "# Task\nstay\n"],
    ["with the text", "", ""],
    ["not at a heading below it", `### Part\n${long("part")}## Task\nstay\n`, "## Task\nstay\n"],
    [
      "not at a comment in a block of code",
      `\`\`\`py\n# Task\n${long("x = 1")}\`\`\`\n## Task\nstay\n`,
      "## Task\nstay\n",
    ],
    [
      "not at a fence of another kind within a block",
      `~~~md\n\`\`\`\n# Task\n\`\`\`\n${long("text")}~~~\n# Task\nstay\n`,
      "# Task\nstay\n",
    ],
    ["not at a word with a number sign", `#Task\n${long("word")}## Task\nstay\n`, "## Task\nstay\n"],
  ])("%s", (_, rest, end) => {
    const short = shorten(`## Design\n${long("design")}${rest}`, ["## Design"], 0);
    expect(short).toMatch(/^## Design\ndesign 000\n/);
    expect(short.match(mark)).toHaveLength(1);
    expect(short.length).toBeLessThan(500 + end.length);
    expect(short.endsWith(end)).toBe(true);
  });

  it("as it begins: with the first heading of that name", () => {
    const text = `## Design of it\n${long("one")}## Design\n${long("two")}`;
    const short = shorten(text, ["## Design"], 0.6);
    expect(short).toContain(long("two"));
    expect(short).not.toContain(long("one"));
  });
});
