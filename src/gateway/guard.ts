import { isUtf8 } from "node:buffer";
import { Refusal } from "./refusal.ts";

/** How deep a body may be nested; no request needs nearly as much. */
const deepest = 100;

/** Reads a body: UTF-8, JSON, of bounded depth, and with nothing in it that changes what objects are. */
export function guardBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  const text = textOf(body);
  refuseDepth(text);
  try {
    // the slow way only where there is something to leave out
    return prototype.test(text) ? JSON.parse(text, withoutPrototype) : JSON.parse(text);
  } catch {
    throw new Refusal("request", "the body is no JSON");
  }
}

/** The name in full, or any of its characters in disguise. */
const prototype = /__proto__|\\u00(?:5f|6f|7[024])/i;

const withoutPrototype = (key: string, value: unknown) => (key === "__proto__" ? undefined : value);

function textOf(body: Buffer): string {
  if (!isUtf8(body)) throw new Refusal("request", "the body is not UTF-8");
  const text = body.toString();
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

const byteOrderMark = "\ufeff";

/** Counts brackets outside of texts. */
function refuseDepth(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (quoted) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) quoted = false;
    } else if (char === 0x22) quoted = true;
    else if (char === 0x7b || char === 0x5b) depth += 1;
    else if (char === 0x7d || char === 0x5d) depth -= 1;
    if (depth > deepest) throw new Refusal("request", `the body is nested more than ${deepest} deep`);
  }
}
