import { fold } from "../fold.ts";
import { type ListTree, plain, type TextTree, type Tree } from "../syntax/tree.ts";
import type { Wanted } from "../wanted.ts";
import type { Coercion, Trail } from "./coerce.ts";
import { absent, saysNothing } from "./coerce.ts";
import { embedded } from "./embedded.ts";
import { rowsOf } from "./rows.ts";
import { nothing } from "./scalar.ts";
import { splitLabel, splitText } from "./split-text.ts";

/** A list for a place that wants one, also where a text, an object or a single item was written. */
export function coerceList(coercion: Coercion, wanted: Wanted, tree: Tree, trail: Trail | undefined): unknown {
  if (tree.type === "list") return items(coercion, wanted, tree, trail);
  const span = [tree.start, tree.end] as const;
  if (tree.type === "literal" && tree.value === null) return nothing(coercion, wanted, tree, trail);
  if (tree.type === "text" && saysNothing.test(tree.text)) return nothing(coercion, wanted, tree, trail);
  if (tree.type === "text") {
    const inner = embedded(tree.text, wanted, "[");
    if (inner?.type === "list") {
      coercion.report("stringified", trail, span);
      return coercion.within(tree, () => coercion.to(wanted, inner, trail));
    }
  }
  if (isRow(wanted)) {
    const row = asRow(coercion, wanted, tree, trail);
    if (row) return row.value;
  }
  if (tree.type === "text") return fromText(coercion, wanted, tree, trail);
  if (tree.type === "object") return fromObject(coercion, wanted, tree, trail);
  return single(coercion, wanted, tree, trail);
}

function items(coercion: Coercion, wanted: Wanted, tree: ListTree, trail: Trail | undefined): unknown {
  const rows = flatRows(wanted, tree);
  if (rows) {
    coercion.report("pair", trail, [tree.start, tree.end], true, "rows were written one behind the other");
    return items(coercion, wanted, rows, trail);
  }
  const [only] = tree.items;
  if (
    tree.items.length === 1 &&
    only?.type === "list" &&
    !wanted.item(0).options.some(({ type }) => type === "array" || type === "any")
  ) {
    coercion.report("wrapper", trail, [tree.start, tree.end]);
    return coercion.to(wanted, only, trail);
  }
  if (tree.items.length === 1 && only?.type === "text" && wanted.item(0).type === "string") {
    const split = only.text.includes("\n") ? splitText(only.text) : undefined;
    if (split?.sure && split.items.length > 1) return listOf(coercion, wanted, only, split.items, trail, false);
  }
  const values: unknown[] = [];
  for (const [index, item] of tree.items.entries()) {
    const at = { step: values.length, up: trail };
    const read = () => coercion.to(wanted.item(index), item, at);
    const isLast = index === tree.items.length - 1;
    const value = isLast && item.cut && item.type !== "text" ? coercion.cleanly(read) : { value: read() };
    if (!value) coercion.report("truncated", at, [item.start, item.end], true, "the end of the text cut it");
    else if (value.value !== absent) values.push(value.value);
  }
  return values;
}

/** A list of a fixed few values. */
const isRow = ({ node }: Wanted): boolean => node.prefixItems !== undefined;

/** Whether the items of a list are rows of texts, of fixed width or not. */
function rowWidth(wanted: Wanted): number | undefined {
  const item = wanted.item(0);
  if (item.type !== "array") return undefined;
  if (item.node.prefixItems) return item.node.prefixItems.length;
  return item.item(0).type === "string" ? 2 : undefined;
}

/** Rows whose values stand one behind the other in one list. */
function flatRows(wanted: Wanted, tree: ListTree): ListTree | undefined {
  const width = rowWidth(wanted);
  if (width === undefined || width < 2) return undefined;
  if (!wanted.item(0).node.prefixItems && !alternate(tree.items)) return undefined;
  const flat =
    tree.items.length > 0 &&
    tree.items.length % width === 0 &&
    tree.items.every(({ type }) => type === "text" || type === "number");
  if (!flat || tree.items.some((item, index) => index % width === 0 && item.type === "text" && splitLabel(item.text)))
    return undefined;
  const rows: Tree[] = [];
  for (let at = 0; at < tree.items.length; at += width) {
    const row = tree.items.slice(at, at + width);
    rows.push({ type: "list", items: row, start: row[0]?.start ?? tree.start, end: row.at(-1)?.end ?? tree.end });
  }
  return { ...tree, items: rows };
}

/** Whether short labels and longer texts take turns. */
const alternate = (items: readonly Tree[]): boolean =>
  items.length > 1 &&
  items.every((item, index) => {
    const text = item.type === "text" ? item.text : "";
    return index % 2 === 0 ? /^\S{1,40}$/.test(text) : text.length > 12;
  });

/** A row that was written as an object, or as a text with a label before it. */
function asRow(
  coercion: Coercion,
  wanted: Wanted,
  tree: Tree,
  trail: Trail | undefined,
): { value: unknown } | undefined {
  const width = wanted.node.prefixItems?.length ?? 0;
  const span = [tree.start, tree.end] as const;
  if (tree.type === "object" && tree.members.length === width) {
    return coercion.cleanly(() => {
      coercion.report("pair", trail, span);
      return tree.members.map(({ value }, index) => coercion.to(wanted.item(index), value, { step: index, up: trail }));
    });
  }
  if (tree.type === "object" && width === 2 && tree.members.length === 1) {
    const [member] = tree.members;
    if (!member) return undefined;
    const label: TextTree = { type: "text", text: member.key, start: member.keyStart, end: member.keyEnd };
    return coercion.cleanly(() => {
      coercion.report("pair", trail, span);
      return [label, member.value].map((part, index) =>
        coercion.to(wanted.item(index), part, { step: index, up: trail }),
      );
    });
  }
  return undefined;
}

