import { stripVTControlCharacters } from "node:util";

/** How many columns a terminal gives this text. Where terminals differ, the larger number. */
export function displayWidth(text: string): number {
  let width = 0;
  let previous = 0;
  for (const character of stripVTControlCharacters(text)) {
    const code = character.codePointAt(0) ?? 0;
    // the emoji selector widens the narrow sign before it
    const own = code === 0xfe0f ? Number(previous === 1) : widthOf(code);
    width += own;
    if (own > 0) previous = own;
  }
  return width;
}

/** The text in at most that many columns, with an ellipsis where something is left out: at its end, or at its start. */
export function cutToWidth(text: string, columns: number, where: "end" | "start" = "end"): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return "";
  const characters = [...text];
  if (where === "start") characters.reverse();
  let kept = "";
  for (const character of characters) {
    const longer = where === "start" ? character + kept : kept + character;
    if (displayWidth(longer) > columns - 1) break;
    kept = longer;
  }
  return where === "start" ? `…${kept}` : `${kept.trimEnd()}…`;
}

/** The text filled up with spaces, on its right or on its left; never cut. */
export function padToWidth(text: string, columns: number, side: "right" | "left" = "right"): string {
  const fill = " ".repeat(Math.max(0, columns - displayWidth(text)));
  return side === "right" ? text + fill : fill + text;
}

/** The text as lines of at most that many columns, broken at spaces and beside wide characters; a path stays whole. */
export function foldToWidth(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of piecesOf(text)) {
    if (line.trim() !== "" && displayWidth((line + piece).trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = "";
    }
    line = line === "" ? piece.trimStart() : line + piece;
  }
  return line.trim() === "" && lines.length > 0 ? lines : [...lines, line.trimEnd()];
}

/** Text from outside as one line: no line breaks, no control sequences, nothing that turns the direction of writing. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
}

/**
 * Text from outside with its lines and tabs, and without what could drive a terminal or turn the direction of writing.
 * Taken piece by piece it is the same as taken whole.
 */
export const harmless = (text: string): string =>
  text.replace(/[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "");

/** Words with the spaces before them; wide characters one by one. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of text) {
    const wide = widthOf(character.codePointAt(0) ?? 0) === 2;
    if (wide || (character === " " && piece.trim() !== "")) {
      if (piece !== "") pieces.push(piece);
      piece = "";
    }
    if (wide) pieces.push(character);
    else piece += character;
  }
  return piece === "" ? pieces : [...pieces, piece];
}

function widthOf(code: number): 0 | 1 | 2 {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if (code < 0x300) return 1;
  if (inRanges(code, zero)) return 0;
  return inRanges(code, wide) ? 2 : 1;
}

const inRanges = (code: number, ranges: readonly (readonly [number, number])[]) =>
  ranges.some(([first, last]) => code >= first && code <= last);

/** Marks that stand on the character before them, and signs without a form of their own. */
const zero = [
  [0x300, 0x36f],
  [0x483, 0x489],
  [0x591, 0x5bd],
  [0x610, 0x61a],
  [0x64b, 0x65f],
  [0x93a, 0x93a],
  [0x93c, 0x93c],
  [0x941, 0x948],
  [0x94d, 0x94d],
  [0xe31, 0xe31],
  [0xe34, 0xe3a],
  [0xe47, 0xe4e],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x20d0, 0x20ff],
  [0x3099, 0x309a],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
  [0xfeff, 0xfeff],
  [0xe0100, 0xe01ef],
] as const;

/** East Asian wide and full-width characters, and signs shown as pictures. */
const wide = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x26aa, 0x26ab],
  [0x26bd, 0x26be],
  [0x2705, 0x2705],
  [0x270a, 0x270b],
  [0x2728, 0x2728],
  [0x274c, 0x274c],
  [0x2753, 0x2757],
  [0x2795, 0x2797],
  [0x2b1b, 0x2b1c],
  [0x2b50, 0x2b50],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff],
  [0x1aff0, 0x1b2ff],
  [0x1f004, 0x1f004],
  [0x1f0cf, 0x1f0cf],
  [0x1f18e, 0x1f18e],
  [0x1f191, 0x1f19a],
  [0x1f1e6, 0x1f1ff],
  [0x1f200, 0x1f320],
  [0x1f32d, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f7e0, 0x1f7eb],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
] as const;
