import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repairStream } from "../../src/repair/index.ts";
import type { CaseSchema } from "./cases/case.ts";
import { Listing, Loose, Note, note, Owned, Prd, prd, Review, Source } from "./cases/shapes.ts";
import { fuzzInput } from "./fuzz-inputs.ts";

/** What the stream shows after each of these pieces, and what it says at the end. */
function watched(pieces: Iterable<string>, schema: CaseSchema) {
  const stream = repairStream(schema);
  const pushed = Array.from(pieces, (piece) => stream.push(piece));
  const shown = [...pushed, stream.value].filter((value) => value !== undefined);
  return { shown: shown.map((value) => structuredClone(value)), end: stream.end() };
}

/** A text only gets longer, a list only gets more items, an object only more members; anything else stays. */
function grows(from: unknown, to: unknown): boolean {
  if (typeof from === "string") return typeof to === "string" && to.startsWith(from);
  if (typeof from !== "object" || from === null) return from === to;
  if (typeof to !== "object" || to === null || Array.isArray(from) !== Array.isArray(to)) return false;
  return Object.entries(from).every(([key, member]) => Object.hasOwn(to, key) && grows(member, Reflect.get(to, key)));
}

const code = 'def main():\n    print("蛇 \\ud83d\\ude00")\n';
const review = { approved: true, score: 8.125, comment: "很好" };
const loose = { title: "蛇", count: 12_345, done: false, tags: ["a", "b"] };
const owned = { owner: { name: "王", mail: "w@x.cn" }, title: "图 😀" };

describe("grows with its text:", () => {
  it.each<[string, CaseSchema, string, unknown]>([
    ["compact", Note, JSON.stringify(note), note],
    ["indented", Prd, JSON.stringify(prd, null, 2), prd],
    ["in a fence", Prd, `\`\`\`json\n${JSON.stringify(prd, null, 2)}\n\`\`\``, prd],
    ["in a fence with prose", Prd, `好的，以下是：\n\n\`\`\`json\n${JSON.stringify(prd)}\n\`\`\`\nDone.`, prd],
    ["in tags", Note, `[CONTENT]\n${JSON.stringify(note, null, 2)}\n[/CONTENT]`, note],
    ["behind reasoning", Note, `<think>一个 note, then.</think>\n${JSON.stringify(note)}`, note],
    ["with numbers and literals", Review, JSON.stringify(review), review],
    ["with optional members", Loose, JSON.stringify(loose, null, 2), loose],
    ["with an inner object", Owned, JSON.stringify(owned), owned],
    ["with escapes", Source, JSON.stringify({ path: "主.py", code }), { path: "主.py", code }],
    [
      "with escaped Chinese",
      Note,
      '{"title": "\\u8d2a\\u5403\\u86c7", "body": "\\ud83d\\ude00 \\"hi\\""}',
      { title: "贪吃蛇", body: '😀 "hi"' },
    ],
    [
      "without a schema",
      undefined,
      '{"a": [1, 22, -3.5e2], "b": {"c": null, "d": true}}',
      { a: [1, 22, -350], b: { c: null, d: true } },
    ],
    ["with lists of lists", undefined, '[["一", "二"], [], [["三"]], {}]', [["一", "二"], [], [["三"]], {}]],
  ])("%s", (_, schema, text, value) => {
    const { shown, end } = watched([...text], schema);
    expect(end).toMatchObject({ ok: true, value, truncated: false });
    expect(shown.length).toBeGreaterThan(5);
    for (const [index, one] of [...shown, value].entries())
      if (index > 0 && !grows(shown[index - 1], one)) expect(one).toEqual({ grownFrom: shown[index - 1] });
    expect(shown.at(-1)).toEqual(value);
  });

  it("in pieces of any length", () => {
    const text = `好的：\n\`\`\`json\n${JSON.stringify(prd, null, 2)}\n\`\`\``;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (lengths) => {
        const pieces: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const length = lengths[turn % lengths.length] ?? 1;
          pieces.push(text.slice(at, at + length));
          at += length;
        }
        const { shown, end } = watched(pieces, Prd);
        expect(end).toMatchObject({ ok: true, value: prd });
        expect([...shown, prd].every((one, index, all) => index === 0 || grows(all[index - 1], one))).toBe(true);
      }),
    );
  });
});

describe("shows", () => {
  it("a number only once it is delimited", () => {
    const { shown } = watched([...JSON.stringify(loose)], Loose);
    const counts = shown.map((value) => Reflect.get(Object(value), "count")).filter((count) => count !== undefined);
    expect(new Set(counts)).toEqual(new Set([12_345]));
  });

  it("a text as soon as it begins", () => {
    const stream = repairStream(Note);
    stream.push('{"title": "贪吃蛇", "body": "The sn');
    expect(stream.push("ake")).toEqual({ title: "贪吃蛇", body: "The snake" });
  });

  it("no half of a character and no half of an escape", () => {
    const { shown } = watched([...'{"title": "\\ud83d\\ude00\\n", "body": ""}'], Note);
    const titles = shown.map((value) => Reflect.get(Object(value), "title")).filter((title) => title !== undefined);
    expect([...new Set(titles)]).toEqual(["", "😀", "😀\n"].filter((title) => titles.includes(title)));
  });

  it("no example before the answer once the answer is there", () => {
    const stream = repairStream(Note);
    stream.push('In the form {"title": "..."}:\n');
    stream.push(JSON.stringify(note));
    expect(stream.end()).toMatchObject({ ok: true, value: note });
  });
});

describe("ends", () => {
  it("as the whole text would be read", () => {
    const stream = repairStream(Note);
    for (const piece of ["{'title': '贪", "吃蛇', 'bo", "dy': '好玩',}"]) stream.push(piece);
    expect(stream.end()).toMatchObject({ ok: true, value: { title: "贪吃蛇", body: "好玩" }, lossy: false });
  });

  it("with what was there when the model was stopped", () => {
    const stream = repairStream(Note);
    stream.push('{"title": "贪吃蛇", "body": "The sn');
    expect(stream.end({ finishReason: "length" })).toMatchObject({
      ok: true,
      value: { title: "贪吃蛇", body: "The sn" },
      truncated: true,
      lossy: true,
    });
  });

  it("with a problem where nothing came", () =>
    expect(repairStream(Note).end()).toMatchObject({ ok: false, problems: [{ kind: "empty" }] }));
});

it("does not throw on broken answers, and grows while it can", () => {
  for (let seed = 0; seed < 300; seed++) {
    const { text, schema } = fuzzInput(seed);
    const pieces = text.slice(0, 2000).match(/[\s\S]{1,7}/g) ?? [];
    expect(watched(pieces, schema).end).toHaveProperty("ok");
  }
});

it("takes a long answer in many small pieces in good time", () => {
  const files = Array.from({ length: 6000 }, (_, index) => `src/文件-${index}/main-module.py`);
  const text = JSON.stringify({ files, count: 1 });
  const stream = repairStream(Listing);
  const start = performance.now();
  for (let at = 0; at < text.length; at += 20) stream.push(text.slice(at, at + 20));
  expect(stream.end()).toMatchObject({ ok: true, value: { count: 1 } });
  expect(performance.now() - start).toBeLessThan(15_000);
}, 60_000);
