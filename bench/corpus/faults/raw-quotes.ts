import { type Container, hasKnownKeys } from "../tree.ts";

/** Whether a reader who knows the schema can still tell where a string ends when its own quotes are not escaped. */
export function mayStayRaw(value: string, quote: string, parent: Container, keys: ReadonlySet<string>): boolean {
  const ends = parent.type === "array" ? itemEnds : hasKnownKeys(parent) ? memberEnds : entryEnds;
  for (let at = value.indexOf(quote); at !== -1; at = value.indexOf(quote, at + 1)) {
    if (ends(value.slice(at + 1, at + 201), keys)) return false;
  }
  return true;
}

const valueStart = /^\s*[,;，、；\n]\s*(?:["'`“[{\d-]|(?:true|false|null)\b)/i;
const closers = /^\s*[}\]][\s}\]]*(?:$|[,;，；]\s*["'[{])/;

const itemEnds = (rest: string) => valueStart.test(rest) || /^\s*\]/.test(rest) || closers.test(rest);

function memberEnds(rest: string, keys: ReadonlySet<string>): boolean {
  const key = /^\s*[,;，；}\]\n]?\s*["'“]?([^"'”:：=]{1,60}?)["'”]?\s*[:：=]/.exec(rest)?.[1];
  return (
    closers.test(rest) ||
    (key !== undefined && [...keys].some((known) => known.toLowerCase() === key.trim().toLowerCase()))
  );
}

const entryEnds = (rest: string) => /^\s*,?\s*["'][^"'\n]{0,60}["']\s*:/.test(rest) || /^\s*\}/.test(rest);
