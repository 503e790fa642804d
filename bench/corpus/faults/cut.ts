import { type Draft, family, printAgain } from "../draft.ts";
import { type EntrySpan, type Printed, unicodeEscape } from "../print.ts";
import type { Random } from "../random.ts";
import { type Entry, isContainer, type Node, type Place, placesIn, truthOf } from "../tree.ts";

const fault = family("cut");
const claims = ["cut", "end", "form"];

/** Ends the text at a position and works out what is left of the truth. */
function cutAt(draft: Draft, at: number | undefined): boolean {
  const { printed } = draft;
  if (!printed || draft.rigid || at === undefined || at < 12 || at >= printed.text.trimEnd().length) return false;
  const left = leftOf(draft.root, at, printed);
  if (!left) return false;
  draft.text = printed.text.slice(0, at);
  draft.expected = left.value;
  draft.cut = { path: left.path };
  return true;
}

interface Left {
  readonly value: unknown;
  readonly path: readonly (string | number)[];
}

/** What is complete before a position, with a beginning of the string that it cuts; nothing where that is not known. */
function leftOf(node: Node, at: number, printed: Printed): Left | undefined {
  const span = printed.spans.get(node);
  if (!span || node.truth) return undefined;
  if (node.type === "string") {
    if (node.text !== undefined) return undefined;
    const kept = span.characters?.filter((end) => end <= at).length ?? 0;
    return { value: node.value.slice(0, kept), path: [] };
  }
  if (!isContainer(node)) return undefined;
  const complete = node.entries.filter((entry) => !entry.extra && endOf(entry, printed) <= at);
  const open = node.entries.find((entry) => startOf(entry, printed) < at && endOf(entry, printed) > at);
  if (node.standsFor) return open?.node === node.standsFor ? leftOf(open.node, at, printed) : undefined;
  const unsure = node.entries.some((entry) => entry.node.type === "bare" && endOf(entry, printed) === at);
  if (unsure || open?.extra) return undefined;
  const started = open && (printed.spans.get(open.node)?.start ?? at) < at;
  const inner = started && open.node.type !== "bare" ? leftOf(open.node, at, printed) : undefined;
  if (started && open.node.type !== "bare" && !inner) return undefined;
  const step = inner && (open?.name ?? complete.length);
  const path = inner && step !== undefined ? [step, ...inner.path] : [];
  if (node.type === "array") {
    const items = complete.map((entry) => truthOf(entry.node));
    return { value: inner ? [...items, inner.value] : items, path };
  }
  const members = complete.map((entry): [string, unknown] => [entry.name ?? "", truthOf(entry.node)]);
  if (inner && open) members.push([open.name ?? "", inner.value]);
  return { value: Object.fromEntries(members), path };
}

const startOf = (entry: Entry, printed: Printed) => printed.entries.get(entry)?.start ?? 0;
const endOf = (entry: Entry, printed: Printed) => printed.entries.get(entry)?.end ?? Number.POSITIVE_INFINITY;

/** Entries of the last two thirds that fit: a model is rarely stopped right at its start. */
function late(draft: Draft, fits: (place: Place) => boolean): Place[] {
  const { printed } = draft;
  if (!printed) return [];
  return placesIn(draft.root).filter((place) => startOf(place.entry, printed) > printed.text.length / 4 && fits(place));
}

/** Cuts one of the late entries at the position a function finds in it. */
function cutIn(
  draft: Draft,
  random: Random,
  fits: (place: Place) => boolean,
  position: (span: EntrySpan, node: Node, printed: Printed) => number | undefined,
): boolean {
  const { printed } = draft;
  if (!printed) return false;
  const place = random.maybe(late(draft, fits));
  const span = place && printed.entries.get(place.entry);
  return place !== undefined && span !== undefined && cutAt(draft, position(span, place.entry.node, printed));
}

const isText = ({ entry }: Place) => entry.node.type === "string" && entry.node.text === undefined;
const isKnown = ({ entry }: Place) => entry.key !== undefined && !entry.extra;

