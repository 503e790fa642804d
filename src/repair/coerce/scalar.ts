import { fold } from "../fold.ts";
import { jsonText, type Member, plain, scalar, type Tree } from "../syntax/tree.ts";
import type { Wanted } from "../wanted.ts";
import type { Coercion, Trail } from "./coerce.ts";

const numeral = /^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+|\d*(?=\.\d))(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A text for a place that wants one, also where a number or a list of lines was written. */
export function coerceText(coercion: Coercion, wanted: Wanted, tree: Tree, trail: Trail | undefined): unknown {
  const span = [tree.start, tree.end] as const;
  if (wanted.choices.length > 0) return coerceChoice(coercion, wanted, tree, trail);
  switch (tree.type) {
    case "text":
      return tree.text;
    case "number":
      coercion.report("text", trail, span);
      return tree.written ?? tree.source;
    case "literal":
      if (tree.value === null) return nothing(coercion, wanted, tree, trail);
      coercion.report("text", trail, span);
      return String(tree.value);
    case "list": {
      const parts = tree.items.map((item) =>
        item.type === "text" ? item.text : item.type === "number" ? (item.written ?? item.source) : undefined,
      );
      if (parts.length === 0) return nothing(coercion, wanted, tree, trail);
      if (parts.some((part) => part === undefined)) break;
      for (const [index, item] of tree.items.entries())
        if (item.mends) coercion.freely(item, { step: index, up: trail });
      coercion.report("text", trail, span);
      return parts.join("\n");
    }
    case "object": {
      if (tree.members.length === 0) break;
      if (tree.members.length === 1 && tree.members[0]?.value.type === "text") {
        const [{ key, value }] = tree.members as [Member];
        coercion.report(
          "wrapper",
          trail,
          span,
          !/^(?:text|value|content|description|name|title|string|内容|描述)$/i.test(key),
        );
        return coercion.to(wanted, value, trail);
      }
      const json = jsonText(plain(tree));
      if (json === undefined) break;
      coercion.report("text", trail, span, true, "an object stands where a text is wanted");
      return json;
    }
  }
  coercion.wrong++;
  return coercion.freely(tree, trail, true);
}

/** An empty text or list for a null; another value is not made up. */
export function nothing(
  coercion: Coercion,
  { node, type, choices }: Wanted,
  tree: Tree,
  trail: Trail | undefined,
): unknown {
  if (choices.length === 0 && (type === "string" || type === "array")) {
    // It is what the model meant where the schema says so; elsewhere it is likely.
    const said = /\bempty\b|为空|留空/i.test(node.description ?? "");
    coercion.report("null", trail, [tree.start, tree.end], !said);
    return type === "string" ? "" : [];
  }
  coercion.wrong++;
  return null;
}

/** One of the texts the schema allows: in other case or decoration, by a declared synonym, or, as a guess, named within. */
function coerceChoice(coercion: Coercion, wanted: Wanted, tree: Tree, trail: Trail | undefined): unknown {
  const { choices } = wanted;
  const [only] = tree.type === "list" && tree.items.length === 1 ? tree.items : [tree];
  const written =
    only?.type === "text" ? only.text : only?.type === "number" ? (only.written ?? only.source) : undefined;
  if (written === undefined) {
    if (tree.type === "literal" && tree.value === null) return nothing(coercion, wanted, tree, trail);
    coercion.wrong++;
    return coercion.freely(tree, trail, true);
  }
  if (choices.includes(written) && only === tree) return written;
  const found = choiceOf(written, wanted);
  if (found === undefined) {
    coercion.wrong++;
    return coercion.freely(tree, trail, true);
  }
  coercion.report("enum", trail, [tree.start, tree.end], found.guessed);
  return found.choice;
}

function choiceOf(written: string, { choices, node }: Wanted): { choice: string; guessed: boolean } | undefined {
  const folded = fold(written);
  if (folded === "") return undefined;
  const one = (found: readonly string[], guessed = false) =>
    found.length === 1 && found[0] !== undefined ? { choice: found[0], guessed } : undefined;
  const same = choices.filter((choice) => fold(choice) === folded || choice === written.trim());
  if (same.length > 0) return one(same);
  const synonyms: unknown = node.synonyms;
  const meant = choices.filter((choice) => synonymsOf(synonyms, choice).some((word) => fold(word) === folded));
  if (meant.length > 0) return one(meant);
  if (written.length > 200) return undefined;
  const words = written.split(/[^\p{L}\p{N}_-]+/u).map(fold);
  const named = choices.filter((choice) => words.includes(fold(choice)));
  if (named.length > 0) return one(named, true);
  return folded.length < 3
    ? undefined
    : one(
        choices.filter((choice) => fold(choice).startsWith(folded)),
        true,
      );
}

function synonymsOf(synonyms: unknown, choice: string): string[] {
  if (typeof synonyms !== "object" || synonyms === null) return [];
  const words: unknown = Object.entries(synonyms).find(([key]) => key === choice)?.[1];
  return (Array.isArray(words) ? words : [words]).filter((word) => typeof word === "string");
}

/** A number, also where it was written as text. */
export function coerceNumber(coercion: Coercion, wanted: Wanted, tree: Tree, trail: Trail | undefined): unknown {
  const span = [tree.start, tree.end] as const;
  if (tree.type === "number") {
    if (losesDigits(tree.source)) coercion.report("number", trail, span, true, "more digits than a number holds");
    const value = scalar(tree);
    if (typeof value !== "number" || (wanted.type === "integer" && !Number.isInteger(value))) coercion.wrong++;
    return value;
  }
  const [only] = tree.type === "list" && tree.items.length === 1 ? tree.items : [tree];
  if (only?.type === "number") {
    coercion.report("wrapper", trail, span);
    return Number(only.source);
  }
  const text = only?.type === "text" && only.text.length <= 60 ? only.text.normalize("NFKC").trim() : "";
  if (numeral.test(text) && text !== "") {
    const source = text.replaceAll(",", "").replace(/^\+/, "");
    const value = Number(source);
    coercion.report("number", trail, span, losesDigits(source));
    if (wanted.type === "integer" && !Number.isInteger(value)) coercion.wrong++;
    return value;
  }
  coercion.wrong++;
  return coercion.freely(tree, trail, true);
}

/** Whether a number in JavaScript is another one than was written. */
export function losesDigits(source: string): boolean {
  if (source.length < 16 && !/[eE]\+?\d{3}/.test(source)) return false;
  const value = Number(source);
  return !Number.isFinite(value) || digitsOf(source) !== digitsOf(String(value));
}

/** The digits of a number without zeros around them, and its size: the same for every way to write it. */
function digitsOf(source: string): string {
  const [mantissa = "", exponent = "0"] = source.toLowerCase().replace(/^[+-]/, "").split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "0" : `${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  是: true,
  真: true,
  false: false,
  no: false,
  否: false,
  假: false,
};

/** A yes or a no, also where it was written as a word. */
export function coerceBoolean(coercion: Coercion, tree: Tree, trail: Trail | undefined): unknown {
  if (tree.type === "literal" && tree.value !== null) return tree.value;
  const word =
    tree.type === "text" && tree.text.length < 20
      ? tree.text
          .trim()
          .replace(/[.!。]$/, "")
          .toLowerCase()
      : "";
  const value = words[word];
  if (value === undefined) {
    coercion.wrong++;
    return coercion.freely(tree, trail, true);
  }
  coercion.report("boolean", trail, [tree.start, tree.end]);
  return value;
}
