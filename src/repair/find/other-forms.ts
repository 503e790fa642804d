import type { Fence } from "../fences.ts";
import { fold } from "../fold.ts";
import type { RepairKind } from "../reading.ts";
import { sourceOf } from "../syntax/source.ts";
import { tolerantTree } from "../syntax/tolerant.ts";
import { mend, type Tree } from "../syntax/tree.ts";
import type { Wanted } from "../wanted.ts";
import type { Found } from "./search.ts";
import { readSections } from "./sections.ts";
import { readYaml } from "./yaml.ts";

/** A text in which the answer is looked for. */
export interface Answer {
  readonly text: string;
  /** Behind the reasoning. */
  readonly start: number;
  readonly blocks: readonly Fence[];
  readonly wanted: Wanted;
  readonly truncated: boolean;
}

/** Readings of an answer that holds no whole object in brackets. */
export function* otherForms(answer: Answer, sections: boolean): Generator<Found> {
  const { text, blocks, wanted, truncated } = answer;
  const block = blocks.find(({ from, start }) => start >= answer.start && from < text.length);
  const regions = block
    ? [[block.from, block.to] as const, [answer.start, text.length] as const]
    : [[answer.start, text.length] as const];
  for (const [from, to] of regions) {
    const [start, end] = withoutTags(text, from, to);
    const source = sourceOf(text, start, end);
    const as = (tree: Tree, kind?: RepairKind): Found => {
      if (kind) mend(tree, kind, tree.start, tree.end);
      return { tree, source, start: tree.start, end: tree.end, closed: tree.cut !== true, strict: false };
    };
    const named = block !== undefined && block.from === start && /^ya?ml\b/i.test(block.info);
    const yaml = sections
      ? (readYaml(text, start, end, wanted, named) ??
        readYaml(text, start, beforeProse(text, start, end), wanted, named))
      : undefined;
    const commas = /,[ \t]*$/m.test(text.slice(start, end));
    if (yaml && !commas) yield as(yaml, "yaml");
    const members = bareMembers(text, start, end, wanted);
    if (members !== undefined) {
      const read = tolerantTree(text, members, end, { wanted, truncated, bare: true });
      if (read) yield { ...as(read.tree), end: read.end, closed: !truncated };
    }
    if (yaml && commas) yield as(yaml, "yaml");
    const read = sections && readSections(text, start, end, wanted);
    if (read) {
      if (truncated) markCut(read.tree);
      yield as(read.tree, read.kind);
    }
    const list = listText(text, start, end, wanted);
    if (list) yield as(list);
  }
}

/** A region without the tags and fence marks around it. */
function withoutTags(text: string, from: number, to: number): readonly [number, number] {
  const before =
    /^\s*(?:\[content\]|<(?:json|yaml|answer|output|result|response|document|pre|code)>)[ \t]*\n?/i.exec(
      text.slice(from, Math.min(to, from + 200)),
    )?.[0].length ?? 0;
  const tail = text.slice(Math.max(from, to - 200), to);
  const after =
    /\s*(?:\[\/?content\]|<\/(?:json|yaml|answer|output|result|response|document|pre|code)>)\s*$/i.exec(tail)?.[0]
      .length ?? 0;
  return before + after < to - from ? [from + before, to - after] : [from, to];
}

/** Where the last paragraph begins, if it may be prose behind a document. */
function beforeProse(text: string, start: number, end: number): number {
  const at = text.slice(start, end).trimEnd().lastIndexOf("\n\n");
  return at > 0 && /^\n\n[^\s:#-][^:\n]*(?:\n|$)/.test(text.slice(start + at, Math.min(end, start + at + 400)))
    ? start + at
    : end;
}

function markCut(tree: Tree): void {
  tree.cut = true;
  const last = tree.type === "object" ? tree.members.at(-1)?.value : undefined;
  if (last) last.cut = true;
}

const firstKey = /^[ \t]*(?:["“']([^"”'\n]{1,100})["”']|([\p{L}_$][\p{L}\p{N}_$]{0,60}))[ \t]*[:：][ \t]*["“'[{\d]/gmu;

/** Where members begin that have no bracket around them. */
function bareMembers(text: string, start: number, end: number, { names }: Wanted): number | undefined {
  for (const match of text.slice(start, end).matchAll(firstKey))
    if (names.has(fold(match[1] ?? match[2] ?? ""))) return start + match.index;
  return undefined;
}

/** A list of texts that was written as bullets and nothing else. */
function listText(text: string, start: number, end: number, wanted: Wanted): Tree | undefined {
  if (
    wanted.type === "string" ||
    (wanted.type === "array" && /^\s*(?:[-*+]|\d+[.)])\s/.test(text.slice(start, start + 200)))
  )
    return { type: "text", text: text.slice(start, end).trim(), start, end, bare: true };
  const scalar = ["number", "integer", "boolean"].includes(wanted.type);
  return scalar && end - start < 100
    ? { type: "text", text: text.slice(start, end).trim(), start, end, bare: true }
    : undefined;
}
