import type { Document } from "./document.ts";
import { documents } from "./documents.ts";
import { type Cut, corrupt, type Fault } from "./draft.ts";
import { faults } from "./faults.ts";
import { plainStyle, print, unicodeEscape } from "./print.ts";
import { Random } from "./random.ts";
import { isContainer, type Node, treeOf } from "./tree.ts";

/** One text to read, with what should come out. */
export interface Case {
  readonly document: Document;
  /** The kinds of its faults: none when it is valid, else one or two. */
  readonly kinds: readonly string[];
  readonly families: readonly string[];
  readonly text: string;
  readonly expected: unknown;
  readonly cut?: Cut;
}

interface Size {
  readonly seed?: number;
  /** Documents for each kind of fault, chosen by seed; all that give occasion for it when there are fewer. */
  readonly perKind?: number;
  readonly pairs?: number;
}

/** Every kind of fault in several documents, and seeded pairs of faults. */
export function corpus({ seed = 1, perKind = 5, pairs = 1200 }: Size = {}): Case[] {
  const singles = faults.flatMap((fault) => {
    const found: Case[] = [];
    for (const document of new Random(seed, fault.kind).shuffle(documents)) {
      const made = found.length < perKind && caseOf(document, [fault], seed);
      if (made) found.push(made);
    }
    return found;
  });
  return [...singles, ...pairsOf(seed, pairs)];
}

/** Valid documents as several serializers lay them out, which must come back exactly and without a repair. */
export function validCorpus({ seed = 1 }: { seed?: number } = {}): Case[] {
  return documents.flatMap((document) => {
    const random = new Random(seed, document.name, "valid");
    const tree = () => treeOf(document.truth, document.schema);
    const shuffled = tree();
    shuffle(shuffled, random);
    const ascii = {
      ...plainStyle("  "),
      writers: [(character: string) => (character > "\u007e" ? unicodeEscape(character) : undefined)],
    };
    const slashes = { ...plainStyle(), writers: [(character: string) => (character === "/" ? "\\/" : undefined)] };
    const texts = [
      JSON.stringify(document.truth),
      JSON.stringify(document.truth, null, 2),
      print(tree(), { ...plainStyle("\t"), inlineLists: true }).text,
      print(tree(), { ...plainStyle(), colon: ": ", comma: ", " }).text,
      print(tree(), { ...plainStyle("    "), lineBreak: "\r\n", colon: " :\t" }).text,
      `\n\n  ${print(tree(), ascii).text}\r\n `,
      print(tree(), slashes).text,
      print(shuffled, plainStyle(random.pick(["", "  "]))).text,
    ];
    return texts.map((text): Case => ({ document, kinds: [], families: [], text, expected: document.truth }));
  });
}

/** Splits the kinds of faults by seed: those a reader may be shown, and those it is judged by. */
export function heldOut(seed: number, share = 0.3): { shown: Set<string>; held: Set<string> } {
  const kinds = new Random(seed, "held out").shuffle(faults.map(({ kind }) => kind));
  const count = Math.round(kinds.length * share);
  return { shown: new Set(kinds.slice(count)), held: new Set(kinds.slice(0, count)) };
}

function pairsOf(seed: number, count: number): Case[] {
  const random = new Random(seed, "pairs");
  const seen = new Set<string>();
  const found: Case[] = [];
  for (let attempt = 0; found.length < count && attempt < count * 50; attempt++) {
    const document = random.pick(documents);
    const pair = [random.pick(faults), random.pick(faults)] as const;
    const name = [document.name, ...pair.map(({ kind }) => kind)].sort().join();
    if (seen.has(name) || !combine(...pair)) continue;
    seen.add(name);
    const made = caseOf(document, pair, seed);
    if (made) found.push(made);
  }
  return found;
}

function combine(one: Fault, other: Fault): boolean {
  const shared = one.claims.some((claim) => claim !== "lines" && other.claims.includes(claim));
  const claims = [...one.claims, ...other.claims];
  return one.kind !== other.kind && !shared && !(claims.includes("lines") && claims.includes("one-line"));
}

/** A case, unless a fault finds no place or leaves the text as it was. */
function caseOf(document: Document, chosen: readonly Fault[], seed: number): Case | undefined {
  const kinds = chosen.map(({ kind }) => kind);
  const make = (some: readonly Fault[]) => corrupt(document, some, new Random(seed, document.name, ...kinds));
  const faulted = make(chosen);
  if (!faulted || faulted.text === make([])?.text) return undefined;
  return { document, kinds, families: [...new Set(chosen.map(({ family }) => family))], ...faulted };
}

/** The same members in another order. */
function shuffle(node: Node, random: Random): void {
  if (!isContainer(node)) return;
  if (node.type === "object") node.entries = random.shuffle(node.entries);
  for (const { node: inner } of node.entries) shuffle(inner, random);
}
