import type { Finding } from "../source.ts";

/** A statement's line: what stands in brackets, strings and after a backslash belongs to the line it began on. */
export interface LogicalLine {
  readonly line: number;
  readonly indent: string;
  /** Its code, strings left out. */
  readonly code: string;
}

const token = /("""|'''|"|')|([([{])|([)\]}])|(#[^\n]*)|(\\\r?\n)|(\n)|[^"'()[\]{}#\\\n]+|\\/g;
const closers: Record<string, string> = { ")": "(", "]": "[", "}": "{" };

/** Splits Python into its logical lines, until the first bracket or string that goes wrong. */
export function logicalLines(text: string): { lines: LogicalLine[]; problem: Finding | undefined } {
  const lines: LogicalLine[] = [];
  const open: { bracket: string; line: number }[] = [];
  let line = 1;
  let start = 1;
  let code = "";
  const end = () => {
    const indent = /^[ \t\f]*/.exec(code)?.[0] ?? "";
    if (code.trim() !== "") lines.push({ line: start, indent, code: code.trim() });
    code = "";
    start = line;
  };
  token.lastIndex = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [piece, quote, opener, closer, comment, joined, newline] = match;
    if (quote !== undefined) {
      const stop = endOfString(text, token.lastIndex, quote);
      if (stop < 0) return { lines, problem: { line, message: `the string that begins with ${quote} has no end` } };
      line += countLines(text, token.lastIndex, stop);
      code += '""';
      token.lastIndex = stop;
    } else if (opener !== undefined) {
      open.push({ bracket: opener, line });
      code += opener;
    } else if (closer !== undefined) {
      const last = open.pop();
      if (last?.bracket !== closers[closer]) {
        const message = last
          ? `"${closer}" closes the "${last.bracket}" of line ${last.line}`
          : `"${closer}" closes nothing`;
        return { lines, problem: { line, message } };
      }
      code += closer;
    } else if (joined !== undefined) {
      line += 1;
      code += " ";
    } else if (newline !== undefined) {
      line += 1;
      if (open.length === 0) end();
      else code += " ";
    } else if (comment === undefined) code += piece;
  }
  end();
  const last = open.at(-1);
  return { lines, problem: last && { line: last.line, message: `"${last.bracket}" is never closed` } };
}

/** The place behind a string's closing quote; -1 if there is none, or none on its line where it may not go on. */
function endOfString(text: string, from: number, quote: string): number {
  const ends = new RegExp(quote.length === 3 ? `${quote}|\\\\[^]` : `[${quote}\\n]|\\\\(?:\\r\\n|[^])`, "g");
  ends.lastIndex = from;
  for (let match = ends.exec(text); match; match = ends.exec(text)) {
    if (match[0] === "\n") return -1;
    if (match[0] === quote) return ends.lastIndex;
  }
  return -1;
}

function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
