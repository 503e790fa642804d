import { stripReasoning } from "../../repair/index.ts";

/** What to look for in a file and what to put in its place: whole lines, each with its line feed. */
export interface Block {
  readonly search: string;
  readonly replace: string;
}

/**
 * Reads the search/replace blocks of an answer, in its order, inside fences or outside. Only marks at the start of a line
 * count. What looks like a block and is none is said in a sentence for whoever wrote it; the other blocks stand.
 */
export function readBlocks(text: string): { readonly blocks: readonly Block[]; readonly problems: readonly string[] } {
  const lines = stripReasoning(text).split(/\r?\n/);
  const blocks: Block[] = [];
  const problems: string[] = [];
  let fence: Fence | undefined;
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    const length = openerOf(line);
    if (length === undefined) {
      fence = fenceAfter(line, fence);
      at++;
      continue;
    }
    const found = blockAt(lines, at, length, fence);
    if ("problem" in found) problems.push(`The block that begins in line ${at + 1} ${found.problem}.`);
    else blocks.push(blockOf(found));
    at = found.next;
  }
  if (blocks.length + problems.length === 0) problems.push("The answer has no SEARCH/REPLACE block.");
  return { blocks, problems };
}

interface Fence {
  readonly mark: string;
}

interface Sides {
  readonly search: readonly string[];
  readonly replace: readonly string[];
  /** The first line after the block. */
  readonly next: number;
}

interface NoBlock {
  readonly problem: string;
  readonly next: number;
}

const opener = /^(<{5,9})(?![<=>])[ \t]*(?:(SEARCH|ORIGINAL|HEAD)\b[^<>]{0,200})?$/i;
const divider = /^(={5,9})[ \t]*$/;
const closer = /^(>{5,9})(?![<=>])[ \t]*(?:(?:REPLACE|UPDATED?|NEW|END)\b[^<>]{0,200})?$/i;
/** The ends of a conflict that git left in the file itself. */
const conflict = { begins: /^<{7} (?!SEARCH\b|ORIGINAL\b)/i, ends: /^>{7} (?!REPLACE\b|UPDATED?\b)/i };

const openerOf = (line: string) => opener.exec(line)?.[1]?.length;

/** Opens a block that nothing can nest in: a new one begins there, whatever came before. */
const begins = (line: string) => openerOf(line) !== undefined && !conflict.begins.test(line);

/**
 * Marks as long as the first one count, and conflicts that git left in the file belong to it as a whole. If that gives no
 * block, halves of conflicts are taken as they come, and then marks of any length.
 */
function blockAt(lines: readonly string[], start: number, length: number, fence: Fence | undefined): Sides | NoBlock {
  const exact = (mark: string) => mark.length === length;
  const readings = [
    { counts: exact, whole: true },
    { counts: exact, whole: false },
    { counts: () => true, whole: true },
  ];
  for (const reading of readings) {
    const sides = sidesAt(lines, start, fence, reading);
    if (!("problem" in sides)) return sides;
  }
  return sidesAt(lines, start, fence, { counts: () => true, whole: false });
}

interface Reading {
  readonly counts: (mark: string) => boolean;
  /** Whether a conflict inside the block ends inside the same side. */
  readonly whole: boolean;
}

function sidesAt(
  lines: readonly string[],
  start: number,
  fence: Fence | undefined,
  { counts, whole }: Reading,
): Sides | NoBlock {
  const dividers: number[] = [];
  let depth = 0;
  let fenceEnd: number | undefined;
  let inner: Fence | undefined;
  let at = start + 1;
  for (; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const marks = (form: RegExp) => {
      const mark = form.exec(line)?.[1];
      return mark !== undefined && counts(mark);
    };
    if (begins(line) && marks(opener)) break;
    if (depth > 0 && conflict.ends.test(line)) depth--;
    else if (whole && conflict.begins.test(line)) depth++;
    else if (depth === 0 && marks(divider)) dividers.push(at);
    else if (dividers.length > 0 && (marks(closer) || (endsLikeGit(lines[start]) && conflict.ends.test(line)))) {
      return sides(lines, start, dividers, at, at + 1);
    } else if (conflict.ends.test(line)) dividers.pop();
    else if (dividers.length > 0 && fence && fenceEnd === undefined) {
      if (inner === undefined && closes(line, fence)) fenceEnd = at;
      else inner = fenceAfter(line, inner);
    }
  }
  if (fenceEnd !== undefined) return sides(lines, start, dividers, fenceEnd, fenceEnd);
  const missing = dividers.length === 0 ? "has no ======= line" : "has no >>>>>>> REPLACE line";
  return { problem: missing, next: at };
}

/** A block that begins like a conflict of git may end like one. */
const endsLikeGit = (first = "") => /^<+[ \t]*HEAD\b/i.test(first);

function sides(lines: readonly string[], start: number, dividers: readonly number[], end: number, next: number): Sides {
  const [first = end, ...others] = dividers;
  const half = others.length > 0 && lines.slice(start + 1, first).some((line) => conflict.begins.test(line));
  const middle = (half ? others : dividers).find((at) => !underlines(lines, at)) ?? first;
  return { search: lines.slice(start + 1, middle), replace: lines.slice(middle + 1, end), next };
}

/** `=====` below a line of the same width is a heading in some languages; it divides only where nothing else does. */
function underlines(lines: readonly string[], at: number): boolean {
  const above = (lines[at - 1] ?? "").trimEnd();
  return above.length === (lines[at] ?? "").trimEnd().length && /^[\p{L}\p{N}]/u.test(above);
}

function blockOf({ search, replace }: Sides): Block {
  const [from, to] = withoutFences(search, replace);
  return { search: from.map((line) => `${line}\n`).join(""), replace: to.map((line) => `${line}\n`).join("") };
}

/** Some fence both sides inside the block. Where both fences are the same, leaving them out means the same edit. */
function withoutFences(search: readonly string[], replace: readonly string[]): [readonly string[], readonly string[]] {
  const [first, last] = [search[0], search.at(-1)];
  const open = first === undefined ? undefined : fenceAfter(first, undefined);
  const same = replace.length >= 2 && replace[0] === first && replace.at(-1) === last;
  const inner = search.slice(1, -1);
  const fenced =
    open !== undefined && last !== undefined && closes(last, open) && inner.some((line) => line.trim() !== "");
  return fenced && same ? [inner, replace.slice(1, -1)] : [search, replace];
}

const fenceLine = /^ {0,3}(`{3,}|~{3,})([^`]*)$/;

/** The fence that is open after this line. */
function fenceAfter(line: string, fence: Fence | undefined): Fence | undefined {
  if (fence) return closes(line, fence) ? undefined : fence;
  const mark = fenceLine.exec(line)?.[1];
  return mark === undefined ? undefined : { mark };
}

function closes(line: string, { mark }: Fence): boolean {
  const [, other = "", info = ""] = fenceLine.exec(line) ?? [];
  return other[0] === mark[0] && other.length >= mark.length && info.trim() === "";
}