function fromText(coercion: Coercion, wanted: Wanted, tree: TextTree, trail: Trail | undefined): unknown {
  // A text in a list of lists of texts is a row of a label and what it stands before.
  const inRows =
    typeof trail?.step === "number" && wanted.item(0).type === "string" && splitLabel(tree.text) !== undefined;
  const split = splitText(tree.text);
  const width = wanted.node.prefixItems?.length ?? (inRows ? 2 : undefined);
  const parts = width === 2 ? undefined : split;
  const rowParts = width === 2 ? splitLabel(tree.text) : undefined;
  const texts = rowParts ?? parts?.items;
  if (!texts || (texts.length === 1 && !parts?.sure)) return single(coercion, wanted, tree, trail);
  const wantsText = wanted.item(0).type === "string" || wanted.item(0).type === "any";
  if (!rowParts && !parts?.sure && !wantsText) {
    const tried = coercion.cleanly(() => listOf(coercion, wanted, tree, texts, trail, true));
    return tried ? tried.value : single(coercion, wanted, tree, trail);
  }
  return listOf(coercion, wanted, tree, texts, trail, rowParts !== undefined || !parts?.sure);
}

function listOf(
  coercion: Coercion,
  wanted: Wanted,
  tree: TextTree,
  texts: readonly string[],
  trail: Trail | undefined,
  lossy: boolean,
): unknown {
  coercion.report("list", trail, [tree.start, tree.end], lossy);
  const { start, end } = tree;
  return texts
    .map((text, index) =>
      coercion.to(wanted.item(index), { type: "text", text, start, end }, { step: index, up: trail }),
    )
    .filter((item) => item !== absent);
}

/** An object where a list is wanted: its only item, numbered items, or rows of a key and a value. */
function fromObject(
  coercion: Coercion,
  wanted: Wanted,
  tree: Extract<Tree, { type: "object" }>,
  trail: Trail | undefined,
): unknown {
  const span = [tree.start, tree.end] as const;
  const { members } = tree;
  const item = wanted.item(0);
  const rows = rowsOf(tree, item);
  const read =
    rows &&
    coercion.cleanly(() => {
      coercion.report("pair", trail, span);
      return rows.map((row, index) => coercion.to(item, row, { step: index, up: trail }));
    });
  if (read) return read.value;
  const numbered =
    members.length > 0 &&
    members.every(
      ({ key }, index) =>
        /^\D{0,12}(\d{1,3})$/.exec(key)?.[1] === String(index + (/0$/.test(members[0]?.key ?? "") ? 0 : 1)),
    );
  if (numbered) {
    coercion.report("list", trail, span);
    return members.map(({ value }, index) => coercion.to(wanted.item(index), value, { step: index, up: trail }));
  }
  // In a list of lists of texts an object is a row of its values, or of its only key and value.
  const texts = members.every(({ value }) => value.type === "text" || value.type === "number");
  if (typeof trail?.step === "number" && item.type === "string" && texts && members.length > 0) {
    coercion.report("pair", trail, span);
    const [only] = members;
    const values: Tree[] = members.map(({ value }) => value);
    if (only && members.length === 1)
      values.unshift({ type: "text", text: only.key, start: only.keyStart, end: only.keyEnd });
    return values.map((value, index) => coercion.to(item, value, { step: index, up: trail }));
  }
  const inner = innerList(tree) ?? innerText(tree, wanted);
  const itself = item.keys.length > 0 && members.some(({ key }) => item.names.has(fold(key)));
  if (inner && !itself) {
    coercion.report("wrapper", trail, span);
    return coercion.to(wanted, inner, trail);
  }
  return single(coercion, wanted, tree, trail);
}

/** The only list in an object, or in an object that is its only member. */
function innerList({ members }: Extract<Tree, { type: "object" }>, depth = 0): ListTree | undefined {
  const lists = members.flatMap(({ value }) => (value.type === "list" ? [value] : []));
  if (lists.length === 1) return lists[0];
  const [only] = members;
  return members.length === 1 && only?.value.type === "object" && depth < 3
    ? innerList(only.value, depth + 1)
    : undefined;
}

/** The list that the only text in an object is, as JSON or by its bullets. */
function innerText({ members }: Extract<Tree, { type: "object" }>, wanted: Wanted): Tree | undefined {
  const texts = members.flatMap(({ value }) => (value.type === "text" ? [value] : []));
  const json = texts.map((text) => embedded(text.text, wanted, "[")).filter((tree) => tree !== undefined);
  if (json.length === 1) return json[0];
  const [only] = texts;
  return only && members.length === 1 && splitText(only.text)?.sure ? only : undefined;
}

/** One value where a list of such is wanted. */
function single(coercion: Coercion, wanted: Wanted, tree: Tree, trail: Trail | undefined): unknown {
  const only = coercion.cleanly(() => {
    coercion.report("list", trail, [tree.start, tree.end]);
    return [coercion.to(wanted.item(0), { ...tree, mends: [] }, { step: 0, up: trail })].filter(
      (one) => one !== absent,
    );
  });
  if (only && !isRow(wanted)) return only.value;
  coercion.wrong++;
  return plain(tree);
}
