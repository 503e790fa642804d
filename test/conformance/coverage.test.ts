import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { cases } from "./cases.ts";

/** What this product has no part in, and why. */
const needless: Readonly<Record<number, string>> = {
  157: "Gemini is only spoken to in the chat API that it copies",
};

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.ts"));
const sources = files.map((file) => ({ file, text: readFileSync(path.join(root, file), "utf8") }));

/** Numbers that titles end with, and those that titles of this folder begin with. */
const named = sources.flatMap(({ file, text }) => {
  const ends = [...text.matchAll(/\(cases? ([\d, ]+)\)/g)].flatMap(([, list = ""]) => list.split(","));
  const own = file.startsWith(path.basename(here)) && !file.endsWith("coverage.test.ts");
  const beginnings = own ? [...text.matchAll(/["`]([01]\d\d)(?=[ "])/g)].map(([, number]) => number) : [];
  return [...ends, ...beginnings].map(Number);
});

it("counts every case once, without a gap", () => {
  expect(cases.map(({ number }) => number)).toEqual(Array.from({ length: 176 }, (_, index) => index + 1));
});

it("names every case in a test", () => {
  const missing = cases.filter(({ number }) => !named.includes(number) && needless[number] === undefined);
  expect(missing.map(({ number, title }) => `${number} ${title}`)).toEqual([]);
});

it("names no other, and none that is said to be needless", () => {
  const known = new Set(cases.map(({ number }) => number));
  expect(named.filter((number) => !known.has(number) || needless[number] !== undefined)).toEqual([]);
});
