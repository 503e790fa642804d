import { type Fence, fences } from "./fences.ts";
import type { Kind } from "./reading.ts";
import { jsonSpans } from "./spans.ts";

/** A part of an answer that may be the JSON asked for, and what it was taken out of. */
export interface Candidate {
  readonly text: string;
  readonly kinds: readonly Kind[];
}

const most = 8;
const tags = /\[[ \t]{0,3}content[ \t]{0,3}\]([\s\S]*?)(?:\[[ \t]{0,3}\/?[ \t]{0,3}content[ \t]{0,3}\]|$)/gi;
const wrapping = /\[[ \t]{0,3}\/?[ \t]{0,3}content[ \t]{0,3}\]|^[ \t]*(?:`{3,}|~{3,}).*$/gim;

/**
 * Where the JSON of an answer may be, in the order of the text: all of it, in tags, in fences, in brackets, and from a
 * bracket that never closes to the end. At most a few of each kind, the largest or last.
 */
export function candidates(text: string): Candidate[] {
  const blocks = fences(text);
  const tagged = [...text.matchAll(tags)].map(({ index, 0: all, 1: inner = "" }) => {
    const start = index + all.indexOf("]") + 1;
    return { start, end: start + inner.length };
  });
  const spans = jsonSpans(text);
  const tail = spans.at(-1)?.closed === false ? lineStarts(text, spans.at(-1)?.start ?? 0) : [];
  const found = new Map<string, { start: number; end: number }>();
  for (const range of [
    { start: 0, end: text.length },
    ...tagged.slice(-most),
    ...blocks.slice(-most).map(({ from, to }) => ({ start: from, end: to })),
    ...[...spans].sort((a, b) => b.end - b.start - (a.end - a.start)).slice(0, most),
    ...tail,
  ]) {
    const trimmed = trim(text, range);
    if (trimmed.start < trimmed.end) found.set(`${trimmed.start}-${trimmed.end}`, trimmed);
  }
  return [...found.values()]
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .map((range) => ({ text: text.slice(range.start, range.end), kinds: around(text, range, tagged, blocks) }));
}

/** The last line that begins with a bracket: an answer behind a draft that was never closed. */
const lineStarts = (text: string, after: number): { start: number; end: number }[] =>
  ["\n{", "\n["]
    .map((opening) => text.lastIndexOf(opening) + 1)
    .filter((start) => start > after)
    .map((start) => ({ start, end: text.length }));

function trim(text: string, { start, end }: { start: number; end: number }): { start: number; end: number } {
  const part = text.slice(start, end);
  const trimmed = part.trimStart();
  const first = start + part.length - trimmed.length;
  return { start: first, end: first + trimmed.trimEnd().length };
}

function around(
  text: string,
  { start, end }: { start: number; end: number },
  tagged: readonly { start: number; end: number }[],
  blocks: readonly Fence[],
): Kind[] {
  const within = (range: { start: number; end: number }) => range.start <= start && end <= range.end;
  const rest = `${text.slice(0, start)}\n${text.slice(end)}`.replace(wrapping, "");
  return [
    ...(/\S/.test(rest) ? (["prose"] as const) : []),
    ...(tagged.some(within) ? (["tag"] as const) : []),
    ...(blocks.some((block) => within({ start: block.from, end: block.to })) ? (["fence"] as const) : []),
  ];
}
