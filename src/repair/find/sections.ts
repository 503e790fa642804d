import { fences } from "../fences.ts";
import { fold } from "../fold.ts";
import { strictTree } from "../syntax/strict.ts";
import { tolerantTree } from "../syntax/tolerant.ts";
import type { Member, ObjectTree, TextTree, Tree } from "../syntax/tree.ts";
import { containerOf, type Wanted } from "../wanted.ts";

/** A document that was written as Markdown sections or as lines of key and value. */
export interface Sections {
  readonly tree: ObjectTree;
  readonly kind: "sections" | "lines";
}

interface Head {
  readonly key: string;
  readonly name: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Where its content begins. */
  readonly from: number;
  readonly start: number;
  readonly indent: number;
  readonly heading: boolean;
}

const heading = /^[ \t]{0,3}(#{1,6})[ \t]*(\S.{0,120}?)[ \t]*#*[ \t]*$/;
const bold =
  /^([ \t]*)(?:[-*+][ \t]+|\d{1,3}[.)、][ \t]*)?(?:\*\*|__)([^*_\n]{1,80}(?:_[^*_\n]{1,40}){0,6})(?:\*\*|__)[ \t]*[:：]?[ \t]*/;
const line =
  /^([ \t]*)(?:[-*+][ \t]+|\d{1,3}[.)、][ \t]*)?["'“`]?([\p{L}_$][^:：\n"'”`|]{0,80}?)["'”`]?[ \t]*[:：=][ \t]*/u;
const tagged = /^([ \t]*)<([\p{L}_][\p{L}\p{N}_-]{0,60})>/u;
const bracketed = /^([ \t]*)【([^】\n]{1,80})】[ \t]*[:：]?[ \t]*/;

/** The members that are wanted at the root, each with the text below its name. Undefined where none is named. */
export function readSections(text: string, start: number, end: number, wanted: Wanted): Sections | undefined {
  const root = containerOf(wanted, "object");
  if (!root || root.keys.length === 0) return undefined;
  const heads = headsOf(text, start, end, root);
  const [first] = heads;
  if (!first) return undefined;
  const members = heads.map((head, index) => memberOf(text, head, heads[index + 1]?.start ?? end, root));
  // A line without a value at the very end was cut.
  const last = members.at(-1)?.value;
  if (last?.type === "text" && last.text === "" && heads.at(-1)?.heading === false) members.pop();
  return {
    tree: { type: "object", members, start: first.start, end },
    kind: heads.some(({ heading: marked }) => marked) ? "sections" : "lines",
  };
}

function headsOf(text: string, start: number, end: number, wanted: Wanted): Head[] {
  const seen = new Set<string>();
  const heads: Head[] = [];
  const blocks = fences(text.slice(start, end)).filter(({ content }) => !/^\s*["{]/.test(content));
  let block = 0;
  for (let at = start; at < end; ) {
    const newline = text.indexOf("\n", at);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    while (block < blocks.length && start + (blocks[block]?.end ?? 0) <= at) block++;
    const inside = start + (blocks[block]?.start ?? end) < at;
    const head = inside
      ? undefined
      : headOf(text.slice(at, Math.min(lineEnd, at + 300)), at, lineEnd, wanted, heads[0]?.indent);
    if (head && !seen.has(head.name)) {
      seen.add(head.name);
      heads.push(head);
    }
    at = lineEnd + 1;
  }
  return heads;
}

function headOf(
  written: string,
  at: number,
  lineEnd: number,
  wanted: Wanted,
  indent: number | undefined,
): Head | undefined {
  const titled = heading.exec(written);
  if (titled) {
    const [, , title = ""] = titled;
    const colon = /^(.{1,80}?)[ \t]*[:：][ \t]*(\S.*)$/.exec(title);
    const key = colon && !wanted.names.has(fold(title)) ? (colon[1] ?? "") : title;
    const name = wanted.names.get(fold(key));
    if (name === undefined) return undefined;
    const keyStart = at + written.indexOf(key);
    const from =
      colon && key !== title ? at + written.indexOf(colon[2] ?? "", written.indexOf(key) + key.length) : lineEnd;
    return { key, name, keyStart, keyEnd: keyStart + key.length, from, start: at, indent: 0, heading: true };
  }
  for (const [pattern, marked] of [
    [bold, true],
    [bracketed, true],
    [tagged, true],
    [line, false],
  ] as const) {
    const match = pattern.exec(written);
    const key = match?.[2]?.replace(/[:：]\s*$/, "") ?? "";
    const name = match ? wanted.names.get(fold(key)) : undefined;
    if (!match || name === undefined) continue;
    const own = (match[1] ?? "").length;
    if (indent !== undefined && own > indent + 1) return undefined;
    const keyStart = at + written.indexOf(key);
    return {
      key,
      name,
      keyStart,
      keyEnd: keyStart + key.length,
      from: at + match[0].length,
      start: at,
      indent: own,
      heading: marked,
    };
  }
  return undefined;
}

function memberOf(text: string, { key, name, keyStart, keyEnd, from }: Head, next: number, wanted: Wanted): Member {
  const close = text[keyEnd] === ">" ? text.lastIndexOf(`</${key}>`, next) : -1;
  const end = close >= from ? close : next;
  return { key, keyStart, keyEnd, value: contentTree(text, from, end, wanted.member(name)) };
}

/** The text of a section as what is wanted there. */
function contentTree(text: string, from: number, to: number, wanted: Wanted): Tree {
  let [start, end] = trimmed(text, from, to);
  const fenced = /^(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n?[ \t]*\1[ \t]*$/.exec(text.slice(start, end));
  const wantsJson = wanted.type === "array" || wanted.type === "object";
  if (fenced && (wantsJson || wanted.type === "string")) {
    const inner = start + fenced[0].indexOf("\n") + 1;
    [start, end] = [inner, inner + (fenced[2] ?? "").length];
  }
  const opener = start + Math.max(0, text.slice(start, end).search(/\S/));
  if (wantsJson && /[{[]/.test(text[opener] ?? "")) {
    const strict = strictTree(text, opener);
    if (strict) return strict;
    const read = tolerantTree(text, opener, end, { wanted, truncated: false });
    if (read?.closed) return read.tree;
  }
  const inner = containerOf(wanted, "object");
  if (wanted.type === "object" && inner && inner.keys.length > 0) {
    const nested = readSections(text, start, end, inner);
    if (nested) return nested.tree;
  }
  if (wanted.type === "array") {
    const rows = itemTrees(text, start, end, wanted);
    if (rows) return { type: "list", items: rows, start, end };
  }
  return bare(text, start, end);
}

const bare = (text: string, start: number, end: number): TextTree => ({
  type: "text",
  text: unquoted(text.slice(start, end).replace(/^[ \t]+(?=\S.*$)/, "")),
  start,
  end,
});

/** A value that stands in quotation marks on a line of its own. */
function unquoted(value: string): string {
  const match = /^(["'“])([\s\S]*)(["'”]),?$/.exec(value);
  const inner = match?.[2] ?? "";
  return match && !/["“”]/.test(inner) ? inner : value;
}

const bullet = /^([ \t]*)(?:[-*+•][ \t]+|\(?\d{1,3}[.)、][ \t]*)(?=\S)/gm;

/** The items of a list of objects: a table's rows, or bullets whose lines name the members. */
function itemTrees(text: string, start: number, end: number, wanted: Wanted): Tree[] | undefined {
  const item = containerOf(wanted.item(0), "object");
  if (!item || item.keys.length === 0) return undefined;
  const rows = tableRows(text, start, end, item);
  if (rows) return rows;
  const content = text.slice(start, end);
  const marks = [...content.matchAll(bullet)];
  const indent = (marks[0]?.[1] ?? "").length;
  const tops = marks.filter((mark) => (mark[1] ?? "").length <= indent + 1);
  if (tops.length === 0) return undefined;
  return tops.map((mark, index) => {
    const [from, to] = trimmed(
      text,
      start + mark.index + mark[0].length,
      start + (tops[index + 1]?.index ?? content.length),
    );
    return readSections(text, from, to, item)?.tree ?? bare(text, from, to);
  });
}

/** The rows of a Markdown table whose head names members. */
function tableRows(text: string, start: number, end: number, item: Wanted): Tree[] | undefined {
  const lines = text.slice(start, end).split("\n");
  const top = lines.findIndex((row, index) => row.includes("|") && /^\s*\|?\s*:?-{2,}/.test(lines[index + 1] ?? ""));
  if (top < 0) return undefined;
  const names = cells(lines[top] ?? "").map((cell) => item.names.get(fold(cell)));
  if (names.filter(Boolean).length < 2) return undefined;
  let at = start + lines.slice(0, top + 2).reduce((sum, row) => sum + row.length + 1, 0);
  return lines.slice(top + 2).flatMap((row) => {
    const [from, to] = [at, at + row.length];
    at = to + 1;
    if (!row.includes("|")) return [];
    const members = cells(row).flatMap((cell, index): Member[] => {
      const name = names[index];
      const value: TextTree = { type: "text", text: cell, start: from, end: to };
      return name === undefined ? [] : [{ key: name, keyStart: from, keyEnd: from, value }];
    });
    return [{ type: "object" as const, members, start: from, end: to }];
  });
}

const cells = (row: string): string[] =>
  row
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

function trimmed(text: string, from: number, to: number): [number, number] {
  let [start, end] = [from, to];
  const first = start;
  while (start < end && /\s/.test(text[start] ?? "")) start++;
  // What begins on a line of its own keeps its indentation.
  const line = text.lastIndexOf("\n", start - 1) + 1;
  if (line > first && line < end) start = line;
  while (end > start && /\s/.test(text[end - 1] ?? "")) end--;
  return [start, end];
}
