import { type Draft, family } from "../draft.ts";
import type { Random } from "../random.ts";
import { type Bare, placesIn } from "../tree.ts";

const fault = family("literals");

const bares = (draft: Draft, may: (value: Bare["value"]) => boolean): Bare[] =>
  placesIn(draft.root).flatMap(({ entry }) =>
    entry.node.type === "bare" && may(entry.node.value) ? [entry.node] : [],
  );

const isNumber = (value: Bare["value"]) => typeof value === "number";
const isWord = (value: Bare["value"]) => typeof value !== "number";

function words(draft: Draft, yes: string, no: string, nothing: string): boolean {
  Object.assign(draft.style, { true: yes, false: no, null: nothing });
  return bares(draft, isWord).length > 0;
}

/** Writes some numbers in another way; false without a number it fits. */
function numbers(
  draft: Draft,
  random: Random,
  may: (value: number) => boolean,
  write: (value: number) => string,
): boolean {
  const chosen = random.some(bares(draft, (value) => typeof value === "number" && may(value)));
  for (const bare of chosen) bare.text = write(Number(bare.value));
  return chosen.length > 0;
}

/** Only an object member may be written with a comma inside: in a list it would be two items. */
const memberNumbers = (draft: Draft) =>
  placesIn(draft.root).flatMap(({ entry, parent }) =>
    parent.type === "object" && entry.node.type === "bare" && isNumber(entry.node.value) ? [entry.node] : [],
  );

export const literalFaults = [
  fault("python-words", "writing", ["literals"], (draft) => words(draft, "True", "False", "None")),
  fault("upper-case-words", "writing", ["literals"], (draft) => words(draft, "TRUE", "FALSE", "NULL")),
  fault("capitalised-words", "writing", ["literals"], (draft) => words(draft, "True", "False", "Null")),
  fault("undefined-for-null", "writing", ["literals"], (draft) => {
    draft.style.null = "undefined";
    return bares(draft, (value) => value === null).length > 0;
  }),
  fault("nan-for-null", "writing", ["literals"], (draft) => {
    draft.style.null = "NaN";
    return bares(draft, (value) => value === null).length > 0;
  }),
  fault("nil-for-null", "writing", ["literals"], (draft) => {
    draft.style.null = "nil";
    return bares(draft, (value) => value === null).length > 0;
  }),
  fault("yes-and-no", "writing", ["literals"], (draft, random) =>
    random.chance(0.5) ? words(draft, "yes", "no", "null") : words(draft, "Yes", "No", "null"),
  ),
  fault("plus-sign", "writing", ["numbers"], (draft, random) =>
    numbers(
      draft,
      random,
      (value) => value > 0,
      (value) => `+${value}`,
    ),
  ),
  fault("no-leading-zero", "writing", ["numbers"], (draft, random) =>
    numbers(
      draft,
      random,
      (value) => Math.abs(value) < 1 && value !== 0,
      (value) => String(value).replace("0.", "."),
    ),
  ),
  fault("nothing-after-the-point", "writing", ["numbers"], (draft, random) =>
    numbers(draft, random, Number.isInteger, (value) => `${value}.`),
  ),
  fault("leading-zeros", "writing", ["numbers"], (draft, random) =>
    numbers(
      draft,
      random,
      (value) => Number.isInteger(value) && value > 0,
      (value) => `0${value}`,
    ),
  ),
  fault("underscores-in-numbers", "writing", ["numbers"], (draft, random) =>
    numbers(
      draft,
      random,
      (value) => value >= 1000,
      (value) => value.toLocaleString("en").replaceAll(",", "_"),
    ),
  ),
  fault("thousands-commas", "writing", ["numbers"], (draft, random) => {
    const chosen = random.some(memberNumbers(draft).filter(({ value }) => Number(value) >= 1000));
    for (const bare of chosen) bare.text = Number(bare.value).toLocaleString("en");
    return chosen.length > 0;
  }),
  fault("hexadecimal-numbers", "writing", ["numbers"], (draft, random) =>
    numbers(
      draft,
      random,
      (value) => Number.isInteger(value) && value > 9,
      (value) => `0x${value.toString(16).toUpperCase()}`,
    ),
  ),
  fault("integers-as-floats", "writing", ["numbers"], (draft, random) =>
    numbers(draft, random, Number.isInteger, (value) => value.toFixed(1)),
  ),
  fault("exponents", "writing", ["numbers"], (draft, random) =>
    numbers(
      draft,
      random,
      (value) => value >= 100,
      (value) => value.toExponential(),
    ),
  ),
];