export const cutFaults = [
  fault("cut-in-a-string", "cut", claims, (draft, random) =>
    cutIn(
      draft,
      random,
      (place) => isText(place) && String(truthOf(place.entry.node)).length > 8,
      (_, node, printed) => {
        const ends = printed.spans.get(node)?.characters ?? [];
        return ends[random.integer(3, ends.length - 2)];
      },
    ),
  ),
  fault("cut-in-a-long-string", "cut", claims, (draft, random) =>
    cutIn(
      draft,
      random,
      (place) => isText(place) && String(truthOf(place.entry.node)).length > 120,
      (_, node, printed) => {
        const ends = printed.spans.get(node)?.characters ?? [];
        return ends[random.integer(20, ends.length - 2)];
      },
    ),
  ),
  fault("cut-in-an-escape", "cut", claims, (draft, random) =>
    cutIn(
      draft,
      random,
      (place) => isText(place) && /[\n"\\]/.test(String(truthOf(place.entry.node)).slice(2)),
      (_, node, printed) => {
        const ends = printed.spans.get(node)?.characters ?? [];
        const escaped = ends.filter((end, index) => index > 2 && end - (ends[index - 1] ?? 0) > 1);
        const end = random.maybe(escaped);
        return end === undefined ? undefined : end - 1;
      },
    ),
  ),
  fault("cut-in-a-surrogate-pair", "cut", [...claims, "escapes"], (draft, random) => {
    draft.style.writers.push((character) => (character > "\u007f" ? unicodeEscape(character) : undefined));
    if (draft.form !== undefined) return false;
    const printed = printAgain(draft);
    const places = placesIn(draft.root).filter(
      (place) => isText(place) && /[\u{10000}-\u{10ffff}]/u.test(String(truthOf(place.entry.node))),
    );
    const node = random.maybe(places)?.entry.node;
    if (node?.type !== "string") return false;
    const index = node.value.search(/[\ud800-\udbff]/);
    const end = printed.spans.get(node)?.characters?.[index];
    return cutAt(draft, end === undefined ? undefined : end - random.integer(1, 7));
  }),
  fault("cut-in-a-unicode-escape", "cut", [...claims, "escapes"], (draft, random) => {
    draft.style.writers.push((character) => (character > "\u007f" ? unicodeEscape(character) : undefined));
    if (draft.form !== undefined) return false;
    printAgain(draft);
    return cutIn(
      draft,
      random,
      (place) => isText(place) && /[\u0080-\ud7ff]/.test(String(truthOf(place.entry.node))),
      (_, node, printed) => {
        const ends = printed.spans.get(node)?.characters ?? [];
        const end = random.maybe(ends.filter((place, index) => index > 0 && place - (ends[index - 1] ?? 0) === 6));
        return end === undefined ? undefined : end - random.integer(1, 5);
      },
    );
  }),
  fault("cut-in-a-key", "cut", claims, (draft, random) =>
    cutIn(draft, random, isKnown, ({ start, keyEnd }) => random.integer(start + 1, keyEnd - 1)),
  ),
  fault("cut-after-a-key", "cut", claims, (draft, random) => cutIn(draft, random, isKnown, ({ keyEnd }) => keyEnd)),
  fault("cut-after-a-colon", "cut", claims, (draft, random) =>
    cutIn(draft, random, isKnown, ({ colonEnd }) => colonEnd),
  ),
  fault("cut-after-an-opening-quote", "cut", claims, (draft, random) =>
    cutIn(draft, random, isText, (_, node, printed) => (printed.spans.get(node)?.start ?? 0) + 1),
  ),
  fault("cut-in-a-number", "cut", claims, (draft, random) =>
    cutIn(
      draft,
      random,
      ({ entry: { node } }) => node.type === "bare" && typeof node.value === "number" && String(node.value).length > 1,
      ({ end }, node, printed) => random.integer((printed.spans.get(node)?.start ?? 0) + 1, end - 1),
    ),
  ),
  fault("cut-in-a-word", "cut", claims, (draft, random) =>
    cutIn(
      draft,
      random,
      ({ entry: { node } }) => node.type === "bare" && typeof node.value !== "number",
      ({ end }, node, printed) => random.integer((printed.spans.get(node)?.start ?? 0) + 1, end - 1),
    ),
  ),
  fault("cut-after-a-comma", "cut", claims, (draft, random) =>
    cutIn(
      draft,
      random,
      ({ entry, parent, index }) => index < parent.entries.length - 1 && entry.comma === undefined && !entry.extra,
      ({ end }) => end + draft.style.comma.trimEnd().length,
    ),
  ),
  fault("cut-after-an-item", "cut", claims, (draft, random) =>
    cutIn(
      draft,
      random,
      ({ entry, parent, index }) =>
        index < parent.entries.length - 1 && isContainer(entry.node) && !entry.extra && !entry.node.truth,
      ({ end }) => end,
    ),
  ),
  fault("cut-after-an-opening-bracket", "cut", claims, (draft, random) =>
    cutIn(
      draft,
      random,
      ({ entry: { node } }) => isContainer(node) && !node.truth && node.entries.length > 0,
      (_, node, printed) => (printed.spans.get(node)?.start ?? 0) + 1,
    ),
  ),
  fault("cut-anywhere", "cut", claims, (draft, random) => {
    const length = draft.printed?.text.length ?? 0;
    return cutAt(draft, random.integer(Math.floor(length * 0.3), Math.floor(length * 0.97)));
  }),
];
