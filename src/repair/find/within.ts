import { cleanReading } from "../coerce/clean.ts";
import { fences } from "../fences.ts";
import type { Reading, Repair, RepairKind, Span } from "../reading.ts";
import { stripReasoning } from "../reasoning.ts";
import { skipBlanks } from "../syntax/chars.ts";
import { quotedSource } from "../syntax/source.ts";
import type { Goal } from "../wanted.ts";
import { chosen } from "./choose.ts";

/** The reading of an answer that was written as a JSON string, or of one as it stands. */
export function unwrapped(text: string, goal: Goal | undefined, truncated: boolean, depth = 0): Reading<unknown> {
  const quotation = depth === 0 ? quotedSource(text) : undefined;
  if (quotation) {
    const reading = unwrapped(quotation.text, goal, truncated, 1);
    if (!reading.ok) return reading;
    const repairs = reading.repairs.map((one): Repair => {
      return { ...one, span: [quotation.place(one.span[0]), quotation.place(one.span[1])] };
    });
    return {
      ...reading,
      repairs: [{ kind: "block-quote", path: [], span: [0, text.length], lossy: false }, ...repairs],
    };
  }
  const inner = depth < 3 ? textWithin(text) : undefined;
  if (inner === undefined) return chosen(text, goal, truncated);
  const reading = cleanReading(inner.text, goal) ?? unwrapped(inner.text, goal, truncated, depth + 1);
  if (!reading.ok) return reading;
  // Within a text of its own nothing has another place.
  const { kinds, span } = inner;
  const repairs = reading.repairs.map((one) => ({ ...one, span }));
  const taken = kinds.map((kind): Repair => ({ kind, path: [], span, lossy: false }));
  return { ...reading, repairs: [...taken, ...repairs] };
}

interface TextWithin {
  readonly text: string;
  readonly kinds: readonly RepairKind[];
  readonly span: Span;
}

/** The text that a JSON string holds, if the answer is one, behind reasoning and in a fence or not. */
function textWithin(text: string): TextWithin | undefined {
  const whole = { start: 0, end: text.length, kinds: [] as const };
  const start = text.length - stripReasoning(text).length;
  const behind = { start, end: text.length, kinds: ["reasoning"] as const };
  const block = fences(text).findLast(({ from }) => from >= start);
  const fenced = block && { start: block.from, end: block.to, kinds: ["fence"] as const };
  const tags = /^\s*\[[ \t]*content[ \t]*\]/i.exec(text.slice(start));
  const close = tags ? text.slice(start).search(/\[[ \t]*\/?[ \t]*content[ \t]*\]\s*$/i) : -1;
  const tagged = tags && {
    start: start + tags[0].length,
    end: close > 0 ? start + close : text.length,
    kinds: ["tag"] as const,
  };
  for (const { start: from, end, kinds } of [whole, behind, ...(fenced ? [fenced] : []), ...(tagged ? [tagged] : [])]) {
    const first = skipBlanks(text, from, end);
    if (text[first] !== '"') continue;
    const value = stringIn(text.slice(first, end));
    if (value !== undefined) return { text: value, kinds: [...kinds, "stringified"], span: [first, end] };
  }
  return undefined;
}

function stringIn(json: string): string | undefined {
  if (!/[{[｛［:：]/.test(json)) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
