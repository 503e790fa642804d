/** What keeps a text from being JSON, and on which line, in words for who typed it; undefined if nothing does. */
export function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (text.trim() === "") return "it is empty";
    const fault = firstFault(text);
    if (!fault) return (error as Error).message;
    const before = text.slice(0, fault.at).split("\n");
    return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${fault.what}`;
  }
}

interface Fault {
  readonly at: number;
  readonly what: string;
}

/** The blanks before a part, and the part: a sign, a text, a number or a word. */
const part =
  /[ \t\r\n]*(?:([{}[\],:])|("[^"\\\p{Cc}]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\p{Cc}]*)*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\p{L}\p{N}_]))?/uy;

type Awaited = "value" | "first value" | "name" | "first name" | "colon" | "comma" | "end";

/** Reads from the front, with a stack of its own, so that no depth is too deep. */
function firstFault(text: string): Fault | undefined {
  const open: { readonly sign: "{" | "["; readonly at: number }[] = [];
  const afterValue = (): Awaited => (open.length > 0 ? "comma" : "end");
  let awaited: Awaited = "value";
  let last = { sign: "", start: 0, end: 0 };

  for (let at = 0; ; ) {
    part.lastIndex = at;
    const [whole = "", sign = "", quoted = ""] = part.exec(text) ?? [];
    const start = at + whole.length - whole.trimStart().length;
    at += whole.length;
    if (start >= text.length) return missingEnd(awaited, open.at(-1), text.length);

    const closes = sign === "}" ? "{" : sign === "]" ? "[" : undefined;
    const isValue = sign === "" && at > start;
    if (closes && open.at(-1)?.sign === closes && closable.includes(awaited)) {
      open.pop();
      awaited = afterValue();
    } else if ((sign === "{" || sign === "[") && awaited.endsWith("value")) {
      open.push({ sign, at: start });
      awaited = sign === "{" ? "first name" : "first value";
    } else if (isValue && awaited.endsWith("value")) awaited = afterValue();
    else if (quoted !== "" && awaited.endsWith("name")) awaited = "colon";
    else if (sign === ":" && awaited === "colon") awaited = "value";
    else if (sign === "," && awaited === "comma") awaited = open.at(-1)?.sign === "{" ? "name" : "value";
    else return faultAt(text, { start, sign, awaited, last });
    last = { sign, start, end: at };
  }
}

const closable: readonly Awaited[] = ["first value", "first name", "comma"];

function missingEnd(awaited: Awaited, open: { sign: string; at: number } | undefined, end: number): Fault | undefined {
  if (open) return { at: open.at, what: `this ${open.sign} is never closed` };
  return awaited === "value" ? { at: end, what: "there is no value" } : undefined;
}

interface Found {
  readonly start: number;
  readonly sign: string;
  readonly awaited: Awaited;
  readonly last: { readonly sign: string; readonly start: number; readonly end: number };
}

function faultAt(text: string, { start, sign, awaited, last }: Found): Fault {
  const here = text[start] ?? "";
  const meant = fullWidth.get(here);
  if (meant !== undefined) return { at: start, what: `${here} stands here in place of ${meant}` };
  if (here === '"' && !isText(text, start)) return { at: start, what: unreadText };
  if ((sign === "}" || sign === "]") && last.sign === ",") {
    return { at: last.start, what: `there is a comma too many before ${sign}` };
  }
  if (awaited === "comma" && sign !== "}" && sign !== "]" && sign !== ":") {
    return { at: last.end, what: "a comma is missing here" };
  }
  return { at: start, what: expected[awaited] };
}

const fullWidth: ReadonlyMap<string, string> = new Map([
  ["，", ","],
  ["、", ","],
  ["：", ":"],
  ["“", '"'],
  ["”", '"'],
  ["‘", '"'],
  ["’", '"'],
  ["'", '"'],
  ["｛", "{"],
  ["｝", "}"],
  ["【", "["],
  ["】", "]"],
]);

function isText(text: string, start: number): boolean {
  part.lastIndex = start;
  return part.exec(text)?.[2] !== undefined;
}

const unreadText =
  'this text does not end on its line, or a sign in it must be written with a backslash: \\" for ", \\n for a new line, \\\\ for \\';

const expected: Readonly<Record<Awaited, string>> = {
  value: "a value is expected here; a text stands in double quotes",
  "first value": "a value or ] is expected here; a text stands in double quotes",
  name: "a name in double quotes is expected here",
  "first name": "a name in double quotes or } is expected here",
  colon: "a colon is expected after the name",
  comma: "a comma or the closing bracket is expected here",
  end: "nothing may follow the end",
};
