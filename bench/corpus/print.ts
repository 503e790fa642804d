import { type CharacterWriter, type Container, type Entry, isContainer, type Node, type Text } from "./tree.ts";

/** How a whole document is written; a node or an entry may differ from it. */
export interface Style {
  indent: string;
  lineBreak: string;
  /** Lists of plain values on one line. */
  inlineLists: boolean;
  object: readonly [string, string];
  array: readonly [string, string];
  keyQuotes: readonly [string, string];
  quotes: readonly [string, string];
  colon: string;
  comma: string;
  trailingComma: boolean;
  true: string;
  false: string;
  null: string;
  number: (value: number) => string;
  /** Applied to every string, after the string's own. */
  writers: CharacterWriter[];
}

/** The style of JSON.stringify, with the indentation it would be given. */
export const plainStyle = (indent = ""): Style => ({
  indent,
  lineBreak: "\n",
  inlineLists: false,
  object: ["{", "}"],
  array: ["[", "]"],
  keyQuotes: ['"', '"'],
  quotes: ['"', '"'],
  colon: indent ? ": " : ":",
  comma: ",",
  trailingComma: false,
  true: "true",
  false: "false",
  null: "null",
  number: String,
  writers: [],
});

/** Where a node is in the text; for a string also where each of its characters ends. */
interface Span {
  readonly start: number;
  end: number;
  readonly characters?: number[];
}

/** Where an entry's key, colon and whole is. */
export interface EntrySpan {
  readonly start: number;
  keyEnd: number;
  colonEnd: number;
  end: number;
}

export interface Printed {
  readonly text: string;
  readonly spans: ReadonlyMap<Node, Span>;
  readonly entries: ReadonlyMap<Entry, EntrySpan>;
}

/** Writes a tree in a style and remembers where everything went. */
export function print(root: Node, style: Style): Printed {
  let text = "";
  const spans = new Map<Node, Span>();
  const entries = new Map<Entry, EntrySpan>();

  function writeNode(node: Node, depth: number): void {
    const span: Span =
      node.type === "string" ? { start: text.length, end: 0, characters: [] } : { start: text.length, end: 0 };
    spans.set(node, span);
    if (isContainer(node)) writeContainer(node, depth);
    else if (node.text !== undefined) text += node.text;
    else if (node.type === "string") writeText(node, span.characters ?? []);
    else if (typeof node.value === "number") text += style.number(node.value);
    else text += style[String(node.value) as "true" | "false" | "null"];
    span.end = text.length;
  }

  function writeContainer(node: Container, depth: number): void {
    const [open, close] = style[node.type];
    const oneLine =
      style.inlineLists && node.type === "array" && !node.entries.some((entry) => isContainer(entry.node));
    const newLine = style.indent && !oneLine ? style.lineBreak : "";
    text += node.open ?? open;
    node.entries.forEach((entry, index) => {
      text += newLine && newLine + style.indent.repeat(depth + 1);
      writeEntry(entry, depth, index === node.entries.length - 1, newLine === "");
    });
    const closer = node.close ?? close;
    if (node.entries.length > 0 && closer !== "") text += newLine && newLine + style.indent.repeat(depth);
    text += closer;
  }

  function writeEntry(entry: Entry, depth: number, last: boolean, oneLine: boolean): void {
    text += entry.lead ?? "";
    const span: EntrySpan = { start: text.length, keyEnd: text.length, colonEnd: text.length, end: 0 };
    entries.set(entry, span);
    if (entry.key !== undefined) {
      text +=
        entry.keyText ?? style.keyQuotes[0] + writeCharacters(entry.key, style.keyQuotes, []) + style.keyQuotes[1];
      span.keyEnd = text.length;
      text += entry.colon ?? style.colon;
      span.colonEnd = text.length;
    }
    writeNode(entry.node, depth + 1);
    span.end = text.length;
    const comma = entry.comma ?? (last && !style.trailingComma ? "" : style.comma);
    text += comma;
    text += entry.tail ?? "";
    if (oneLine && !last && !/\s$/.test(comma) && (style.inlineLists || comma === "")) text += " ";
  }

  function writeText(node: Text, ends: number[]): void {
    const quotes = node.quotes ?? style.quotes;
    text += quotes[0];
    writeCharacters(node.value, quotes, [...node.writers, ...style.writers], (piece, length) => {
      text += piece;
      for (let unit = 0; unit < length; unit++) ends.push(text.length);
    });
    text += quotes[1];
  }

  writeNode(root, 0);
  return { text, spans, entries };
}

const shortEscapes: Record<string, string> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

function writeCharacters(
  value: string,
  quotes: readonly [string, string],
  writers: readonly CharacterWriter[],
  put?: (piece: string, length: number) => void,
): string {
  let whole = "";
  let index = 0;
  for (const character of value) {
    const at = index;
    const piece =
      firstOf(writers, character, at, value) ??
      shortEscapes[character] ??
      (quotes.includes(character)
        ? `\\${character}`
        : /\p{Cc}|\p{Surrogate}/u.test(character) && character !== "\u007f"
          ? unicodeEscape(character)
          : character);
    whole += piece;
    put?.(piece, character.length);
    index += character.length;
  }
  return whole;
}

function firstOf(writers: readonly CharacterWriter[], character: string, index: number, value: string) {
  for (const writer of writers) {
    const piece = writer(character, index, value);
    if (piece !== undefined) return piece;
  }
  return undefined;
}

/** A character as \\u escapes, two of them beyond the first plane. */
export const unicodeEscape = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`,
  ).join("");
