import { type Draft, family, spread } from "../draft.ts";
import type { Random } from "../random.ts";
import { type Place, placesIn, type Text, textsIn } from "../tree.ts";
import { mayStayRaw } from "./raw-quotes.ts";

const fault = family("quotes");

const isIdentifier = (key: string) => /^[A-Za-z_$][\w$]*$/.test(key);
const members = (draft: Draft) => placesIn(draft.root).filter(({ entry }) => entry.key !== undefined);
const identifiers = (draft: Draft) => members(draft).filter(({ entry }) => isIdentifier(entry.key ?? ""));

function bareKeys(draft: Draft): boolean {
  for (const { entry } of identifiers(draft)) entry.keyText = entry.key ?? "";
  return identifiers(draft).length > 0;
}

/** Sets the quotes of some strings that do not hold one of these characters. */
function requote(draft: Draft, random: Random, quotes: readonly [string, string], forbidden: RegExp): boolean {
  const chosen = random.some(textsIn(draft.root).filter(({ text }) => !forbidden.test(text.value)));
  for (const { text } of chosen) text.quotes = quotes;
  return chosen.length > 0;
}

const plainLine = (place: Place & { text: Text }) =>
  /^[\p{L}][^"'`,:;{}[\]#\n\r\\()&<>“”，：]*[^\s"'`,:;{}[\]#\\()&<>“”]$/u.test(place.text.value) &&
  !/^(?:true|false|null|none|yes|no|nan|undefined)$/i.test(place.text.value);

/** Chooses the quotes as Python's repr does: single, unless the text has a single and no double quote. */
function pythonQuotes(draft: Draft): void {
  draft.style.keyQuotes = ["'", "'"];
  draft.style.quotes = ["'", "'"];
  for (const { text } of textsIn(draft.root))
    if (text.value.includes("'") && !text.value.includes('"')) text.quotes = ['"', '"'];
}

export const quoteFaults = [
  fault("single-quotes", "writing", ["quotes", "key-quotes"], (draft) => {
    Object.assign(draft.style, { keyQuotes: ["'", "'"], quotes: ["'", "'"] });
    return true;
  }),
  fault("single-quotes-here-and-there", "writing", ["quotes", "key-quotes"], (draft, random) => {
    for (const { entry } of random.some(members(draft))) entry.keyText = `'${entry.key}'`;
    return requote(draft, random, ["'", "'"], /'/);
  }),
  fault(
    "single-quotes-with-apostrophes",
    "writing",
    ["quotes", "key-quotes", "inner-quotes", "cut"],
    (draft, random) => {
      Object.assign(draft.style, { keyQuotes: ["'", "'"], quotes: ["'", "'"] });
      const chosen = random.some(
        textsIn(draft.root).filter(
          ({ text }) => /\p{L}'\p{L}/u.test(text.value) && !/(?<!\p{L})'|'(?!\p{L})/u.test(text.value),
        ),
      );
      for (const { text } of chosen) text.writers.push((character) => (character === "'" ? "'" : undefined));
      return chosen.length > 0;
    },
  ),
  fault("python-repr", "writing", ["quotes", "key-quotes", "literals", "one-line"], (draft) => {
    pythonQuotes(draft);
    Object.assign(draft.style, { indent: "", inlineLists: false, colon: ": ", comma: ", " });
    Object.assign(draft.style, { true: "True", false: "False", null: "None" });
    return true;
  }),
  fault("javascript-literal", "writing", ["quotes", "key-quotes", "literals", "commas", "lines"], (draft) => {
    spread(draft);
    bareKeys(draft);
    Object.assign(draft.style, { keyQuotes: ["'", "'"], quotes: ["'", "'"], null: "undefined", trailingComma: true });
    return true;
  }),
  fault("unquoted-keys", "writing", ["key-quotes"], (draft) => bareKeys(draft)),
  fault("unquoted-keys-here-and-there", "writing", ["key-quotes"], (draft, random) => {
    const chosen = random.some(identifiers(draft));
    for (const { entry } of chosen) entry.keyText = entry.key ?? "";
    return chosen.length > 0;
  }),
  fault("unquoted-keys-with-spaces", "writing", ["key-quotes", "lines"], (draft) => {
    const spaced = members(draft).filter(({ entry }) => /^\p{L}[\p{L} ]* \p{L}+$/u.test(entry.key ?? ""));
    spread(draft);
    for (const { entry } of spaced) entry.keyText = entry.key ?? "";
    return spaced.length > 0;
  }),
  fault("unquoted-values", "writing", ["quotes", "lines"], (draft, random) => {
    spread(draft);
    draft.style.inlineLists = false;
    const chosen = random.some(textsIn(draft.root).filter(plainLine));
    for (const { text } of chosen) text.text = text.value;
    return chosen.length > 0;
  }),
  fault("back-ticks", "writing", ["quotes"], (draft, random) => requote(draft, random, ["`", "`"], /`|\$\{/)),
  fault("template-literals-over-lines", "writing", ["quotes", "breaks"], (draft) => {
    const long = textsIn(draft.root).filter(({ text }) => text.value.includes("\n"));
    for (const { text } of long) {
      text.quotes = ["`", "`"];
      text.writers.push((character, index, value) =>
        character === "\n" ? "\n" : character === "$" && value[index + 1] === "{" ? "\\$" : undefined,
      );
    }
    return long.length > 0;
  }),
  fault("triple-quotes", "writing", ["quotes", "breaks"], (draft, random) => {
    const marks = random.pick(['"""', "'''"]);
    const long = textsIn(draft.root).filter(
      ({ text }) =>
        text.value.includes("\n") &&
        !text.value.includes(marks) &&
        !text.value.endsWith(marks.charAt(0)) &&
        !text.value.startsWith(marks.charAt(0)),
    );
    for (const { text } of long) {
      text.quotes = [marks, marks];
      text.writers.push((character) => (/[\n"']/.test(character) ? character : undefined));
    }
    return long.length > 0;
  }),
  fault("triple-quotes-on-one-line", "writing", ["quotes"], (draft, random) =>
    requote(draft, random, ['"""', '"""'], /"|\n/),
  ),
  fault("doubled-quotes-around-keys", "writing", ["key-quotes"], (draft, random) => {
    const chosen = random.some(members(draft));
    for (const { entry } of chosen) entry.keyText = `""${entry.key}""`;
    return chosen.length > 0;
  }),
  fault("doubled-quotes-around-values", "writing", ["quotes"], (draft, random) =>
    requote(draft, random, ['""', '""'], /^$|"/),
  ),
  fault("curly-quotes", "writing", ["quotes", "key-quotes"], (draft) => {
    Object.assign(draft.style, { keyQuotes: ["“", "”"], quotes: ["“", "”"] });
    return textsIn(draft.root).every(({ text }) => !/[“”]/.test(text.value));
  }),
  fault("curly-quotes-here-and-there", "writing", ["quotes", "key-quotes"], (draft, random) => {
    for (const { entry } of random.some(members(draft))) entry.keyText = `“${entry.key}”`;
    return requote(
      draft,
      random,
      random.pick([
        ["“", "”"],
        ["”", "”"],
        ["„", "“"],
      ]),
      /[“”„"]/,
    );
  }),
  fault("curly-single-quotes", "writing", ["quotes", "key-quotes"], (draft) => {
    Object.assign(draft.style, { keyQuotes: ["‘", "’"], quotes: ["‘", "’"] });
    return textsIn(draft.root).every(({ text }) => !/[‘’]/.test(text.value));
  }),
  fault("mixed-quotes", "writing", ["quotes"], (draft, random) =>
    requote(
      draft,
      random,
      random.pick([
        ["“", '"'],
        ['"', "”"],
      ]),
      /["“”]/,
    ),
  ),
  fault("full-width-quotes", "writing", ["quotes", "key-quotes"], (draft) => {
    if (!draft.document.chinese) return false;
    Object.assign(draft.style, { keyQuotes: ["＂", "＂"], quotes: ["＂", "＂"] });
    return true;
  }),
  fault("corner-quotes", "writing", ["quotes", "key-quotes"], (draft) => {
    if (!draft.document.chinese) return false;
    Object.assign(draft.style, { keyQuotes: ["「", "」"], quotes: ["「", "」"] });
    return true;
  }),
  fault("missing-opening-quote-of-a-key", "writing", ["key-quotes"], (draft, random) => {
    const place = random.maybe(members(draft).filter(({ entry }) => draft.keys.has(entry.key ?? "")));
    if (place) place.entry.keyText = `${place.entry.key}"`;
    return place !== undefined;
  }),
  fault("missing-closing-quote-of-a-key", "writing", ["key-quotes"], (draft, random) => {
    const place = random.maybe(members(draft).filter(({ entry }) => draft.keys.has(entry.key ?? "")));
    if (place) place.entry.keyText = `"${place.entry.key}`;
    return place !== undefined;
  }),
  fault("missing-opening-quote-of-a-value", "writing", ["quotes", "lines"], (draft, random) => {
    spread(draft);
    const place = random.maybe(textsIn(draft.root).filter(({ text }) => /^\p{L}[^"\n]*$/u.test(text.value)));
    if (place) place.text.quotes = ["", '"'];
    return place !== undefined;
  }),
  fault(
    "missing-closing-quote-of-a-value",
    "writing",
    ["quotes", "lines", "comments", "lead", "tails", "breaks", "inner-quotes"],
    (draft, random) => {
      spread(draft);
      draft.style.inlineLists = false;
      const place = random.maybe(
        textsIn(draft.root).filter(
          ({ text, parent, index }) =>
            parent.type === "object" &&
            index < parent.entries.length - 1 &&
            /[^"\n]{3}/.test(text.value) &&
            !/"|\n|,$/.test(text.value),
        ),
      );
      if (place) place.text.quotes = ['"', ""];
      return place !== undefined;
    },
  ),
  fault(
    "missing-closing-quote-of-an-item",
    "writing",
    ["quotes", "lines", "comments", "lead", "tails", "breaks", "inner-quotes"],
    (draft, random) => {
      spread(draft);
      draft.style.inlineLists = false;
      const place = random.maybe(
        textsIn(draft.root).filter(
          ({ text, parent, index }) =>
            parent.type === "array" &&
            index < parent.entries.length - 1 &&
            text.value.length > 2 &&
            !/"|\n|,$/.test(text.value),
        ),
      );
      if (place) place.text.quotes = ['"', ""];
      return place !== undefined;
    },
  ),
  fault("missing-opening-quote-of-the-last-value", "writing", ["quotes", "end"], (draft) => {
    const last = textsIn(draft.root).at(-1);
    if (!last || last.index < last.parent.entries.length - 1 || !/^\p{L}[\w .]*$/u.test(last.text.value)) return false;
    last.text.quotes = ["", '"'];
    return true;
  }),
  fault("escaped-closing-quote", "writing", ["quotes", "lines", "breaks", "inner-quotes"], (draft, random) => {
    spread(draft);
    draft.style.inlineLists = false;
    const place = random.maybe(
      textsIn(draft.root).filter(
        ({ text, parent, index }) =>
          parent.type === "object" &&
          index < parent.entries.length - 1 &&
          text.value.length > 2 &&
          !/["\n\\]/.test(text.value),
      ),
    );
    if (place) place.text.quotes = ['"', '\\"'];
    return place !== undefined;
  }),
  fault("escaped-quotes-around-keys", "writing", ["key-quotes"], (draft, random) => {
    const chosen = random.some(members(draft));
    for (const { entry } of chosen) entry.keyText = `\\"${entry.key}\\"`;
    return chosen.length > 0;
  }),
  fault("bold-keys", "writing", ["key-quotes"], (draft) => {
    const known = members(draft).filter(({ entry }) => draft.keys.has(entry.key ?? ""));
    for (const { entry } of known) entry.keyText = `**"${entry.key}"**`;
    return known.length > 0;
  }),
  fault("concatenation", "writing", ["quotes", "lines"], (draft, random) => {
    const chosen = random.some(textsIn(draft.root).filter(({ text }) => / /.test(text.value.slice(8, -8))));
    spread(draft);
    for (const { text } of chosen) {
      const words = text.value.split(/(?<= )/);
      const middle = random.integer(1, words.length - 1);
      const parts = [words.slice(0, middle), words.slice(middle)].map((part) => JSON.stringify(part.join("")));
      text.text = parts.join(random.pick([" + ", " +\n      ", "\n      + "]));
    }
    return chosen.length > 0;
  }),
  fault("concatenation-of-lines", "writing", ["quotes"], (draft) => {
    const long = textsIn(draft.root).filter(({ text }) => text.value.trimEnd().includes("\n"));
    for (const { text } of long)
      text.text = text.value
        .split(/(?<=\n)/)
        .map((line) => JSON.stringify(line))
        .join(" +\n    ");
    return long.length > 0;
  }),
  fault("adjacent-strings", "writing", ["quotes"], (draft) => {
    const long = textsIn(draft.root).filter(
      ({ text, parent }) => parent.type === "object" && text.value.trimEnd().includes("\n"),
    );
    for (const { text } of long)
      text.text = `(${text.value
        .split(/(?<=\n)/)
        .map((line) => JSON.stringify(line))
        .join("\n    ")})`;
    return long.length > 0;
  }),
  fault("raw-single-quoted-text", "writing", ["quotes", "key-quotes", "inner-quotes", "cut"], (draft, random) => {
    const place = random.maybe(
      textsIn(draft.root).filter(
        ({ text, parent }) => /'/.test(text.value) && mayStayRaw(text.value, "'", parent, draft.keys),
      ),
    );
    if (!place) return false;
    Object.assign(draft.style, { keyQuotes: ["'", "'"], quotes: ["'", "'"] });
    place.text.writers.push((character) => (character === "'" ? "'" : undefined));
    return true;
  }),
];
