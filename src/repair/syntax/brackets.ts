import { isFlat } from "../wanted.ts";
import { isCloser, isComma, isQuote, lookPast } from "./chars.ts";
import { isPartial, isStop, keyAhead, keyFor } from "./lookahead.ts";
import { fits, isOpen, nameIn, type Place } from "./place.ts";

/** What a closing bracket closes: so many levels, or nothing at all. */
export interface Closing {
  readonly levels: number;
  /** It does what it says, and nothing is missing. */
  readonly clean: boolean;
}

/**
 * What a closing bracket most likely means, judged by what follows it: the innermost level, also where it is of the
 * wrong kind; several levels, whose own brackets are missing; or none, because it is one too many.
 */
export function closingOf(place: Place, at: number): Closing {
  const { text, frames } = place;
  const top = frames.length - 1;
  const closer = text[at];
  const ways: { levels: number; cost: number }[] = [];
  if (fits(place, top, closer)) {
    const cost = following(place, at + 1, top - 1);
    if (cost === 0) return { levels: 1, clean: true };
    ways.push({ levels: 1, cost });
  } else {
    ways.push({ levels: 1, cost: 2 + following(place, at + 1, top - 1) });
    for (let level = top - 1; level >= Math.max(0, top - 6); level--) {
      if (!fits(place, level, closer)) continue;
      ways.push({ levels: top - level + 1, cost: 1.5 * (top - level) + following(place, at + 1, level - 1) });
      break;
    }
  }
  ways.push({ levels: 0, cost: 2.5 + following(place, at + 1, top) });
  const [best] = ways.sort((a, b) => a.cost - b.cost);
  return { levels: best?.levels ?? 1, clean: best?.levels === 1 && fits(place, top, closer) };
}

/** How badly what stands at `at` fits when the structure is open up to `level`. */
function following(place: Place, at: number, level: number): number {
  const { text, end } = place;
  let cost = 0;
  let open = level;
  let next = lookPast(text, at, end);
  for (let round = 0; round < 12 && next < end && isCloser(text[next]); round++) {
    if (open < 0) cost += 1;
    else if (!fits(place, open, text[next])) cost += 2;
    open--;
    next = lookPast(text, next + 1, end);
  }
  if (next >= end || isStop(text, next)) return cost + Math.max(0, open + 1);
  const comma = isComma(text[next]);
  if (comma) next = lookPast(text, next + 1, end);
  if (open < 0)
    return cost + (comma && keyAhead(text, next, end) ? 6 : 0) + (continuesList(place, next, comma) ? 4 : 0);
  if (next >= end || isCloser(text[next])) return cost;
  return cost + (comma ? 0 : 0.5) + member(place, open, next);
}

/** Whether an item of the outermost list stands behind its end, so that it has not ended. */
function continuesList({ text, frames }: Place, at: number, comma: boolean): boolean {
  const [root] = frames;
  if (root?.tree.type !== "list") return false;
  const [first] = root.tree.items;
  const objects = first?.type === "object" || frames[1]?.tree.type === "object";
  return objects ? text[at] === "{" : comma && first?.type === "text" && isQuote(text[at]);
}

/** How badly a key or a value at `at` fits into what is open at a level. */
function member(place: Place, level: number, at: number): number {
  const { text, end, frames } = place;
  const frame = frames[level];
  if (!frame) return 0;
  const ahead = keyFor(place, level, at);
  // The text ends in the middle of what stands here.
  if (!ahead && isQuote(text[at]) && isPartial(text, at, end)) return frame.tree.type === "object" ? 0 : 0.6;
  if (frame.tree.type === "list") return ahead ? 4 : text[at] === "{" && isFlat(frame.wanted.item(0)) ? 2 : 0;
  if (!ahead) return 5;
  const name = nameIn(frame, ahead.key);
  if (name !== undefined) return frame.seen?.has(name) ? 3 : 0;
  if (frame.wanted.keys.length === 0) return ahead.quoted ? 0.4 : 1;
  return isOpen(frame) ? 1 : 4;
}
