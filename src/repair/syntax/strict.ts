import type { ListTree, ObjectTree, Tree } from "./tree.ts";

const blanks = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;
const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/** What is nested more deeply than this is left to the tolerant reader, which is prepared for the worst. */
const deepest = 20_000;

interface Open {
  readonly tree: ObjectTree | ListTree;
  key: { readonly text: string; readonly start: number; readonly end: number } | undefined;
}

/** The value of well-formed JSON that begins at `start`; undefined at its first fault. What follows it does not matter. */
export function strictTree(text: string, start: number): Tree | undefined {
  const open: Open[] = [];
  let at = start;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const readText = (): string | undefined => {
    const begun = at + 1;
    let escaped = false;
    for (let next = begun; next < text.length; next++) {
      const code = text.charCodeAt(next);
      if (code === 34) {
        at = next + 1;
        return escaped ? unescaped(text.slice(begun - 1, at)) : text.slice(begun, next);
      }
      if (code < 32) return undefined;
      if (code !== 92) continue;
      escaped = true;
      next++;
    }
    return undefined;
  };
  const readScalar = (): Tree | undefined => {
    const begun = at;
    if (text[at] === '"') {
      const read = readText();
      return read === undefined ? undefined : { type: "text", text: read, start: begun, end: at };
    }
    const literal = match(word);
    if (literal !== undefined) return { type: "literal", value: words[literal] ?? null, start: begun, end: at };
    const source = match(number);
    return source === undefined ? undefined : { type: "number", source, start: begun, end: at };
  };

  for (;;) {
    match(blanks);
    const top = open.at(-1);
    const isEmpty = top && (top.tree.type === "object" ? top.tree.members.length === 0 : top.tree.items.length === 0);
    let done: Tree | undefined;
    if (top && isEmpty && text[at] === (top.tree.type === "object" ? "}" : "]")) {
      at++;
      done = close(open, at);
    } else {
      if (top?.tree.type === "object") {
        const keyStart = at;
        const key = text[at] === '"' ? readText() : undefined;
        if (key === undefined) return undefined;
        top.key = { text: key, start: keyStart, end: at };
        match(blanks);
        if (text[at] !== ":") return undefined;
        at++;
        match(blanks);
      }
      if (text[at] === "{" || text[at] === "[") {
        const tree: ObjectTree | ListTree =
          text[at] === "{"
            ? { type: "object", members: [], start: at, end: at }
            : { type: "list", items: [], start: at, end: at };
        if (open.length >= deepest) return undefined;
        open.push({ tree, key: undefined });
        at++;
        continue;
      }
      done = readScalar();
    }
    // A value is complete: it goes into what is open around it, which may end in turn.
    for (;;) {
      if (done === undefined) return undefined;
      const around = open.at(-1);
      if (around === undefined) return done;
      put(around, done);
      match(blanks);
      const char = text[at];
      at++;
      if (char === ",") break;
      if (char !== (around.tree.type === "object" ? "}" : "]")) return undefined;
      done = close(open, at);
    }
  }
}

function unescaped(json: string): string | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function close(open: Open[], at: number): Tree | undefined {
  const tree = open.pop()?.tree;
  if (tree) tree.end = at;
  return tree;
}

function put({ tree, key }: Open, value: Tree): void {
  if (tree.type === "list") tree.items.push(value);
  else if (key) tree.members.push({ key: key.text, keyStart: key.start, keyEnd: key.end, value });
}
