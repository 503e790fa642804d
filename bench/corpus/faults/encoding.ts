import { type Draft, family } from "../draft.ts";

const fault = family("encoding");

/** Replaces white space between the tokens, never inside a string. */
function blanks(draft: Draft, change: (blanks: string) => string): boolean {
  const before = draft.text;
  draft.text = before.replace(/"(?:[^"\\\n]|\\.)*"?|[ \t]+/g, (token) =>
    token.startsWith('"') ? token : change(token),
  );
  return draft.text !== before;
}

const ordinary = (draft: Draft) =>
  draft.form === undefined && draft.style.quotes[0] === '"' && draft.style.keyQuotes[0] === '"';

/** A string of the text, or a line break between strings. */
const token = /"(?:[^"\\\n]|\\.)*"?|\n/g;

/** Claimed by what changes the blanks between strings, and so must know where those are. */
const strings = ["quotes", "key-quotes", "inner-quotes", "breaks"];

const entities = (text: string, marks: Record<string, string>) =>
  text.replace(/[&<>"']/g, (mark) => marks[mark] ?? mark);

const full = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const encodingFaults = [
  fault("stringified", "encoding", ["encoding", "form"], (draft) => {
    const text = JSON.stringify(draft.text);
    draft.text = draft.cut ? text.slice(0, -1) : text;
    return true;
  }),
  fault("stringified-twice", "encoding", ["encoding", "form"], (draft) => {
    draft.text = JSON.stringify(JSON.stringify(draft.text));
    return !draft.cut;
  }),
  fault("escaped-once", "encoding", ["encoding", "form", "escapes"], (draft) => {
    draft.text = JSON.stringify(draft.text).slice(1, -1);
    return true;
  }),
  fault("escaped-quotes-and-line-breaks-kept", "encoding", ["encoding", "form", "escapes"], (draft) => {
    draft.text = draft.text.replace(/["\\]/g, "\\$&");
    return true;
  }),
  fault("escaped-line-breaks-between", "encoding", ["encoding", "form", "comments", "lead", ...strings], (draft) => {
    if (!draft.style.indent || !ordinary(draft) || draft.cut) return false;
    const before = draft.text;
    draft.text = before.replace(token, (found) => (found === "\n" ? "\\n" : found));
    return draft.text !== before && !draft.text.includes("\n");
  }),
  fault("html-entities-for-quotes", "encoding", ["encoding", "form"], (draft) => {
    draft.text = draft.text.replaceAll('"', "&quot;");
    return !JSON.stringify(draft.document.truth).includes("&") && draft.text.includes("&quot;");
  }),
  fault("html-entities", "encoding", ["encoding", "form"], (draft) => {
    draft.text = entities(draft.text, full);
    return draft.text.includes("&quot;");
  }),
  fault("numeric-entities", "encoding", ["encoding", "form"], (draft, random) => {
    const quote = random.pick(["&#34;", "&#x22;"]);
    draft.text = entities(draft.text, { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': quote });
    return draft.text.includes(quote);
  }),
  fault("byte-order-mark", "edge", ["mark"], (draft) => {
    draft.text = `\ufeff${draft.text}`;
    return true;
  }),
  fault(
    "zero-width-characters",
    "encoding",
    ["blanks", ...strings],
    (draft, random) =>
      ordinary(draft) &&
      blanks(draft, (space) =>
        random.chance(0.4) ? `${random.pick(["\u200b", "\u200c", "\u2060", "\ufeff"])}${space}` : space,
      ),
  ),
  fault(
    "non-breaking-spaces",
    "encoding",
    ["blanks", ...strings],
    (draft) => ordinary(draft) && blanks(draft, (space) => space.replace(/ /g, "\u00a0")),
  ),
  fault("wide-spaces", "encoding", ["blanks", ...strings], (draft, random) => {
    const wide = random.pick(["\u3000", "\u2003", "\u202f"]);
    return ordinary(draft) && blanks(draft, (space) => space.replace(/ /g, wide));
  }),
  fault("carriage-returns", "encoding", ["blanks", ...strings], (draft) => {
    const before = draft.text;
    draft.text = before.replace(token, (found) => (found === "\n" ? "\r\n" : found));
    return ordinary(draft) && draft.text !== before;
  }),
  fault("blank-lines", "encoding", ["blank-lines", ...strings], (draft, random) => {
    const before = draft.text;
    draft.text = before.replace(token, (found) => (found === "\n" && random.chance(0.3) ? "\n  \n\n" : found));
    return ordinary(draft) && draft.text !== before;
  }),
];
