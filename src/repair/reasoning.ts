import { fences } from "./fences.ts";
import { jsonSpans } from "./spans.ts";

const names = "think|thinking|thoughts?|reasoning|analysis|reflection|scratchpad|inner_monologue";
const opened = new RegExp(`^\\s*<(${names})(?:\\s[^<>]{0,80})?>`, "i");
const opener = new RegExp(`<(?:${names})(?:\\s[^<>]{0,80})?>`, "i");
const closer = new RegExp(`</(?:${names})>`, "gi");

/**
 * Removes the reasoning that stands before an answer, marked by `<think>` and its like. A block that never ends leaves
 * nothing; a closing tag without an opening one ends a leading part. Tags inside the answer itself stay.
 */
export function stripReasoning(text: string): string {
  let rest = text;
  for (let tag = opened.exec(rest); tag; tag = opened.exec(rest)) {
    const end = closingTag(rest, tag[1] ?? "");
    if (end === undefined) return "";
    rest = rest.slice(end);
  }
  const end = rest === text ? danglingEnd(rest) : undefined;
  if (end !== undefined) rest = rest.slice(end);
  return rest === text ? text : rest.replace(/^\s*\n/, "");
}

/** Where the block at the start ends: at the closing tag of its own level, or the last one if a level was left open. */
function closingTag(text: string, name: string): number | undefined {
  let depth = 0;
  let last: number | undefined;
  for (const match of text.matchAll(new RegExp(`<(/?)${name}(?:\\s[^<>]{0,80})?>`, "gi"))) {
    depth += match[1] ? -1 : 1;
    if (match[1]) last = match.index + match[0].length;
    if (depth === 0) return last;
  }
  return last;
}

/** The end of a closing tag nobody opened, unless it stands in a fence, a JSON text or quotes. */
function danglingEnd(text: string): number | undefined {
  const tags = [...text.matchAll(closer)];
  const [first] = tags;
  // A tag that something before it opened is spoken of, or part of the answer.
  if (!first || opener.test(text.slice(0, first.index))) return undefined;
  const kept = [...fences(text), ...jsonSpans(text).filter((span) => span.closed || span.inString)];
  kept.sort((a, b) => a.start - b.start);
  let next = 0;
  for (const tag of tags) {
    while ((kept[next]?.end ?? tag.index) < tag.index) next++;
    const inside = (kept[next]?.start ?? tag.index) < tag.index;
    const spoken = /["'`\\]/.test(text[tag.index + tag[0].length] ?? "") || quoted(text, tag.index);
    if (!inside && !spoken) return tag.index + tag[0].length;
  }
  return undefined;
}

function quoted(text: string, at: number): boolean {
  const line = text.slice(Math.max(text.lastIndexOf("\n", at) + 1, at - 500), at);
  const plain = line.replace(/\\./g, "");
  return ['"', "`"].some((quote) => line.split(quote).length % 2 === 0 || plain.split(quote).length % 2 === 0);
}
