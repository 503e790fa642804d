import type { RepairKind } from "../reading.ts";
import { anything, containerOf, type Wanted } from "../wanted.ts";
import { closingOf } from "./brackets.ts";
import {
  bracketOf,
  commentEnd,
  isBlank,
  isCloser,
  isFullWidth,
  isOpener,
  isQuote,
  lookPast,
  skipBlanks,
} from "./chars.ts";
import { keyAhead } from "./lookahead.ts";
import { type Frame, nameIn, type Place } from "./place.ts";
import { readText } from "./read-text.ts";
import { type ListTree, mend, mostMends, type ObjectTree, type TextTree, type Tree } from "./tree.ts";

const strayText = /[^\n,，;；{}[\]"“”｛｝［］]{1,300}/y;

/** Nothing is nested more deeply; what would be loses its brackets. */
const deepest = 100_000;

/** What is open while malformed JSON is read: brackets begin and end here, and what was read finds its place. */
export class Structure implements Place {
  readonly text: string;
  readonly end: number;
  readonly truncated: boolean;
  readonly frames: Frame[] = [];
  readonly lastKeys: Map<string, number>;
  second = 3;
  /** The next character. */
  at: number;
  /** Where the blanks before it begin. */
  begun = 0;
  /** What the schema wants of the whole. */
  private readonly wanted: Wanted;
  root: ObjectTree | ListTree | undefined;
  /** All brackets were closed. */
  closed = false;
  private noted = 0;

  constructor(
    text: string,
    start: number,
    end: number,
    {
      wanted,
      truncated,
      lastKeys = new Map(),
    }: { wanted: Wanted; truncated: boolean; lastKeys?: Map<string, number> | undefined },
  ) {
    this.text = text;
    this.at = start;
    this.end = end;
    this.truncated = truncated;
    this.lastKeys = lastKeys;
    this.wanted = wanted;
  }

  get top(): Frame {
    return this.frames[this.frames.length - 1] as Frame;
  }

  /** Passes blanks and comments. */
  skip(): void {
    const { text, end } = this;
    this.begun = this.at;
    for (;;) {
      const from = this.at;
      this.at = skipBlanks(text, from, end);
      for (let at = from; at < this.at; at++) {
        if (text.charCodeAt(at) <= 32) continue;
        this.note("blank", at, this.at);
        break;
      }
      const after = commentEnd(text, this.at, end);
      if (after === undefined) return;
      this.note("comment", this.at, after);
      this.at = after;
    }
  }

  comma(char: string): void {
    const { top } = this;
    if (top.last !== "value") this.note("comma", this.at, this.at + 1);
    else if (isFullWidth(char)) this.note("punctuation", this.at, this.at + 1);
    else if (char !== ",") this.note("comma", this.at, this.at + 1);
    top.last = "comma";
    top.commas++;
    this.at++;
  }

  /** Begins the object or list whose bracket stands here. */
  open(wanted: Wanted): boolean {
    const char = this.text[this.at] ?? "";
    const bracket = bracketOf[char];
    if (bracket !== "{" && bracket !== "[") return false;
    const at = this.at;
    if (this.frames.length >= deepest) {
      if (!this.top.tree.mends) mend(this.top.tree, "dropped", at, at + 1, true, { note: "nested too deeply" });
      this.at++;
      return true;
    }
    const isSet = bracket === "{" && this.opensSet(wanted);
    this.at++;
    const type = bracket === "{" && !isSet ? "object" : "list";
    const closer = char === "(" ? ")" : bracket === "{" ? "}" : "]";
    this.push(type, this.containerFor(type, wanted), at, closer);
    if (isSet) this.note("bracket", at, at + 1);
    if (isFullWidth(char)) this.note("punctuation", at, at + 1);
    else if (char === "(") this.note("bracket", at, at + 1);
    return true;
  }

  /** What is wanted of an object or a list; within what may be a wrapping, what is wanted of the whole. */
  private containerFor(type: "object" | "list", wanted: Wanted): Wanted {
    const root = this.wanted;
    const wraps = this.frames.length <= 3 && this.frames.every(({ seen }) => !seen?.size) && wanted.type === "any";
    const fitting = containerOf(wraps ? root : wanted, type === "object" ? "object" : "array");
    if (fitting) return fitting;
    return type === "list" && (wraps || this.frames.length === 0) ? { ...anything, item: () => root } : anything;
  }

  /** Whether a curly bracket opens a list, as sets are written: where one is wanted, and texts stand in it without keys. */
  private opensSet(wanted: Wanted): boolean {
    if (!wanted.options.some(({ type }) => type === "array") || wanted.options.some(({ type }) => type === "object"))
      return false;
    const first = lookPast(this.text, this.at + 1, this.end);
    return !isCloser(this.text[first]) && !isOpener(this.text[first]) && !keyAhead(this.text, first, this.end);
  }

  /** Begins an object or a list; without its bracket, where that is missing. */
  push(
    type: "object" | "list",
    wanted: Wanted,
    start = this.at,
    closer: Frame["closer"] = type === "object" ? "}" : "]",
  ): void {
    const tree: ObjectTree | ListTree =
      type === "object" ? { type, members: [], start, end: start } : { type, items: [], start, end: start };
    this.root ??= tree;
    this.frames.push({ tree, wanted, closer, seen: undefined, key: undefined, last: "open", commas: 0 });
  }

  /** Ends the innermost object or list and puts it where it belongs. */
  private pop(): void {
    const frame = this.frames.pop();
    if (!frame) return;
    this.dropKey(frame);
    frame.tree.end = this.at;
    if (this.frames.length > 0) this.put(inBrackets(frame) ?? frame.tree);
    else this.closed = true;
  }

  close(): void {
    const { top, at, text } = this;
    const { levels, clean } = closingOf(this, at);
    const wide = isFullWidth(text[at] ?? "");
    if (levels === 0) {
      this.note("bracket", at, at + 1);
      this.at++;
      return;
    }
    if (top.last === "comma") this.noteComma();
    if (!clean) this.note("bracket", at, at + 1);
    else if (wide) this.note("punctuation", at, at + 1);
    this.at++;
    for (let level = 0; level < levels; level++) this.pop();
  }

  /** The comma before a closing bracket was one too many. */
  private noteComma(): void {
    let at = this.at - 1;
    while (at > 0 && isBlank(this.text.charCodeAt(at))) at--;
    this.note("comma", at, at + 1);
  }

  /** Ends what is open above a level, because its brackets are missing. */
  popTo(level: number): void {
    this.note("bracket", this.at, this.at);
    while (this.frames.length - 1 > level) this.pop();
  }

  /** The text has ended, or a fence or a closing tag: what is still open ends too. */
  finish(ended = false): void {
    const cut = this.at >= this.end && !ended;
    const { top } = this;
    if (top.key)
      mend(top.tree, "truncated", top.key.start, this.at, true, { note: "a key without a value", key: top.key.text });
    if (top.last === "comma" && !cut) this.noteComma();
    this.note("bracket", this.at, this.at);
    if (cut) top.tree.cut = true;
    for (const frame of this.frames) {
      frame.key = frame === top ? undefined : frame.key;
      if (cut) frame.tree.cut = true;
    }
    while (this.frames.length > 0) this.pop();
    this.closed = !cut;
  }

  /** Reads the text that stands here and adds it to the one before. */
  append(first: TextTree): void {
    const more = readText(this, this.at);
    mend(first, "concat", first.end, more.start);
    for (const { kind, start, end, lossy } of more.mends ?? []) mend(first, kind, start, end, lossy);
    if (more.cut) first.cut = true;
    first.text += more.text;
    first.end = more.end;
    this.at = more.end;
  }

  put(value: Tree): void {
    const { top } = this;
    if (top.tree.type === "list") top.tree.items.push(value);
    else if (top.key) {
      const { text, start, end } = top.key;
      top.tree.members.push({ key: text, keyStart: start, keyEnd: end, value });
      top.key = undefined;
    } else mend(top.tree, "dropped", value.start, value.end, true);
    top.last = "value";
  }

  /** A key whose value is not there. */
  dropKey(frame: Frame, report = true): void {
    if (!frame.key) return;
    if (report) mend(frame.tree, "dropped", frame.key.start, frame.key.end, true, { note: "a key without a value" });
    const name = nameIn(frame, frame.key.text);
    if (name !== undefined) frame.seen?.delete(name);
    frame.key = undefined;
    frame.last = "value";
  }

  /** Passes what has no place here. */
  leaveOut(): void {
    const { text, at, top } = this;
    if (text.startsWith("...", at) || text[at] === "…") {
      this.at += text[at] === "…" ? 1 : 3;
      mend(top.tree, "ellipsis", at, this.at, true);
      return;
    }
    if (isQuote(text[at])) this.at = Math.max(readText(this, at).end, at + 1);
    else {
      strayText.lastIndex = at;
      this.at += Math.max(strayText.exec(text)?.[0].length ?? 1, 1);
      if (this.at > this.end) this.at = this.end;
    }
    mend(top.tree, "dropped", at, this.at, true);
  }

  note(kind: RepairKind, start: number, end: number): void {
    if (this.noted >= mostMends) return;
    this.noted++;
    const tree = this.frames[this.frames.length - 1]?.tree ?? this.root;
    if (tree) mend(tree, kind, start, end);
  }
}

/** A text in round brackets: one, or several that stand one behind the other. */
function inBrackets({ tree, closer, commas }: Frame): Tree | undefined {
  if (closer !== ")" || commas > 0 || tree.type !== "list" || tree.items.length === 0) return undefined;
  const texts = tree.items.filter((item) => item.type === "text");
  if (texts.length < tree.items.length) return undefined;
  const { start, end, cut = false } = tree;
  const whole: TextTree = { type: "text", text: texts.map(({ text }) => text).join(""), start, end, cut };
  mend(whole, "concat", start, end);
  return whole;
}
