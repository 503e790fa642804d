import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { loopDetector } from "../../../src/llm/call/loop.ts";

const recordings = fileURLToPath(new URL("../../../recordings", import.meta.url));
const answers = readdirSync(recordings, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".txt"))
  .map((file): [string, string] => [file, readFileSync(join(recordings, file), "utf8")]);

/** How much of a text a detector takes before it notices a loop; undefined where it notices none. */
function noticedAfter(text: string, size = 7): number | undefined {
  const { push } = loopDetector();
  for (let at = 0; at < text.length; at += size) if (push(text.slice(at, at + size))) return at + size;
  return undefined;
}

/** Numbers that look like chance but are the same in every run. */
function chance(seed = 1) {
  let state = seed;
  return (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const pieces = (count: number, piece: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => piece(i)).join("");
const random = chance(7);
const passage = (length: number, seed: number) => {
  const letter = chance(seed);
  return pieces(length, () => String.fromCharCode(97 + letter(26)));
};
const opening = answers.find(([file]) => file.includes("snake-game") && file.endsWith("game.js.txt"))?.[1] ?? "";

describe("a loop is noticed", () => {
  it.each([1, 2, 3, 7, 45, 100, 333, 499])("of %i characters, within 11,000", (period) => {
    const noticed = noticedAfter(opening + passage(period, period).repeat(Math.ceil(15_000 / period)));
    expect(noticed).toBeGreaterThan(opening.length + 9_000);
    expect(noticed).toBeLessThan(opening.length + 11_100);
  });

  it.each([501, 1000, 1999, 2000])("of %i characters, after twenty times", (period) => {
    const noticed = noticedAfter(opening + passage(period, period).repeat(30));
    expect(noticed).toBeGreaterThan(opening.length + 19 * period);
    expect(noticed).toBeLessThan(opening.length + 20 * period + 1_100);
  });

  it.each([
    ["a sentence", "Wait, I have to make sure that the snake cannot turn back on itself. "],
    ["a Chinese sentence", "请注意，蛇不能掉头。"],
    ["emoji", "🐍🍎"],
    ["a function", "function update() {\n  moveSnake();\n  checkCollision();\n  render();\n}\n\n"],
    ["one letter", "a"],
    ["an array", "0, "],
  ])("%s", (_, text) => {
    expect(noticedAfter(opening + text.repeat(Math.ceil(15_000 / text.length)))).toBeLessThan(opening.length + 11_100);
  });

  it.each([
    ["line ends", "\n".repeat(6_000)],
    ["blanks", " ".repeat(6_000)],
    ["white space of all kinds", pieces(6_000, () => [" ", "\n", "\t", "\r\n"][random(4)] ?? "")],
  ])("sooner where it is white space: %s", (_, flood) => {
    expect(noticedAfter(opening + flood)).toBeLessThan(opening.length + 5_100);
  });

  it.each([1, 13, 999, 1000, 4096, 100_000])("in pieces of %i characters", (size) => {
    expect(noticedAfter(opening + passage(80, 1).repeat(500), size)).toBeDefined();
  });
});

const row = (width: number, cell: () => string) => `  [${Array.from({ length: width }, cell).join(", ")}],\n`;
const noLoops: [string, string][] = [
  ["nothing", ""],
  ["nineteen times 2,000 characters", passage(2000, 3).repeat(19)],
  ["twenty times a short passage", passage(400, 3).repeat(20)],
  ["a passage longer than is looked for", passage(2100, 3).repeat(30)],
  ["9,990 equal characters in a row", `level = "\n${"0".repeat(9_990)}`],
  ["a map of 50 by 50 zeros", pieces(50, () => row(50, () => "0"))],
  ["a board of 20 by 10 zeros", pieces(20, () => row(10, () => "0"))],
  [
    "a level of equal rows between walls",
    `${"#".repeat(64)}\n${`#${" ".repeat(62)}#\n`.repeat(62)}${"#".repeat(64)}\n`,
  ],
  ["a map of 200 by 64 tiles", pieces(64, () => row(200, () => String(random(4))))],
  ["a map of mostly empty tiles", pieces(200, () => row(60, () => (random(40) === 0 ? "1" : "0")))],
  ["ASCII art", pieces(100, (y) => `${pieces(80, (x) => ((x - 40) ** 2 + (y - 50) ** 2 < 900 ? "@" : " "))}\n`)],
  ["200 equal cells of a board", `${" ".repeat(8)}<div class="cell"></div>\n`.repeat(200)],
  ["81 equal fields", `${" ".repeat(6)}<input type="text" maxlength="1" class="cell">\n`.repeat(81)],
  ["items of a list", pieces(900, (index) => `  <li class="item"><a href="#item-${index}">Item ${index}</a></li>\n`)],
  ["rows of a table", pieces(900, () => `<tr><td>${random(100)}</td><td>${random(100)}</td></tr>\n`)],
  ["lines of an array", pieces(2000, () => `0x${random(256).toString(16).padStart(2, "0")}, `)],
  ["minified code", pieces(3000, () => `function ${passage(2, random(99) + 1)}(e,t){return e[${random(99)}]+t}`)],
  ["base64", Buffer.from(Array.from({ length: 60_000 }, () => random(256))).toString("base64")],
  ["a small image in base64", Buffer.from(new Uint8Array(6_000)).toString("base64")],
  ["a line of signs", `${"=".repeat(120)}\n`],
  ["code with much white space", `${opening}${"\n".repeat(900)}${" ".repeat(900)}${opening}`],
];

describe("no loop is", () => {
  it.each(noLoops)("%s", (_, text) => {
    expect(noticedAfter(text)).toBeUndefined();
    expect(noticedAfter(`${text}\n${opening}`, 1000)).toBeUndefined();
  });

  it.each(answers)("%s", (_, text) => {
    expect(noticedAfter(text)).toBeUndefined();
  });

  it("all recorded answers one after the other", () => {
    expect(noticedAfter(answers.map(([, text]) => text).join("\n"))).toBeUndefined();
  });
});

it("20,000 small pieces take no time to speak of", () => {
  const { push } = loopDetector();
  const almost = `${passage(1999, 5)}${"0".repeat(300)}`;
  const began = performance.now();
  for (let piece = 0; piece < 20_000; piece++) expect(push(almost.slice(piece % 2290, (piece % 2290) + 9))).toBe(false);
  expect(performance.now() - began).toBeLessThan(5_000);
});
