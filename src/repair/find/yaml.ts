import { isAlias, isMap, isScalar, isSeq, parseDocument } from "yaml";
import { fold } from "../fold.ts";
import type { Member, Mend, Tree } from "../syntax/tree.ts";
import { anything, containerOf, type Wanted } from "../wanted.ts";

// Its parser keeps every token: more text than this is no document of ours.
const longest = 256_000;

/** A document that was written as YAML; undefined where the text is none, or neither a fence nor a key in it says so. */
export function readYaml(text: string, start: number, end: number, wanted: Wanted, named: boolean): Tree | undefined {
  const root =
    containerOf(wanted, "object") ?? containerOf(containerOf(wanted, "array")?.item(0) ?? anything, "object");
  if (!root || (root.keys.length === 0 && !named) || end - start > longest) return undefined;
  const region = text.slice(start, end).replace(/\t/g, "  ");
  if (region.length !== end - start || !(named || namesAny(region, root))) return undefined;
  try {
    const document = parseDocument(region, {
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: "silent",
      version: "1.2",
    });
    if (document.errors.length > 0 || !(isMap(document.contents) || isSeq(document.contents))) return undefined;
    return treeOf(document.contents, start, 0);
  } catch {
    return undefined;
  }
}

/** Whether a line begins with a key that is wanted. */
function namesAny(region: string, { names }: Wanted): boolean {
  for (const match of region.matchAll(/^(?:- )?["']?([^\s"'#:][^:\n"']{0,80})["']?:(?=\s|$)/gm))
    if (names.has(fold(match[1] ?? ""))) return true;
  return false;
}

function treeOf(node: unknown, offset: number, depth: number): Tree | undefined {
  if (depth > 50 || isAlias(node)) return undefined;
  const [start, end] = rangeOf(node, offset);
  if (isMap(node)) {
    const members: Member[] = [];
    const mends: Mend[] = [];
    for (const { key, value } of node.items) {
      if (!isScalar(key)) return undefined;
      const [keyStart, keyEnd] = rangeOf(key, offset);
      // A key without a value says nothing; YAML would take it for null.
      if (value === null || (isScalar(value) && value.type === "PLAIN" && value.source === "")) {
        mends.push({ kind: "dropped", start: keyStart, end: keyEnd, lossy: true, note: "a key without a value" });
        continue;
      }
      const inner = treeOf(value, offset, depth + 1);
      if (!inner) return undefined;
      members.push({ key: String(key.value), keyStart, keyEnd, value: inner });
    }
    return { type: "object", members, start, end, ...(mends.length > 0 ? { mends } : {}) };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => treeOf(item, offset, depth + 1));
    return items.every((item) => item !== undefined) ? { type: "list", items, start, end } : undefined;
  }
  if (!isScalar(node)) return undefined;
  const { value, source } = node;
  const comment = node.comment ? [{ kind: "comment" as const, start: end, end, lossy: false }] : undefined;
  const mends = comment === undefined ? {} : { mends: comment };
  if (typeof value === "string") return { type: "text", text: value, start, end, ...mends };
  if (typeof value === "number" && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(source ?? ""))
    return { type: "number", source: source ?? "", start, end, ...mends };
  if (typeof value === "boolean" || value === null) return { type: "literal", value, start, end, ...mends };
  return { type: "text", text: source ?? String(value), start, end, ...mends };
}

function rangeOf(node: unknown, offset: number): [number, number] {
  const range: unknown = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  const [start, end] = Array.isArray(range) ? range : [0, 0];
  return [offset + Number(start), offset + Number(end)];
}
