import type { RepairKind } from "../reading.ts";
import { bracketOf, isCloser, isComma, isFullWidth, isOpener, isQuote, lookPast } from "./chars.ts";
import { closingMark, isPartial, isWholeText, keyAhead } from "./lookahead.ts";
import { awaits, isOpen, nameIn, ownerOf } from "./place.ts";
import type { Structure } from "./structure.ts";
import { mend } from "./tree.ts";

const colon = /(?:[:：]=|[:：]|=>|=|->)(?:\s{0,3}[:：])?/y;
const unquotedKey = /[\p{L}\p{N}_$*#][^\n:：={}[\],，"“”]{0,80}/uy;
const quoted = /(["“”„＂'‘`「『]{1,2})((?:[^"“”„＂\n\\'‘’`」』]|\\.|['’](?=\w)){1,200})(["“”＂'’`」』]{1,2})/y;
const loose = /[^\n"':：{}[\],]{1,80}(?=\s{0,20}[:：])/y;

/** A key, where it ends, and what was wrong with it. */
interface WrittenKey {
  readonly key: string;
  readonly keyEnd: number;
  readonly mark?: RepairKind;
}

/** Reads the key that stands here, whatever it is written in, and its colon. */
export function readKey(reader: Structure): void {
  skipDecoration(reader);
  const { text, at, top, end } = reader;
  if (isOpener(text[at])) {
    bracketForKey(reader);
    return;
  }
  const ahead = keyAhead(text, at, end);
  if (ahead && misplaced(reader, ahead.key)) return;
  const found = isQuote(text[at]) ? quotedKey(reader) : bareKey(reader);
  if (!found) return;
  const { key, keyEnd, mark } = found;
  reader.at = lookPast(text, text.startsWith("**", keyEnd) || text.startsWith("__", keyEnd) ? keyEnd + 2 : keyEnd, end);
  colon.lastIndex = reader.at;
  const written = colon.exec(text)?.[0];
  if (written === undefined && reader.at >= end) {
    reader.at = end;
    mend(top.tree, "truncated", at, end, true, { note: "a key without a value" });
    return;
  }
  if (top.last === "value" && (ahead || written !== undefined)) reader.note("comma", at, at);
  if (mark) reader.note(mark, at, keyEnd);
  if (written === undefined) reader.note("colon", reader.at, reader.at);
  else if (written !== ":")
    reader.note(isFullWidth(written) ? "punctuation" : "colon", reader.at, reader.at + written.length);
  reader.at += written?.length ?? 0;
  const name = nameIn(top, key);
  if (name !== undefined) {
    top.seen ??= new Set();
    top.seen.add(name);
  }
  top.key = { text: key, start: at, end: keyEnd };
}

/** Passes the marks of bold letters and backslashes before a key. */
function skipDecoration(reader: Structure): void {
  const { text, at } = reader;
  const marks = /^(?:\*\*|__|\\)(?=["“'])/.exec(text.slice(at, at + 3))?.[0];
  if (marks === undefined) return;
  reader.note(marks === "\\" ? "escape" : "key-case", at, at + marks.length);
  reader.at += marks.length;
}

/** Ends levels whose brackets are missing, where the key that stands here belongs further out, or to a next item. */
function misplaced(reader: Structure, key: string): boolean {
  const { top, frames } = reader;
  if (frames.length < 2 || top.tree.type !== "object" || top.tree.members.length === 0) return false;
  if (top.wanted.keys.length === 0 || awaits(top, key)) return false;
  const again = nameIn(top, key) !== undefined;
  const owner = isOpen(top) && !again ? undefined : ownerOf(reader, frames.length - 2, key);
  if (owner !== undefined) {
    reader.popTo(owner);
    return true;
  }
  if (!again || frames.at(-2)?.tree.type !== "list" || top.tree.members.length < top.wanted.required.size) return false;
  reader.popTo(frames.length - 2);
  reader.push("object", top.wanted);
  return true;
}

/** A bracket where a key should be: doubled, or the next item of a list whose own bracket was not closed. */
function bracketForKey(reader: Structure): void {
  const { top, frames, text, at } = reader;
  if (
    text[at] === "{" &&
    top.tree.type === "object" &&
    top.tree.members.length > 0 &&
    frames.at(-2)?.tree.type === "list"
  ) {
    reader.popTo(frames.length - 2);
    return;
  }
  if (bracketOf[text[at] ?? ""] === "{") {
    reader.note("bracket", at, at + 1);
    reader.at++;
    return;
  }
  reader.leaveOut();
}

function quotedKey(reader: Structure): WrittenKey | undefined {
  const { text, at, end, top } = reader;
  const escaped = /^"([^"\\\n]{1,100})\\"/.exec(text.slice(at, at + 110));
  if (escaped) return { key: escaped[1] ?? "", keyEnd: at + escaped[0].length, mark: "escape" };
  // The closing mark is missing where what stands before the colon is waited for, and something follows.
  const broken = /^"([^"\n:：]{1,60})[:：]\s{0,20}[^\s"]/.exec(text.slice(at, at + 100))?.[1];
  if (broken !== undefined && awaits(top, broken))
    return { key: broken, keyEnd: at + 1 + broken.length, mark: "quote" };
  quoted.lastIndex = at;
  const match = quoted.exec(text);
  if (match && quoted.lastIndex <= end) {
    const [all, opening = "", inner = "", closing = ""] = match;
    const plain = opening === '"' && closing === '"';
    // The mark that seems to close the key opens its value.
    const name = /^([^:：]{1,60})[:：]\s*$/.exec(inner)?.[1];
    if (name !== undefined && awaits(top, name) && /[\p{L}\p{N}#]/u.test(text[at + all.length] ?? ""))
      return { key: name, keyEnd: at + 1 + name.length, mark: "quote" };
    const key = inner.includes("\\") ? unescapedKey(inner) : inner;
    const next = text[lookPast(text, at + all.length, end)] ?? "";
    if (":：=-*_".includes(next) || next === "")
      return { key, keyEnd: at + all.length, ...(plain ? {} : { mark: "quote" }) };
    // Without a colon it is a key only if it is waited for, or a value follows at once.
    const alone = !isComma(next) && !isCloser(next) && top.last !== "value";
    if (awaits(top, key) || (alone && (isQuote(next) || isOpener(next) || /[\d\-tfnTFN]/.test(next))))
      return { key, keyEnd: at + all.length, ...(plain ? {} : { mark: "quote" }) };
  }
  if (concatenates(reader)) return undefined;
  // A key whose closing mark is missing.
  loose.lastIndex = at + 1;
  const open = loose.exec(text)?.[0].trimEnd();
  if (open) return { key: open, keyEnd: at + 1 + open.length, mark: "quote" };
  if (isPartial(text, at, end)) {
    mend(top.tree, "truncated", at, end, true, { note: "a key without a value" });
    reader.at = end;
    return undefined;
  }
  reader.leaveOut();
  return undefined;
}

/** Texts that stand one behind the other are one, as in Python. */
function concatenates(reader: Structure): boolean {
  const { top, text, at, end } = reader;
  if (top.tree.type !== "object" || top.last !== "value" || !isWholeText(text, at, end)) return false;
  if (closingMark(text, at, end) === undefined && text.indexOf("\n", at) < 0) return false;
  const last = top.tree.members.at(-1)?.value;
  if (last?.type !== "text" || last.bare || lookPast(text, last.end, end) !== at) return false;
  reader.append(last);
  return true;
}

function bareKey(reader: Structure): WrittenKey | undefined {
  const { text, at, end, top } = reader;
  unquotedKey.lastIndex = at;
  const found = unquotedKey.exec(text)?.[0].trimEnd();
  const ended = found === undefined ? at : at + found.length;
  if (found === undefined || ended > end) {
    reader.leaveOut();
    return undefined;
  }
  // The closing mark may be there without the opening one.
  const mark = text[ended] === '"' || text[ended] === "”";
  const key = found.replace(/['’`]$/, "");
  const keyEnd = mark ? ended + 1 : ended;
  const next = text[lookPast(text, keyEnd, end)] ?? "";
  if (":：=".includes(next) && next !== "") return { key, keyEnd, mark: mark ? "quote" : "unquoted" };
  if (ended >= end || (isPartial(text, at, end) && next === "")) {
    mend(top.tree, "truncated", at, end, true, { note: "a key without a value" });
    reader.at = end;
    return undefined;
  }
  if (awaits(top, key) && (isQuote(next) || isOpener(next))) return { key, keyEnd, mark: "unquoted" };
  reader.leaveOut();
  return undefined;
}

function unescapedKey(key: string): string {
  try {
    return JSON.parse(`"${key}"`);
  } catch {
    return key;
  }
}
