/** How a value is written down: JSON by default, and every habit that is not JSON. */
interface Print {
  quotes: [open: string, close: string];
  bareKeys: boolean;
  python: boolean;
  trailingCommas: boolean;
  comment: string;
  blank: string;
  fullWidth: boolean;
  rawLines: boolean;
}

const json: Print = {
  quotes: ['"', '"'],
  bareKeys: false,
  python: false,
  trailingCommas: false,
  comment: "",
  blank: "",
  fullWidth: false,
  rawLines: false,
};

/** One way to spoil an answer that loses nothing. Two of the same group exclude each other. */
export interface Corruption {
  name: string;
  group: string;
  /** Changes the value before it is written, */
  value?: (value: unknown) => unknown;
  /** how it is written, */
  print?: Partial<Print>;
  /** or the text, in the order of the list below. */
  text?: (text: string) => string;
}

const tick = "```";

/** Habits of writing and of types that are not JSON's; the truth of each is its value. */
const habits: Corruption[] = [
  { name: "title case", group: "keys", value: renamed((words) => words.map(capital).join(" ")) },
  { name: "camel case", group: "keys", value: renamed(([first = "", ...rest]) => first + rest.map(capital).join("")) },
  { name: "kebab case", group: "keys", value: renamed((words) => words.join("-")) },
  { name: "upper case", group: "keys", value: renamed((words) => words.join("_").toUpperCase()) },
  {
    name: "numbers as texts",
    group: "numbers",
    value: mapped((leaf) => (typeof leaf === "number" ? `${leaf}` : leaf)),
  },
  { name: "single quotes", group: "quotes", print: { quotes: ["'", "'"] } },
  { name: "curly quotes", group: "quotes", print: { quotes: ["“", "”"] } },
  { name: "bare keys", group: "bare", print: { bareKeys: true } },
  { name: "literals of Python", group: "python", print: { python: true } },
  { name: "trailing commas", group: "commas", print: { trailingCommas: true } },
  { name: "block comments", group: "comments", print: { comment: " /* 说明: why */ " } },
  { name: "line comments", group: "comments", print: { comment: " // 说明, why\n" } },
  { name: "hash comments", group: "comments", print: { comment: " # 说明, why\n" } },
  { name: "no-break spaces", group: "blanks", print: { blank: "\u00A0" } },
  { name: "ideographic spaces", group: "blanks", print: { blank: "\u3000" } },
  { name: "zero-width spaces", group: "blanks", print: { blank: "\u200B" } },
  { name: "Windows lines", group: "blanks", print: { blank: "\r\n\t" } },
  { name: "full-width marks", group: "marks", print: { fullWidth: true } },
  { name: "raw lines", group: "lines", print: { rawLines: true } },
  { name: "no closers", group: "closers", text: withoutClosers },
];

/** What may stand around an answer without changing it. */
export const wrappings: Corruption[] = [
  { name: "a wrapping key", group: "wrapper", value: (value) => ({ PRD: value }) },
  { name: "a list around", group: "wrapper", value: (value) => [value] },
  { name: "a JSON string", group: "stringified", text: (text) => JSON.stringify(text) },
  { name: "a fence", group: "fence", text: (text) => `${tick}json\n${text}\n${tick}` },
  { name: "a fence without a tag", group: "fence", text: (text) => `${tick}\n${text}\n${tick}` },
  { name: "an open fence", group: "fence", text: (text) => `${tick}json\n${text}\n` },
  { name: "tags", group: "tags", text: (text) => `[CONTENT]\n${text}\n[/CONTENT]` },
  { name: "lower-case tags", group: "tags", text: (text) => `[content]\n${text}\n[/content]` },
  { name: "tags without a slash", group: "tags", text: (text) => `[CONTENT]\n${text}\n[CONTENT]` },
  { name: "prose before", group: "prose", text: (text) => `Sure, here's what you asked for:\n\n${text}` },
  { name: "Chinese prose before", group: "prose", text: (text) => `好的，以下是结果：\n${text}` },
  {
    name: "prose around",
    group: "prose",
    text: (text) => `好的。\n\n${text}\n\nI hope this helps! 如有疑问请告诉我。`,
  },
  { name: "reasoning", group: "reasoning", text: (text) => `<think>Let me see, 先想一想。</think>\n${text}` },
  { name: "reasoning with JSON", group: "reasoning", text: (text) => `<think>{"draft": ["no"]}</think>\n\n${text}` },
  { name: "a byte order mark", group: "mark", text: (text) => `\uFEFF${text}` },
];

/** All of them; the order is the one in which they are applied. */
export const corruptions = [...habits, ...wrappings];

/** The value as an answer that these have spoiled, whatever order they come in. */
export function corrupted(value: unknown, chosen: Corruption[]): string {
  const ordered = corruptions.filter((one) => chosen.includes(one));
  const changed = ordered.reduce((current, { value: change }) => (change ? change(current) : current), value);
  const style = Object.assign({}, json, ...ordered.map(({ print }) => print));
  return ordered.reduce((text, { text: change }) => (change ? change(text) : text), printed(changed, style));
}

/** Nobody can tell prose from an item where the closers are missing; the rest goes with everything. */
export const fitTogether = (chosen: Corruption[]) =>
  !["no closers", "prose around"].every((name) => chosen.some((one) => one.name === name));

function printed(value: unknown, style: Print): string {
  const { python, blank, comment, fullWidth, trailingCommas } = style;
  const [comma, colon, ...brackets] = fullWidth ? "，：［］｛｝" : ",:[]{}";
  if (typeof value === "string") return quoted(value, style);
  if (value === null) return python ? "None" : "null";
  if (typeof value === "boolean") return python ? (value ? "True" : "False") : `${value}`;
  if (typeof value !== "object") return `${value}`;
  const members = Array.isArray(value)
    ? value.map((item) => printed(item, style))
    : Object.entries(value).map(
        ([key, member]) =>
          `${style.bareKeys ? key : quoted(key, style)}${colon}${blank || " "}${printed(member, style)}`,
      );
  const [open, close] = Array.isArray(value) ? brackets : brackets.slice(2);
  const last = trailingCommas && members.length > 0 ? comma : "";
  return `${open}${blank}${members.join(`${comma}${comment}${blank || " "}`)}${last}${blank}${close}`;
}

const escapes: Record<string, string> = { "\n": "\\n", "\t": "\\t", "\r": "\\r" };

function quoted(text: string, { quotes: [open, close], rawLines }: Print): string {
  let inner = "";
  for (const character of text)
    if (rawLines && (character === "\n" || character === "\t")) inner += character;
    else if (character === close || (close === "”" && character === '"')) inner += `\\${character}`;
    else if (character < " ")
      inner += escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    else inner += character === "\\" ? "\\\\" : character;
  return `${open}${inner}${close}`;
}

function withoutClosers(text: string): string {
  const rest = text.replace(/[\]}］｝\s\u200B]+$/u, "");
  return /[\w.]$/.test(rest) ? text : rest;
}

function mapped(change: (leaf: unknown) => unknown) {
  return function map(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(map);
    if (typeof value !== "object" || value === null) return change(value);
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, map(member)]));
  };
}

function renamed(spell: (words: string[]) => string) {
  return function rename(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [spell(wordsOf(key)), rename(member)]));
  };
}

const wordsOf = (key: string) =>
  key
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase()
    .split(/[ _-]/);

const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);
