import { type Draft, family } from "../draft.ts";
import type { Random } from "../random.ts";
import { type Place, type Text, textsIn } from "../tree.ts";
import { mayStayRaw } from "./raw-quotes.ts";

const fault = family("strings");

type Found = Place & { readonly text: Text };

/** Writes some characters of some strings as they are; false when no string may have them. */
function raw(draft: Draft, random: Random, characters: RegExp, may: (found: Found) => boolean, all = false): boolean {
  const found = textsIn(draft.root).filter((place) => characters.test(place.text.value) && may(place));
  for (const { text } of all ? found : random.some(found))
    text.writers.push((character) => (characters.test(character) ? character : undefined));
  return found.length > 0;
}

const keepsItsEnd =
  (draft: Draft) =>
  ({ text, parent }: Found) =>
    mayStayRaw(text.value, '"', parent, draft.keys);

const isHtml = (value: string) => /<\w+ [^>]*="/.test(value);
const isCode = (value: string) => /[{};=]\n/.test(value) && !isHtml(value);

/** Backslashes that JSON would not take for an escape of its own. */
const harmless = (value: string) => /\\/.test(value) && !/\\(?:[bfnrtu"\\/]|$)/.test(value);

const escapeWith = (characters: string) => (character: string) =>
  characters.includes(character) ? `\\${character}` : undefined;

export const stringFaults = [
  fault("raw-line-breaks", "writing", ["breaks"], (draft, random) => raw(draft, random, /\n/, () => true)),
  fault("raw-line-breaks-everywhere", "writing", ["breaks"], (draft, random) =>
    raw(draft, random, /\n/, () => true, true),
  ),
  fault("raw-tabs", "writing", ["breaks"], (draft, random) =>
    raw(draft, random, /[\n\t]/, ({ text }) => /\t/.test(text.value), true),
  ),
  fault("unescaped-quotes-in-one-string", "writing", ["inner-quotes", "quotes", "cut"], (draft, random) => {
    const place = random.maybe(
      textsIn(draft.root).filter((found) => /"/.test(found.text.value) && keepsItsEnd(draft)(found)),
    );
    place?.text.writers.push((character) => (character === '"' ? '"' : undefined));
    return place !== undefined;
  }),
  fault("unescaped-quotes-in-prose", "writing", ["inner-quotes", "quotes", "cut"], (draft, random) =>
    raw(
      draft,
      random,
      /"/,
      (found) => !isCode(found.text.value) && !isHtml(found.text.value) && keepsItsEnd(draft)(found),
      true,
    ),
  ),
  fault("unescaped-quotes-in-code", "writing", ["inner-quotes", "quotes", "cut"], (draft, random) =>
    raw(draft, random, /"/, (found) => isCode(found.text.value) && keepsItsEnd(draft)(found), true),
  ),
  fault("unescaped-quotes-in-html", "writing", ["inner-quotes", "quotes", "cut"], (draft, random) =>
    raw(draft, random, /"/, (found) => isHtml(found.text.value) && keepsItsEnd(draft)(found), true),
  ),
  fault("half-escaped-quotes", "writing", ["inner-quotes", "quotes", "cut"], (draft, random) => {
    const place = random.maybe(
      textsIn(draft.root).filter((found) => /".+"/s.test(found.text.value) && keepsItsEnd(draft)(found)),
    );
    if (!place) return false;
    const first = place.text.value.indexOf('"');
    place.text.writers.push((character, index) => (character === '"' && index > first ? '"' : undefined));
    return true;
  }),
  fault("raw-code", "writing", ["inner-quotes", "quotes", "cut", "breaks", "escapes"], (draft, random) =>
    raw(
      draft,
      random,
      /["\n\\]/,
      (found) =>
        /"/.test(found.text.value) &&
        /\n/.test(found.text.value) &&
        !/\\"/.test(found.text.value) &&
        keepsItsEnd(draft)(found),
      true,
    ),
  ),
  fault("escaped-underscores", "writing", ["escapes"], (draft, random) => {
    const chosen = random.some(textsIn(draft.root).filter(({ text }) => /_/.test(text.value)));
    for (const { text } of chosen) text.writers.push(escapeWith("_"));
    return chosen.length > 0;
  }),
  fault("escaped-apostrophes", "writing", ["escapes"], (draft) => {
    draft.style.writers.push(escapeWith("'"));
    return textsIn(draft.root).some(({ text }) => text.value.includes("'"));
  }),
  fault("escaped-back-ticks-and-placeholders", "writing", ["escapes"], (draft) => {
    const escaped = (character: string, next: string | undefined) =>
      character === "`" || (character === "$" && next === "{");
    draft.style.writers.push((character, index, value) =>
      escaped(character, value[index + 1]) ? `\\${character}` : undefined,
    );
    return textsIn(draft.root).some(({ text }) => /`|\$\{/.test(text.value));
  }),
  fault("unescaped-regular-expression", "writing", ["escapes"], (draft, random) =>
    raw(draft, random, /\\/, ({ text }) => harmless(text.value) && !/^[A-Z]:/.test(text.value)),
  ),
  fault("unescaped-windows-path", "writing", ["escapes"], (draft, random) =>
    raw(draft, random, /\\/, ({ text }) => harmless(text.value) && /[A-Z]:\\/.test(text.value)),
  ),
  fault("windows-path-that-spells-escapes", "writing", ["escapes"], (draft, random) =>
    raw(draft, random, /\\/, ({ text }) => /^[A-Z]:\\[\w\\ .]+$/.test(text.value) && !harmless(text.value), true),
  ),
  fault("backslash-before-line-break", "writing", ["breaks", "escapes"], (draft, random) => {
    const chosen = random.some(textsIn(draft.root).filter(({ text }) => / \S/.test(text.value.slice(20, -5))));
    for (const { text } of chosen) {
      const at = text.value.indexOf(" ", 20);
      text.writers.push((character, index) => (index === at && character === " " ? " \\\n" : undefined));
    }
    return chosen.length > 0;
  }),
  fault("javascript-escapes", "writing", ["escapes"], (draft) => {
    draft.style.writers.push((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code > 0xffff) return `\\u{${code.toString(16).toUpperCase()}}`;
      return code > 0x7f && code <= 0xff ? `\\x${code.toString(16)}` : undefined;
    });
    return textsIn(draft.root).some(({ text }) => /[\u0080-\u00ff]|[\u{10000}-\u{10ffff}]/u.test(text.value));
  }),
  fault("fence-as-a-value", "writing", ["quotes", "breaks"], (draft) => {
    const blocks = textsIn(draft.root).filter(
      ({ text, parent }) =>
        parent.type === "object" &&
        /\n.*\n.*\n/.test(text.value) &&
        !text.value.includes("```") &&
        !text.value.startsWith("\n"),
    );
    for (const { text } of blocks) {
      const value = text.value.replace(/\n$/, "");
      text.text = `\`\`\`\n${value}\n\`\`\``;
      text.truth = { value: text.value };
    }
    return blocks.length > 0 && blocks.every(({ text }) => !text.value.endsWith("\n"));
  }),
];
