import { family, spread } from "../draft.ts";
import { containersIn, hasKnownKeys, isContainer, type Node, placesIn } from "../tree.ts";

const fault = family("brackets");
const closerOf = { object: "}", array: "]" } as const;
const otherCloser = { object: "]", array: "}" } as const;

/** Without a closer behind it nobody knows whether a number at the end is whole. */
function endsInNumber(node: Node): boolean {
  if (isContainer(node))
    return node.entries.length > 0 && endsInNumber(node.entries[node.entries.length - 1]?.node ?? node);
  return node.type === "bare" && typeof node.value === "number";
}

export const bracketFaults = [
  fault("missing-bracket-before-the-next-key", "writing", ["closers", "lines"], (draft, random) => {
    const lists = placesIn(draft.root).filter(
      ({ entry, parent, index }) =>
        hasKnownKeys(parent) &&
        entry.node.type === "array" &&
        entry.node.entries.length > 0 &&
        index < parent.entries.length - 1 &&
        !parent.entries[index + 1]?.key?.includes('"'),
    );
    const place = random.maybe(lists);
    if (!place || !isContainer(place.entry.node)) return false;
    spread(draft);
    place.entry.node.close = "";
    return true;
  }),
  fault("missing-brace-before-the-next-item", "writing", ["closers"], (draft, random) => {
    const items = placesIn(draft.root).filter(
      ({ entry, parent, index }) =>
        parent.type === "array" &&
        hasKnownKeys(entry.node) &&
        entry.node.entries.every(({ node }) => !isContainer(node)) &&
        index < parent.entries.length - 1,
    );
    const place = random.maybe(items);
    if (!place || !isContainer(place.entry.node)) return false;
    place.entry.node.close = "";
    return true;
  }),
  fault("missing-brace-before-the-closing-bracket", "writing", ["closers"], (draft, random) => {
    const items = placesIn(draft.root).filter(
      ({ entry, parent, index }) =>
        parent.type === "array" && hasKnownKeys(entry.node) && index === parent.entries.length - 1,
    );
    const place = random.maybe(items);
    if (!place || !isContainer(place.entry.node)) return false;
    place.entry.node.close = "";
    return true;
  }),
  fault("missing-last-closer", "writing", ["closers", "end"], (draft) => {
    if (!isContainer(draft.root) || endsInNumber(draft.root)) return false;
    draft.root.close = "";
    return true;
  }),
  fault("missing-closers-at-the-end", "writing", ["closers", "end"], (draft) => {
    let node = draft.root;
    let levels = 0;
    while (isContainer(node) && node.entries.length > 0) {
      node.close = "";
      levels++;
      node = node.entries[node.entries.length - 1]?.node ?? node;
    }
    return levels > 1 && !endsInNumber(draft.root);
  }),
  fault("wrong-closer-inside", "writing", ["closers"], (draft, random) => {
    const inner = containersIn(draft.root).slice(1);
    const container = random.maybe(inner.filter(({ entries }) => entries.length > 0));
    if (!container) return false;
    container.close = otherCloser[container.type];
    return true;
  }),
  fault("wrong-last-closer", "writing", ["closers", "end"], (draft) => {
    if (!isContainer(draft.root)) return false;
    draft.root.close = otherCloser[draft.root.type];
    return true;
  }),
  fault("closers-in-the-wrong-order", "writing", ["closers", "end"], (draft) => {
    if (!isContainer(draft.root)) return false;
    const last = draft.root.entries.at(-1)?.node;
    if (!last || !isContainer(last) || last.entries.length === 0 || last.type === draft.root.type) return false;
    last.close = closerOf[draft.root.type];
    draft.root.close = closerOf[last.type];
    return true;
  }),
  fault("stray-closer-after-a-list", "writing", ["closers", "commas"], (draft, random) => {
    const lists = placesIn(draft.root).filter(
      ({ entry, parent, index }) =>
        hasKnownKeys(parent) && entry.node.type === "array" && index < parent.entries.length - 1,
    );
    const place = random.maybe(lists);
    if (!place) return false;
    place.entry.comma = "],";
    return true;
  }),
  fault("stray-closer-after-an-item", "writing", ["closers", "commas", "lines"], (draft, random) => {
    const items = placesIn(draft.root).filter(
      ({ entry, parent, index }) =>
        parent.type === "array" && entry.node.type === "string" && index < parent.entries.length - 1,
    );
    const place = random.maybe(items);
    if (!place) return false;
    spread(draft);
    draft.style.inlineLists = false;
    place.entry.comma = `\n${draft.style.indent}],`;
    return true;
  }),
  fault("stray-brace-after-a-value", "writing", ["closers", "commas"], (draft, random) => {
    const root = draft.root;
    const members = placesIn(root).filter(
      ({ entry, parent, index }) =>
        parent === root && hasKnownKeys(parent) && entry.node.type !== "object" && index < parent.entries.length - 1,
    );
    const place = random.maybe(members);
    if (!place) return false;
    place.entry.comma = "},";
    return true;
  }),
  fault("stray-closers-at-the-end", "cut", ["end", "form"], (draft, random) => {
    if (draft.cut) return false;
    draft.text += random.pick(["}", "]", "}}", "\n}\n}", "]}"]);
    return true;
  }),
  fault("closers-without-end", "cut", ["end", "form"], (draft, random) => {
    if (draft.cut) return false;
    draft.text += random.pick(["\n}", "\n]}", "}"]).repeat(random.integer(40, 400));
    return true;
  }),
  fault("doubled-braces", "writing", ["closers", "ends"], (draft) => {
    if (draft.root.type !== "object") return false;
    draft.root.open = "{{";
    draft.root.close = "}}";
    return true;
  }),
  fault("wrapped-in-a-list", "writing", ["closers", "ends"], (draft) => {
    if (draft.root.type !== "object") return false;
    draft.root.open = "[{";
    draft.root.close = "}]";
    return true;
  }),
  fault("opened-as-a-list", "writing", ["closers", "ends"], (draft, random) => {
    if (draft.root.type !== "object") return false;
    draft.root.open = "[{";
    if (random.chance(0.3)) draft.root.close = "]";
    return true;
  }),
  fault("closed-as-a-list", "writing", ["closers", "end"], (draft) => {
    if (draft.root.type !== "object") return false;
    draft.root.close = "}]";
    return true;
  }),
  fault("missing-first-brace", "writing", ["closers", "ends"], (draft) => {
    if (!hasKnownKeys(draft.root)) return false;
    draft.root.open = "";
    return true;
  }),
  fault("members-without-braces", "writing", ["closers", "ends"], (draft) => {
    if (!hasKnownKeys(draft.root) || endsInNumber(draft.root)) return false;
    draft.root.open = "";
    draft.root.close = "";
    return true;
  }),
  fault("missing-opening-bracket", "writing", ["closers"], (draft, random) => {
    const lists = placesIn(draft.root).filter(
      ({ entry, parent }) =>
        hasKnownKeys(parent) &&
        entry.node.type === "array" &&
        entry.node.entries.length > 1 &&
        entry.node.entries.every(({ node }) => node.type === "string"),
    );
    const place = random.maybe(lists);
    if (!place || !isContainer(place.entry.node)) return false;
    place.entry.node.open = "";
    return true;
  }),
  fault("full-width-brackets", "writing", ["closers"], (draft) => {
    if (!draft.document.chinese) return false;
    Object.assign(draft.style, { object: ["｛", "｝"], array: ["［", "］"] });
    return true;
  }),
  fault("corner-brackets-for-lists", "writing", ["closers"], (draft) => {
    if (!draft.document.chinese) return false;
    draft.style.array = ["【", "】"];
    return true;
  }),
  fault("tuples-for-lists", "writing", ["closers"], (draft, random) => {
    const lists = containersIn(draft.root).filter(({ type, entries }) => type === "array" && entries.length > 1);
    const chosen = random.some(lists);
    for (const list of chosen) Object.assign(list, { open: "(", close: ")" });
    return chosen.length > 0;
  }),
  fault("sets-for-lists", "writing", ["closers"], (draft, random) => {
    const lists = containersIn(draft.root).filter(
      ({ type, entries }) =>
        type === "array" && entries.length > 1 && entries.every(({ node }) => node.type === "string"),
    );
    const list = random.maybe(lists);
    if (!list) return false;
    Object.assign(list, { open: "{", close: "}" });
    return true;
  }),
];
