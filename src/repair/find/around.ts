import { blockAt, type Fence } from "../fences.ts";
import type { Repair } from "../reading.ts";

interface Stretch {
  readonly start: number;
  readonly end: number;
}

const tags = /\[[ \t]{0,3}\/?[ \t]{0,3}content[ \t]{0,3}\]|<\/?(?:json|answer|output|result|response|content)>/gi;

/** What was taken off around an answer: reasoning before it, a fence, tags, prose. */
export function around(
  text: string,
  chosen: Stretch,
  { answerStart, blocks, others }: { answerStart: number; blocks: readonly Fence[]; others: readonly Stretch[] },
): Repair[] {
  const repairs: Repair[] = [];
  const add = (kind: Repair["kind"], start: number, end: number) =>
    repairs.push({ kind, path: [], span: [start, end], lossy: false });
  if (answerStart > 0 && answerStart <= chosen.start) add("reasoning", 0, answerStart);
  const outside = [
    { start: Math.min(answerStart, chosen.start), end: chosen.start },
    { start: chosen.end, end: text.length },
  ];
  const marks: Stretch[] = [];
  for (const stretch of outside) {
    for (const { index, 0: tag } of text.slice(stretch.start, stretch.end).matchAll(tags)) {
      const start = stretch.start + index;
      marks.push({ start, end: start + tag.length });
    }
  }
  const [tag] = marks;
  if (tag) add("tag", tag.start, tag.end);
  const block = blockAt(blocks, chosen.start);
  if (block) add("fence", block.start, block.from);
  const alone = block ? undefined : blocks.find(({ start, content }) => start >= chosen.end && content.trim() === "");
  if (alone) add("fence", alone.start, alone.from);
  const fenceLines = blocks.flatMap((each) => [
    { start: each.start, end: each.from },
    { start: each.to, end: each.end },
  ]);
  const taken = [...marks, ...fenceLines, ...others].sort((a, b) => a.start - b.start);
  for (const stretch of outside) {
    const prose = leftIn(text, stretch, taken);
    if (prose) add(kindOf(text.slice(prose.start, prose.end)), prose.start, prose.end);
  }
  return repairs;
}

/** What a stretch of text that was left out is: words, or marks of the syntax that are one too many. */
function kindOf(left: string): Repair["kind"] {
  if (/[\p{L}\p{N}]/u.test(left)) return "prose";
  if (/[`~]/.test(left)) return "fence";
  if (/[{}[\]()｛｝［］]/.test(left)) return "bracket";
  if (/["'“”]/.test(left)) return "quote";
  return /[,;，；]/.test(left) ? "comma" : "prose";
}

/** From the first to the last character of a stretch that is in none of what was taken off, but for blanks. */
function leftIn(text: string, { start, end }: Stretch, taken: readonly Stretch[]): Stretch | undefined {
  let found: Stretch | undefined;
  let at = start;
  for (const gap of [...taken, { start: end, end }]) {
    if (gap.end <= at) continue;
    const stop = Math.min(gap.start, end);
    if (stop > at) {
      const piece = text.slice(at, stop);
      const first = piece.search(/[^\s\ufeff\u200b-\u200f\u2060]/);
      if (first >= 0) found = { start: found?.start ?? at + first, end: at + piece.trimEnd().length };
    }
    at = Math.max(at, Math.min(gap.end, end));
    if (gap.start >= end) break;
  }
  return found;
}
