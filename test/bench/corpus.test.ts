import { describe, expect, it } from "vitest";
import { documents } from "../../bench/corpus/documents.ts";
import { faults } from "../../bench/corpus/faults.ts";
import { corpus, heldOut, validCorpus } from "../../bench/corpus/index.ts";
import { plainStyle, print } from "../../bench/corpus/print.ts";
import { treeOf, truthOf } from "../../bench/corpus/tree.ts";
import { isRight } from "../../bench/corpus/verdict.ts";

const cases = corpus();
const name = ({ document, kinds }: (typeof cases)[number]) => `${kinds.join(" + ")} in ${document.name}`;

describe("the corpus", () => {
  it("is the same for the same seed, and another for another", () => {
    const texts = (seed: number) => corpus({ seed, perKind: 1, pairs: 40 }).map(({ text }) => text);
    expect(texts(7)).toEqual(texts(7));
    expect(texts(7)).not.toEqual(texts(8));
  });

  it("has every kind of fault, and about as many pairs as single faults", () => {
    const kinds = new Set(cases.flatMap((one) => (one.kinds.length === 1 ? one.kinds : [])));
    expect(faults.filter(({ kind }) => !kinds.has(kind)).map(({ kind }) => kind)).toEqual([]);
    const pairs = cases.filter((one) => one.kinds.length === 2).length;
    expect(pairs).toBe(1200);
    expect(cases.length - pairs).toBeGreaterThan(1000);
  });

  it("names each kind once", () => {
    expect(new Set(faults.map(({ kind }) => kind)).size).toBe(faults.length);
  });

  it("expects what fits the schema, except where the text was cut", () => {
    const whole = cases.filter(({ cut }) => !cut);
    expect(whole.filter(({ document, expected }) => !document.schema.safeParse(expected).success).map(name)).toEqual(
      [],
    );
    expect(whole.filter(({ document, expected }) => expected !== document.truth).map(name)).toEqual([]);
  });

  it("has no text that is as a serializer writes it", () => {
    const clean = (document: (typeof cases)[number]["document"]) =>
      ["", "  ", "    ", "\t"].map((indent) => JSON.stringify(document.truth, null, indent));
    expect(cases.filter(({ document, text }) => clean(document).includes(text)).map(name)).toEqual([]);
  });

  it("keeps its valid documents valid", () => {
    for (const { text, expected } of validCorpus()) expect(JSON.parse(text)).toEqual(expected);
  });

  it("holds out the same kinds for the same seed, and none that it shows", () => {
    const { shown, held } = heldOut(3);
    expect(heldOut(3).held).toEqual(held);
    expect([...held].filter((kind) => shown.has(kind))).toEqual([]);
    expect(shown.size + held.size).toBe(faults.length);
  });
});

describe("the printer", () => {
  it.each(documents)("writes $name like JSON.stringify when there are no faults", ({ schema, truth }) => {
    const tree = treeOf(truth, schema);
    expect(truthOf(tree)).toEqual(truth);
    expect(print(tree, plainStyle()).text).toBe(JSON.stringify(truth));
    expect(print(tree, plainStyle("  ")).text).toBe(JSON.stringify(truth, null, 2));
  });
});

describe("the verdict", () => {
  const [document] = documents;
  if (!document) throw new Error("there are no documents");
  const cut = (expected: unknown, path: (string | number)[]) => ({
    document,
    kinds: [],
    families: [],
    text: "",
    expected,
    cut: { path },
  });

  it("takes a beginning of the string that was cut, or nothing of it", () => {
    const one = cut({ a: 1, b: "half a wo" }, ["b"]);
    expect(isRight(one, { a: 1, b: "half a wo" })).toBe(true);
    expect(isRight(one, { a: 1 })).toBe(true);
    expect(isRight(one, { a: 1, b: "half a word" })).toBe(false);
    expect(isRight(one, { b: "half a wo" })).toBe(false);
    expect(isRight(one, { a: 1, b: null })).toBe(false);
  });

  it("takes a list with or without the item that was cut, but not without a complete one", () => {
    const one = cut({ list: [{ a: 1 }, { a: 2, b: "x" }] }, ["list", 1, "b"]);
    expect(isRight(one, { list: [{ a: 1 }] })).toBe(true);
    expect(isRight(one, { list: [{ a: 1 }, { a: 2 }] })).toBe(true);
    expect(isRight(one, { list: [{ a: 1 }, { b: "x" }] })).toBe(false);
    expect(isRight(one, { list: [] })).toBe(false);
    expect(isRight(one, {})).toBe(false);
  });
});
