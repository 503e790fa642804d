import { z } from "zod";
import { type Draft, family } from "../draft.ts";
import type { Random } from "../random.ts";
import {
  type Container,
  type Entry,
  hasKnownKeys,
  isContainer,
  type Node,
  placesIn,
  replaceNode,
  slotOf,
  treeOf,
  truthOf,
} from "../tree.ts";

const fault = family("values");

/** Rewrites one, some or all entries that a fault fits; rewriting gives the value a model puts there instead. */
function rewrite(
  draft: Draft,
  random: Random,
  fits: (node: Node, entry: Entry, parent: Container) => boolean,
  write: (node: Node, parent: Container) => unknown,
): boolean {
  const places = placesIn(draft.root).filter(({ entry, parent }) => fits(entry.node, entry, parent));
  const chosen = random.some(places);
  for (const { entry, parent } of chosen) replaceNode(entry, write(entry.node, parent));
  return chosen.length > 0;
}

const strings = (node: Node): string[] | undefined => {
  if (node.type !== "array" || !(node.schema instanceof z.ZodArray)) return undefined;
  const items = node.entries.map((entry) => entry.node);
  return items.every((item) => item.type === "string") ? items.map((item) => String(item.value)) : undefined;
};

const plainItems = (node: Node, least: number) => {
  const items = strings(node);
  return (
    items &&
    items.length >= least &&
    items.every((item) => /^[^\n]+$/.test(item) && !/^\s*(?:[-*#>•]|\d+[.)])|^\s|\s$/.test(item))
  );
};

const isNumber = (node: Node) => node.type === "bare" && typeof node.value === "number";
const isBoolean = (node: Node) => node.type === "bare" && typeof node.value === "boolean";
const isEnum = (node: Node) => node.schema instanceof z.ZodEnum;
const isPairList = (node: Node): node is Container =>
  node.type === "array" &&
  node.entries.length > 0 &&
  node.entries.every((entry) => entry.node.type === "array" && entry.node.schema instanceof z.ZodTuple);
const pairs = (node: Node) => truthOf(node) as [string, string][];

/** A list of objects with two strings each, such as priority and text. */
const isTwinList = (node: Node): node is Container =>
  node.type === "array" &&
  node.entries.length > 0 &&
  node.entries.every(
    ({ node: item }) =>
      hasKnownKeys(item) &&
      item.entries.length === 2 &&
      item.entries.every((entry) => entry.node.type === "string") &&
      item.entries[0]?.node.schema instanceof z.ZodEnum,
  );
const twins = (node: Node) => (truthOf(node) as Record<string, string>[]).map((item) => Object.values(item));

const joined = (items: readonly string[], write: (item: string, index: number) => string) =>
  items.map(write).join("\n");

export const valueFaults = [
  fault("bullets-for-a-list", "value", ["lists"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => plainItems(node, 2) === true,
      (node) => {
        const mark = random.pick(["- ", "* ", "• "]);
        return joined(strings(node) ?? [], (item) => mark + item);
      },
    ),
  ),
  fault("numbers-for-a-list", "value", ["lists"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => plainItems(node, 2) === true,
      (node) => {
        const mark = random.pick([". ", ") "]);
        return joined(strings(node) ?? [], (item, index) => `${index + 1}${mark}${item}`);
      },
    ),
  ),
  fault("lines-for-a-list", "value", ["lists"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => plainItems(node, 2) === true,
      (node) => joined(strings(node) ?? [], (item) => item),
    ),
  ),
  fault("commas-for-a-list", "value", ["lists"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => plainItems(node, 2) === true && (strings(node) ?? []).every((item) => /^[\w./=>-]+$/.test(item)),
      (node) => (strings(node) ?? []).join(", "),
    ),
  ),
  fault("list-as-json-text", "value", ["lists"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => node.type === "array" && node.entries.length > 0,
      (node) => JSON.stringify(truthOf(node)),
    ),
  ),
  fault("object-as-json-text", "value", ["objects"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => hasKnownKeys(node),
      (node) => JSON.stringify(truthOf(node), null, random.pick([0, 2])),
    ),
  ),
  fault("single-item-without-list", "value", ["lists"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) =>
        node.type === "array" &&
        node.schema instanceof z.ZodArray &&
        node.entries.length === 1 &&
        !isContainer(node.entries[0]?.node ?? node),
      (node) => (truthOf(node) as unknown[])[0],
    ),
  ),
  fault("single-object-without-list", "value", ["lists"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => node.type === "array" && node.entries.length === 1 && hasKnownKeys(node.entries[0]?.node ?? node),
      (node) => (truthOf(node) as unknown[])[0],
    ),
  ),
  fault("list-in-a-list", "value", ["lists"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => (strings(node) ?? []).length > 1,
      (node) => [truthOf(node)],
    ),
  ),
  fault("numbered-object-for-a-list", "value", ["lists"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => (strings(node) ?? []).length > 1,
      (node) => {
        const prefix = random.pick(["", "item_", "goal"]);
        return Object.fromEntries((strings(node) ?? []).map((item, index) => [`${prefix}${index + 1}`, item]));
      },
    ),
  ),
  fault("objects-for-strings", "value", ["lists"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => (strings(node) ?? []).length > 1,
      (node) => {
        const key = random.pick(["text", "description", "item", "value"]);
        return (strings(node) ?? []).map((item) => ({ [key]: item }));
      },
    ),
  ),
  fault("lines-for-a-string", "value", ["text-shape"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => node.type === "string" && node.schema instanceof z.ZodString && /^\S.*\n.*\S$/s.test(node.value),
      (node) => String(truthOf(node)).split("\n"),
    ),
  ),
  fault("list-around-a-string", "value", ["text-shape"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node, entry, parent) =>
        hasKnownKeys(parent) &&
        node.type === "string" &&
        node.schema instanceof z.ZodString &&
        node.value.length > 12 &&
        entry.name !== undefined,
      (node) => [truthOf(node)],
    ),
  ),
  fault("object-around-a-string", "value", ["text-shape"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node, entry, parent) =>
        hasKnownKeys(parent) &&
        node.type === "string" &&
        node.schema instanceof z.ZodString &&
        node.value.length > 12 &&
        entry.name !== undefined,
      (node) => ({ [random.pick(["text", "value", "content"])]: truthOf(node) }),
    ),
  ),
  fault("number-as-text", "value", ["scalars"], (draft, random) =>
    rewrite(draft, random, isNumber, (node) => random.pick([`${truthOf(node)}`, ` ${truthOf(node)} `])),
  ),
  fault("number-as-text-with-commas", "value", ["scalars"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => isNumber(node) && Number(truthOf(node)) >= 1000,
      (node) => Number(truthOf(node)).toLocaleString("en", { maximumFractionDigits: 6 }),
    ),
  ),
  fault("boolean-as-text", "value", ["scalars"], (draft, random) =>
    rewrite(draft, random, isBoolean, (node) => {
      const [yes, no] = random.pick([
        ["true", "false"],
        ["True", "False"],
        ["yes", "no"],
        ["TRUE", "FALSE"],
      ] as const);
      return truthOf(node) === true ? yes : no;
    }),
  ),
  fault("text-as-number", "value", ["scalars"], (draft, random) => {
    const numeric = placesIn(draft.root).filter(
      ({ entry }) =>
        entry.node.type === "string" &&
        entry.node.schema instanceof z.ZodString &&
        /^\d+(?:\.\d+)?$/.test(entry.node.value),
    );
    for (const { entry } of random.some(numeric)) {
      const written = String(truthOf(entry.node));
      replaceNode(entry, Number(written));
      if (entry.node.type === "bare") entry.node.text = written;
    }
    return numeric.length > 0;
  }),
  fault("null-for-absent", "value", ["absent"], (draft, random) => {
    const absent = placesIn(draft.root)
      .flatMap(({ entry }) => (isContainer(entry.node) ? [entry.node] : []))
      .concat(isContainer(draft.root) ? [draft.root] : [])
      .flatMap((container) =>
        container.schema instanceof z.ZodObject
          ? Object.entries(container.schema.shape)
              .filter(
                ([name, member]) =>
                  slotOf(member as z.ZodType).optional && !container.entries.some((entry) => entry.name === name),
              )
              .map(([name, member]) => ({ container, name, nullable: slotOf(member as z.ZodType).nullable }))
          : [],
      )
      .filter(({ nullable }) => !nullable);
    for (const { container, name } of random.some(absent))
      container.entries.push({ name, key: name, node: treeOf(null), extra: true });
    return absent.length > 0;
  }),
  fault("null-for-an-empty-list", "value", ["absent", "literals"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => node.type === "array" && node.entries.length === 0,
      () => null,
    ),
  ),
  fault("null-for-an-empty-text", "value", ["absent", "literals"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => node.type === "string" && node.value === "",
      () => null,
    ),
  ),
  fault("word-for-null", "value", ["absent"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => node.type === "bare" && node.value === null && !(node.schema instanceof z.ZodString),
      () => random.pick(["null", "None", "N/A"]),
    ),
  ),
  fault("objects-for-pairs", "value", ["pairs"], (draft, random) =>
    rewrite(draft, random, isPairList, (node) => {
      const [first, second] = random.pick([
        ["priority", "requirement"],
        ["file", "description"],
        ["key", "value"],
      ] as const);
      return pairs(node).map((pair) => ({ [first]: pair[0], [second]: pair[1] }));
    }),
  ),
  fault("single-member-objects-for-pairs", "value", ["pairs"], (draft, random) =>
    rewrite(draft, random, isPairList, (node) => pairs(node).map((pair) => ({ [pair[0]]: pair[1] }))),
  ),
  fault("strings-for-pairs", "value", ["pairs"], (draft, random) =>
    rewrite(draft, random, isPairList, (node) => {
      const separator = random.pick([": ", " - ", ", "]);
      return pairs(node).map((pair) => pair.join(separator));
    }),
  ),
  fault("flat-list-for-pairs", "value", ["pairs"], (draft, random) =>
    rewrite(draft, random, isPairList, (node) => pairs(node).flat()),
  ),
  fault("object-for-pairs", "value", ["pairs"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => isPairList(node) && new Set(pairs(node).map(([first]) => first)).size === node.entries.length,
      (node) => Object.fromEntries(pairs(node)),
    ),
  ),
  fault("pairs-for-objects", "value", ["pairs"], (draft, random) =>
    rewrite(draft, random, isTwinList, (node) => twins(node)),
  ),
  fault("strings-for-objects", "value", ["pairs"], (draft, random) =>
    rewrite(draft, random, isTwinList, (node) => {
      const separator = random.pick([": ", " - "]);
      return twins(node).map((twin) => twin.join(separator));
    }),
  ),
  fault("choice-in-another-case", "value", ["choices"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => isEnum(node) && String(truthOf(node)) !== otherCase(truthOf(node)),
      (node) => otherCase(truthOf(node)),
    ),
  ),
  fault("choice-with-decoration", "value", ["choices"], (draft, random) =>
    rewrite(draft, random, isEnum, (node) =>
      random.pick(["**@**", "@.", "'@'", " @ ", "`@`", "[@]", '"@"']).replace("@", String(truthOf(node))),
    ),
  ),
  fault("choice-with-explanation", "value", ["choices"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => isEnum(node) && /^P\d$|^[A-Z]+$/.test(String(truthOf(node))),
      (node) => random.pick(["@ (as asked)", "@ - important", "@: must have"]).replace("@", String(truthOf(node))),
    ),
  ),
  fault("choice-with-other-joints", "value", ["choices"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => isEnum(node) && / /.test(String(truthOf(node))),
      (node) => String(truthOf(node)).replaceAll(" ", random.pick(["_", "-"])),
    ),
  ),
  fault("choice-by-synonym", "value", ["choices"], (draft, random) =>
    rewrite(
      draft,
      random,
      (node) => synonym(node) !== undefined,
      (node) => synonym(node),
    ),
  ),
];

const otherCase = (value: unknown) => {
  const text = String(value);
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
};

function synonym(node: Node): string | undefined {
  if (!isEnum(node)) return undefined;
  const declared = node.schema?.meta()?.synonyms as Record<string, string[]> | undefined;
  return declared?.[String(truthOf(node))]?.[0];
}
