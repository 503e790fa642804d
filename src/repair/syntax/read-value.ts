import { fold } from "../fold.ts";
import { anything, containerOf, isFlat, type Wanted } from "../wanted.ts";
import { isComma, isOpener, isQuote, lookPast } from "./chars.ts";
import { decode } from "./escapes.ts";
import { closingMark, goesOn, keyAhead, keyFor } from "./lookahead.ts";
import { type Frame, isOpen, nameIn, ownerOf } from "./place.ts";
import { readText } from "./read-text.ts";
import { readWord } from "./read-word.ts";
import type { Structure } from "./structure.ts";
import { type Mend, mend, type TextTree } from "./tree.ts";

/** Reads the value that stands here, or begins it. */
export function readValue(reader: Structure): void {
  const { text, top, at, end } = reader;
  const wanted = wantedHere(reader);
  if (top.tree.type === "list" && keyInList(reader, top)) return;
  if (top.tree.type === "list" && top.last === "value") reader.note("comma", at, at);
  if (top.key && isComma(text[at])) {
    const next = lookPast(text, at + 1, end);
    const isStray = isOpener(text[next]) || (isQuote(text[next]) && !keyFor(reader, reader.frames.length - 1, next));
    if (!isStray) {
      reader.dropKey(top);
      return;
    }
    reader.note("comma", at, at + 1);
    reader.at++;
    return;
  }
  if (text.startsWith("...", at) || text[at] === "…") {
    const length = text[at] === "…" ? 1 : 3;
    if (!/[\p{L}\p{N}]/u.test(text[at + length] ?? "")) {
      mend(top.tree, "ellipsis", at, at + length, true);
      reader.at += length;
      reader.dropKey(top);
      top.last = "comma";
      return;
    }
  }
  if (top.tree.type === "list" && passBullet(reader)) return;
  if (text[at] === "[" && top.tree.type === "list" && top.last === "open" && isFlat(wanted)) {
    // A bracket too many.
    reader.note("bracket", at, at + 1);
    reader.at++;
    return;
  }
  if (isOpener(text[at])) {
    const level = text[at] === "{" && isFlat(wanted) ? listFor(reader) : undefined;
    if (level === undefined) reader.open(wanted);
    else reader.popTo(level);
    return;
  }
  if (text.startsWith('\\"', at)) {
    readEscaped(reader);
    return;
  }
  if (wanted.type === "array" && top.key && isQuote(text[at]) && listWithoutBracket(reader)) {
    reader.push("list", wanted);
    reader.note("bracket", at, at);
    return;
  }
  const value = isQuote(text[at]) ? readText(reader, at) : readWord(reader, at, wanted);
  if (!value) return;
  reader.at = value.end;
  if (value.cut && value.type === "text" && value.bare) {
    mend(top.tree, "truncated", value.start, end, true, { note: "the end of the text cut it", key: top.key?.text });
    reader.dropKey(top, false);
    return;
  }
  if (value.type === "text") concatenate(reader, value);
  reader.put(value);
}

const bullet = /(?:[-*•]\s{1,4}|\d{1,3}[.):]\s{1,4})(?=["'“{[])/y;

/** Passes the mark before an item that was written as in Markdown. */
function passBullet(reader: Structure): boolean {
  bullet.lastIndex = reader.at;
  const mark = bullet.exec(reader.text)?.[0];
  if (mark === undefined) return false;
  reader.note("punctuation", reader.at, reader.at + mark.length);
  reader.at += mark.length;
  return true;
}

/** The list around whose items have the key of the object that begins here; what is open within it should have ended. */
function listFor({ text, at, end, frames }: Structure): number | undefined {
  const ahead = keyAhead(text, lookPast(text, at + 1, end), end);
  if (!ahead) return undefined;
  const level = frames.findLastIndex(({ tree, wanted }) => {
    return tree.type === "list" && containerOf(wanted.item(0), "object")?.names.has(fold(ahead.key)) === true;
  });
  return level >= 0 && level < frames.length - 1 ? level : undefined;
}

/** A text whose marks were escaped by mistake. */
function readEscaped(reader: Structure): void {
  const { text, at, end } = reader;
  const close = text.indexOf('\\"', at + 2);
  reader.note("escape", at, at + 1);
  if (close < 0 || close >= end || !goesOn(reader, close + 2, false)) {
    reader.at++;
    return;
  }
  const mends: Mend[] = [];
  const value = decode(text, at + 2, close, { foreign: "", raw: false }, mends);
  reader.at = close + 2;
  reader.put({ type: "text", text: value, start: at, end: close + 2, mends });
}

/** What the schema wants of the value that comes next. */
function wantedHere(reader: Structure): Wanted {
  const { top } = reader;
  if (top.tree.type === "list") return top.wanted.item(top.tree.items.length);
  const name = top.key && nameIn(top, top.key.text);
  return name === undefined
    ? isOpen(top) && top.wanted.keys.length === 0 && top.key
      ? top.wanted.member(top.key.text)
      : anything
    : top.wanted.member(name);
}

/** A key in a list: the list should have ended before it, or an item begun. */
function keyInList(reader: Structure, { wanted }: Frame): boolean {
  const { text, at, end, frames } = reader;
  const ahead = keyAhead(text, at, end) ?? (frames.length > 1 ? keyFor(reader, frames.length - 2, at) : undefined);
  if (!ahead) return false;
  const item = containerOf(wanted.item(0), "object");
  const owner = ownerOf(reader, frames.length - 2, ahead.key);
  const ofItem = item !== undefined && item.keys.length > 0 && item.names.has(fold(ahead.key));
  if (ofItem && (owner === undefined || !isQuote(text[at]))) {
    beginItem(reader, item);
    return true;
  }
  if (owner !== undefined) {
    reader.popTo(owner);
    return true;
  }
  if (ofItem) {
    beginItem(reader, item);
    return true;
  }
  if (!ahead.quoted) return false;
  const around = frames.at(-2);
  if (around?.tree.type === "object" && isOpen(around)) {
    reader.popTo(frames.length - 2);
    return true;
  }
  beginItem(reader, item ?? anything);
  return true;
}

/** Whether several texts stand here where a list should be. */
function listWithoutBracket(reader: Structure): boolean {
  const { text, at, end, frames } = reader;
  const close = closingMark(text, at, end);
  const comma = close === undefined ? end : lookPast(text, close + 1, end);
  if (!isComma(text[comma])) return false;
  const next = lookPast(text, comma + 1, end);
  return isQuote(text[next]) && !keyFor(reader, frames.length - 1, next);
}

function concatenate(reader: Structure, value: TextTree): void {
  for (;;) {
    const plus = lookPast(reader.text, reader.at, reader.end);
    if (reader.text[plus] !== "+") return;
    const next = lookPast(reader.text, plus + 1, reader.end);
    if (!isQuote(reader.text[next])) return;
    reader.at = next;
    reader.append(value);
  }
}

/** An item of a list begins whose bracket is missing. */
function beginItem(reader: Structure, item: Wanted): void {
  reader.push("object", item);
  reader.note("bracket", reader.at, reader.at);
}
