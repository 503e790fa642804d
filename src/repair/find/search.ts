import { blockAt, type Fence } from "../fences.ts";
import { opensJson } from "../spans.ts";
import { Decoder, matchesAt, type Source, sourceOf } from "../syntax/source.ts";
import { strictTree } from "../syntax/strict.ts";
import { tolerantTree } from "../syntax/tolerant.ts";
import type { Tree } from "../syntax/tree.ts";
import type { Wanted } from "../wanted.ts";

/** An object or a list that stands in an answer. */
export interface Found {
  readonly tree: Tree;
  readonly source: Source;
  /** In the original text. */
  readonly start: number;
  readonly end: number;
  /** Its brackets were closed, or a fence or a tag ended it. */
  readonly closed: boolean;
  /** It was well-formed. */
  readonly strict: boolean;
  /** It lies within what was read as one before. */
  readonly inner?: boolean;
}

interface Options {
  readonly wanted: Wanted;
  readonly truncated: boolean;
  readonly blocks: readonly Fence[];
}

const bracket = /[{[｛［]/g;

/**
 * The objects and lists of an answer, in the order of the text and found in one pass; behind them those that begin
 * within one that had to be repaired, because a draft that never ended may have swallowed them.
 */
export function* search(text: string, from: number, options: Options): Generator<Found> {
  const reader = new Reader(text, options);
  const swallowed: [number, number][] = [];
  let at = from;
  for (;;) {
    bracket.lastIndex = at;
    const next = bracket.exec(text)?.index;
    if (next === undefined) break;
    const found = opensJson(text, next) ? reader.read(next) : undefined;
    if (!found) {
      at = next + 1;
      continue;
    }
    yield found;
    if (!found.strict) swallowed.push([found.start, found.end]);
    at = Math.max(found.end, next + 1);
  }
  const starts = new Set(
    swallowed.slice(-mostStarts).flatMap(([start, end]) => startsWithin(text, start, end, options.blocks)),
  );
  for (const start of [...starts].slice(-mostStarts)) {
    const found = reader.read(start);
    if (found) yield { ...found, inner: true };
  }
}

const mostStarts = 8;

/** The places within a stretch at which an answer may begin anew: the first bracket in a fence, and lines that open one. */
function startsWithin(text: string, start: number, end: number, blocks: readonly Fence[]): number[] {
  const places: number[] = [];
  for (const { from } of blocks.filter((block) => block.from > start && block.from < end).slice(-2)) {
    const at = text.slice(from, from + 200).search(/\S/);
    if (at >= 0) places.push(from + at);
  }
  for (const mark of ["\n{", "\n["]) {
    places.push(text.indexOf(mark, start + 1) + 1, text.lastIndexOf(mark, end) + 1);
  }
  const tag = text.slice(start, Math.min(end, start + 100_000)).search(/\[content\]\s{0,20}[{[]/i);
  if (tag >= 0) places.push(text.slice(start + tag + 9, start + tag + 40).search(/[{[]/) + start + tag + 9);
  return places.filter((place) => place > start && place < end && opensJson(text, place));
}

/** Reads the parts of one text. */
class Reader {
  private readonly text: string;
  private readonly options: Options;
  private readonly decoder: Decoder;
  /** How often a fence may still turn out to stand in a text. */
  private second = 8;
  /** Where keys are named last, in the text as it is and decoded. */
  private readonly lastKeys = new Map<string, Map<string, number>>();

  constructor(text: string, options: Options) {
    this.text = text;
    this.options = options;
    this.decoder = new Decoder(text);
  }

  /** The object or list whose bracket stands at `start`. */
  read(start: number): Found | undefined {
    const { text, options } = this;
    const limit = blockAt(options.blocks, start)?.to ?? text.length;
    const within = this.readUpTo(start, limit);
    if (within?.closed !== false || limit === text.length) return within;
    // The fence that seemed to end the block may stand in one of the texts.
    const beyond = this.second-- > 0 ? this.readUpTo(start, text.length) : undefined;
    return beyond?.closed ? beyond : { ...within, closed: true, tree: uncut(within.tree) };
  }

  private readUpTo(start: number, end: number): Found | undefined {
    const plain = sourceOf(this.text, start, end);
    const decoded = this.decoder.from(start, end);
    const found = decoded && this.readSource(decoded, end);
    // Only the first mark may have been escaped.
    return found && (found.closed || !decoded?.stopped) ? found : (this.readSource(plain, end) ?? found);
  }

  private lastKeysOf({ decoded }: Source): Map<string, number> {
    const known = this.lastKeys.get(decoded ?? "") ?? new Map<string, number>();
    this.lastKeys.set(decoded ?? "", known);
    return known;
  }

  private readSource(source: Source, end: number): Found | undefined {
    const { text, options } = this;
    const place = (at: number) => source.place(at);
    const strict = strictTree(source.text, source.start);
    if (strict && strict.end <= source.end && !goesOnAfter(source.text, strict.end)) {
      return { tree: strict, source, start: place(strict.start), end: place(strict.end), closed: true, strict: true };
    }
    const { wanted, truncated } = options;
    const read = tolerantTree(source.text, source.start, source.end, {
      wanted,
      truncated: truncated && end === text.length,
      lastKeys: this.lastKeysOf(source),
    });
    if (!read) return undefined;
    const { tree, closed } = read;
    return { tree, source, start: place(tree.start), end: place(read.end), closed, strict: false };
  }
}

/** What a fence ended was not cut off. */
function uncut(tree: Tree): Tree {
  for (let part: Tree | undefined = tree; part?.cut; ) {
    part.cut = false;
    part = part.type === "object" ? part.members.at(-1)?.value : part.type === "list" ? part.items.at(-1) : undefined;
  }
  return tree;
}

const memberBehind = /\s{0,50}[}\]]?\s{0,50},\s{0,50}"[^"\n]{1,100}"\s{0,20}:/y;
const itemBehind = /\s{0,50},\s{0,50}\{\s{0,50}["'}]/y;

/** Whether a member or an item follows what seems to be over: a bracket too many has closed it. */
function goesOnAfter(text: string, at: number): boolean {
  const pattern = text[at - 1] === "]" && matchesAt(itemBehind, text, at) ? itemBehind : memberBehind;
  return matchesAt(pattern, text, at);
}
