import type { Document } from "./document.ts";
import { type Printed, plainStyle, print, type Style } from "./print.ts";
import type { Random } from "./random.ts";
import { keysOf, type Node, treeOf } from "./tree.ts";

/** What the end of the text left of a document, and the path to what it cut. */
export interface Cut {
  readonly path: readonly (string | number)[];
}

/** A document on its way to a faulty text. Faults change the tree and the style, then the printed text. */
export interface Draft {
  readonly document: Document;
  /** Every key the schema knows. */
  readonly keys: ReadonlySet<string>;
  root: Node;
  style: Style;
  /** Written by other means than the printer: YAML, Markdown, several objects. */
  form?: string;
  /** The shape of the tree is no longer that of the truth, so a cut has no known result. */
  rigid: boolean;
  printed?: Printed;
  text: string;
  expected: unknown;
  cut?: Cut;
}

/** Faults are applied in this order: what is meant, how it is written, where it stops, how it is carried, what is around it. */
const layers = ["value", "writing", "form", "cut", "encoding", "inner", "outer", "reasoning", "edge"] as const;
type Layer = (typeof layers)[number];

/** One way in which models fail. Returns false where the document gives no occasion for it. */
export interface Fault {
  readonly kind: string;
  readonly family: string;
  readonly layer: Layer;
  /** Two faults that claim the same thing are never combined. */
  readonly claims: readonly string[];
  readonly apply: (draft: Draft, random: Random) => boolean;
}

/** A text as a model may have written it, and what should be read from it. */
export interface Faulted {
  readonly text: string;
  readonly expected: unknown;
  readonly cut?: Cut;
}

/** A document as a tree, in one of the layouts models use. */
function draftOf(document: Document, random: Random): Draft {
  return {
    document,
    keys: keysOf(document.schema),
    root: treeOf(document.truth, document.schema),
    style: randomStyle(random),
    rigid: false,
    text: "",
    expected: document.truth,
  };
}

function randomStyle(random: Random): Style {
  const indent = random.pick(["  ", "  ", "  ", "    ", "\t", "", ""]);
  const style = plainStyle(indent);
  if (indent) return { ...style, inlineLists: random.chance(0.4) };
  return random.chance(0.5) ? { ...style, colon: ": ", comma: ", " } : style;
}

/** Applies faults to a document, or nothing when one of them has no occasion there. */
export function corrupt(document: Document, faults: readonly Fault[], random: Random): Faulted | undefined {
  const draft = draftOf(document, random);
  const order = faults.toSorted((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer));
  const early = order.filter(({ layer }) => layers.indexOf(layer) < layers.indexOf("cut"));
  const late = order.slice(early.length);
  if (!early.every((fault) => fault.apply(draft, random))) return undefined;
  if (draft.form === undefined) printAgain(draft);
  else draft.text = draft.form;
  if (!late.every((fault) => fault.apply(draft, random))) return undefined;
  return { text: draft.text, expected: draft.expected, ...(draft.cut && { cut: draft.cut }) };
}

/** Prints the tree as it is now. */
export function printAgain(draft: Draft): Printed {
  draft.printed = print(draft.root, draft.style);
  draft.text = draft.printed.text;
  return draft.printed;
}

/** Puts text before and behind; behind a cut there is nothing. */
export function surround(draft: Draft, before: string, after = ""): true {
  draft.text = before + draft.text + (draft.cut ? "" : after);
  return true;
}

/** Spreads a document over lines, for faults that happen at their ends. */
export function spread(draft: Draft): void {
  if (draft.style.indent) return;
  Object.assign(draft.style, { indent: "  ", colon: ": ", comma: "," });
}

/** Builds the faults of one family. */
export const family =
  (name: string) =>
  (kind: string, layer: Layer, claims: readonly string[], apply: (draft: Draft, random: Random) => boolean): Fault => ({
    kind,
    family: name,
    layer,
    claims,
    apply,
  });
