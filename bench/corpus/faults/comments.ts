import { type Draft, family, spread, surround } from "../draft.ts";
import type { Random } from "../random.ts";
import { placesIn } from "../tree.ts";

const fault = family("comments");

const remarks = [
  "the main goals",
  'see "requirements", section 2',
  "TODO: check this {maybe}",
  "must be one of [P0, P1]",
  "don't change",
  "as the user asked: simple",
  "这里是说明",
  "e.g. https://example.com/a#b",
];

/** Writes a remark behind the comma of some entries. */
function behind(draft: Draft, random: Random, write: (remark: string) => string): boolean {
  spread(draft);
  draft.style.inlineLists = false;
  const chosen = random.some(placesIn(draft.root));
  for (const { entry } of chosen) entry.tail = write(random.pick(remarks));
  return chosen.length > 0;
}

/** Writes a remark on a line of its own in front of some entries. */
function above(draft: Draft, random: Random, write: (remark: string) => string): boolean {
  spread(draft);
  draft.style.inlineLists = false;
  const chosen = random.some(placesIn(draft.root));
  for (const { entry } of chosen) entry.lead = `${write(random.pick(remarks))}\n${draft.style.indent}`;
  return chosen.length > 0;
}

export const commentFaults = [
  fault("slash-comments-behind", "writing", ["comments", "lines"], (draft, random) =>
    behind(draft, random, (remark) => ` // ${remark}`),
  ),
  fault("slash-comments-above", "writing", ["lead", "lines"], (draft, random) =>
    above(draft, random, (remark) => `// ${remark}`),
  ),
  fault("hash-comments-behind", "writing", ["comments", "lines"], (draft, random) =>
    behind(draft, random, (remark) => `  # ${remark}`),
  ),
  fault("hash-comments-above", "writing", ["lead", "lines"], (draft, random) =>
    above(draft, random, (remark) => `# ${remark}`),
  ),
  fault("block-comments-behind", "writing", ["comments", "lines"], (draft, random) =>
    behind(draft, random, (remark) => ` /* ${remark} */`),
  ),
  fault("block-comments-above", "writing", ["lead", "lines"], (draft, random) =>
    above(draft, random, (remark) => `/*\n * ${remark}\n */`),
  ),
  fault("block-comments-before-values", "writing", ["colons"], (draft, random) => {
    const chosen = random.some(placesIn(draft.root).filter(({ entry }) => entry.key !== undefined));
    for (const { entry } of chosen) entry.colon = `: /* ${random.pick(remarks)} */ `;
    return chosen.length > 0;
  }),
  fault("html-comments", "writing", ["lead", "lines"], (draft, random) =>
    above(draft, random, (remark) => `<!-- ${remark} -->`),
  ),
  fault("comment-on-top", "cut", ["top", "form"], (draft, random) =>
    surround(draft, random.pick(["// prd.json\n", "# The answer\n", "/* The result: {see below} */\n", "// {\n"])),
  ),
  fault("comment-before-the-comma", "writing", ["commas"], (draft, random) => {
    const chosen = random.some(placesIn(draft.root).filter(({ parent, index }) => index < parent.entries.length - 1));
    for (const { entry } of chosen) entry.comma = ` /* ${random.pick(remarks)} */,`;
    return chosen.length > 0;
  }),
  fault("ellipsis-in-a-list", "writing", ["tails", "commas"], (draft, random) => {
    const last = placesIn(draft.root).filter(
      ({ parent, index }) => parent.type === "array" && index === parent.entries.length - 1,
    );
    const chosen = random.some(last);
    for (const { entry } of chosen) entry.comma = random.pick([", ...", ",\n    ...", " ...", ", …"]);
    return chosen.length > 0;
  }),
  fault("ellipsis-comment-at-the-end", "writing", ["tails", "commas", "lines"], (draft, random) => {
    spread(draft);
    draft.style.inlineLists = false;
    const last = placesIn(draft.root).filter(({ parent, index }) => index === parent.entries.length - 1);
    const chosen = random.some(last);
    for (const { entry } of chosen) entry.comma = random.pick(["\n    // ...", ",\n    // ... more", "\n    # etc."]);
    return chosen.length > 0;
  }),
];
