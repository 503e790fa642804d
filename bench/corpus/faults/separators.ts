import { type Draft, family, spread } from "../draft.ts";
import type { Random } from "../random.ts";
import { containersIn, hasKnownKeys, isContainer, type Place, placesIn } from "../tree.ts";

const fault = family("separators");

const followed = ({ parent, index }: Place) => index < parent.entries.length - 1;
const inObject = ({ parent }: Place) => parent.type === "object";
const between = (draft: Draft) => placesIn(draft.root).filter(followed);

/** Sets something on one, some or all of the places; false without any. */
function onSome(random: Random, places: readonly Place[], change: (place: Place) => void): boolean {
  const chosen = random.some(places);
  for (const place of chosen) change(place);
  return chosen.length > 0;
}

/** A list is printed over several lines unless it is short. */
const onLines = (draft: Draft) => {
  spread(draft);
  draft.style.inlineLists = false;
  return between(draft);
};

export const separatorFaults = [
  fault("missing-comma-between-members", "writing", ["commas", "lines"], (draft, random) =>
    onSome(random, onLines(draft).filter(inObject), ({ entry }) => {
      entry.comma = "";
    }),
  ),
  fault("missing-comma-between-items", "writing", ["commas", "lines"], (draft, random) =>
    onSome(
      random,
      onLines(draft).filter((place) => !inObject(place) && !isContainer(place.entry.node)),
      ({ entry }) => {
        entry.comma = "";
      },
    ),
  ),
  fault("missing-comma-between-containers", "writing", ["commas"], (draft, random) =>
    onSome(
      random,
      between(draft).filter((place) => !inObject(place) && isContainer(place.entry.node)),
      ({ entry }) => {
        entry.comma = random.pick(["", " "]);
      },
    ),
  ),
  fault("missing-comma-on-one-line", "writing", ["commas", "inner-quotes", "one-line"], (draft, random) => {
    Object.assign(draft.style, { indent: "", inlineLists: false, colon: ": ", comma: ", " });
    return onSome(random, between(draft), ({ entry }) => {
      entry.comma = " ";
    });
  }),
  fault("missing-all-commas", "writing", ["commas", "inner-quotes", "lines"], (draft) => {
    for (const { entry } of onLines(draft)) entry.comma = "";
    return between(draft).length > 0;
  }),
  fault("trailing-comma", "writing", ["commas"], (draft, random) =>
    onSome(
      random,
      placesIn(draft.root).filter((place) => !followed(place)),
      ({ entry }) => {
        entry.comma = ",";
      },
    ),
  ),
  fault("trailing-commas-everywhere", "writing", ["commas"], (draft) => {
    draft.style.trailingComma = true;
    return true;
  }),
  fault("trailing-comma-after-all", "cut", ["end", "form"], (draft) => {
    if (draft.cut) return false;
    draft.text += ",";
    return true;
  }),
  fault("doubled-comma", "writing", ["commas"], (draft, random) =>
    onSome(random, between(draft), ({ entry }) => {
      entry.comma = random.pick([",,", ", ,", ",,,"]);
    }),
  ),
  fault("leading-comma", "writing", ["commas", "lead"], (draft, random) =>
    onSome(
      random,
      placesIn(draft.root).filter(({ index }) => index === 0),
      ({ entry }) => {
        entry.lead = ", ";
      },
    ),
  ),
  fault("comma-first-lines", "writing", ["commas", "lead", "lines"], (draft) => {
    for (const { entry } of onLines(draft)) entry.comma = "";
    for (const { entry, index } of placesIn(draft.root)) if (index > 0) entry.lead = ", ";
    return true;
  }),
  fault("semicolon-for-comma", "writing", ["commas"], (draft, random) =>
    onSome(random, between(draft), ({ entry }) => {
      entry.comma = ";";
    }),
  ),
  fault("semicolons-throughout", "writing", ["commas", "lines"], (draft) => {
    spread(draft);
    Object.assign(draft.style, { comma: ";", trailingComma: true });
    return true;
  }),
  fault("comma-and-semicolon", "writing", ["commas", "lines"], (draft, random) =>
    onSome(random, onLines(draft).filter(inObject), ({ entry }) => {
      entry.comma = random.pick([";,", ",;"]);
    }),
  ),
  fault("missing-colon", "writing", ["colons", "inner-quotes"], (draft, random) =>
    onSome(random, placesIn(draft.root).filter(inObject), ({ entry }) => {
      entry.colon = " ";
    }),
  ),
  fault("equals-for-colon", "writing", ["colons"], (draft) => {
    draft.style.colon = " = ";
    return containersIn(draft.root).some(({ type }) => type === "object");
  }),
  fault("arrow-for-colon", "writing", ["colons"], (draft) => {
    draft.style.colon = " => ";
    return containersIn(draft.root).some(({ type }) => type === "object");
  }),
  fault("doubled-colon", "writing", ["colons"], (draft, random) =>
    onSome(random, placesIn(draft.root).filter(inObject), ({ entry }) => {
      entry.colon = random.pick(["::", ": : ", ":: "]);
    }),
  ),
  fault("colon-inside-the-key", "writing", ["colons", "key-quotes"], (draft, random) =>
    onSome(
      random,
      placesIn(draft.root).filter(({ parent }) => hasKnownKeys(parent)),
      ({ entry }) => {
        entry.keyText = `"${entry.key}:"`;
        entry.colon = random.pick([" ", ": "]);
      },
    ),
  ),
  fault("full-width-punctuation", "writing", ["commas", "colons"], (draft) => {
    if (!draft.document.chinese) return false;
    Object.assign(draft.style, { colon: "：", comma: "，" });
    return true;
  }),
  fault("full-width-punctuation-here-and-there", "writing", ["commas", "colons"], (draft, random) => {
    if (!draft.document.chinese) return false;
    for (const { entry } of random.some(between(draft))) entry.comma = "，";
    for (const { entry } of random.some(placesIn(draft.root).filter(inObject))) entry.colon = "：";
    return true;
  }),
  fault("enumeration-comma", "writing", ["commas"], (draft, random) => {
    if (!draft.document.chinese) return false;
    return onSome(
      random,
      between(draft).filter((place) => !inObject(place)),
      ({ entry }) => {
        entry.comma = "、";
      },
    );
  }),
];
