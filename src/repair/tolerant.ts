import { closingOf } from "./brackets.ts";
import {
  bracketOf,
  commentEnd,
  isBlank,
  isCloser,
  isComma,
  isFullWidth,
  isOpener,
  isQuote,
  lookPast,
  skipBlanks,
} from "./chars.ts";
import { fold } from "./fold.ts";
import { isPartial, isStop, isWholeText, keyAhead, keyFor } from "./lookahead.ts";
import { awaits, type Frame, isOpen, nameIn, ownerOf, type Place } from "./place.ts";
import { readText } from "./read-text.ts";
import { readWord } from "./read-word.ts";
import type { RepairKind } from "./reading.ts";
import { type ListTree, mend, type ObjectTree, type TextTree, type Tree } from "./tree.ts";
import { anything, containerOf, type Wanted } from "./wanted.ts";

/** A value read from malformed JSON, and where it ended. */
export interface Tolerated {
  readonly tree: ObjectTree | ListTree;
  readonly end: number;
  /** All its brackets were closed. */
  readonly closed: boolean;
}

interface Options {
  readonly wanted: Wanted;
  readonly truncated: boolean;
  /** The members begin at once, without a bracket around them. */
  readonly bare?: boolean;
}

/**
 * Reads malformed JSON in one forward pass and says what was repaired. The text is never edited: each value is read with
 * its place, guided by what the schema waits for. Of a text that ends early all complete parts are kept, of a text in
 * the middle its beginning.
 */
export function tolerantTree(text: string, start: number, end: number, options: Options): Tolerated | undefined {
  return new Reader(text, start, end, options).run();
}

const colon = /(?:[:：]|=>|=|->)(?:\s{0,3}[:：])?/y;
const unquotedKey = /[\p{L}\p{N}_$*#][^\n:：={}[\],，"“”]{0,80}/uy;
const strayText = /[^\n,，;；{}[\]"“”｛｝［］]{1,300}/y;

class Reader implements Place {
  readonly text: string;
  readonly end: number;
  readonly truncated: boolean;
  readonly frames: Frame[] = [];
  readonly lastKeys = new Map<string, number>();
  second = 8;
  private at: number;
  private readonly options: Options;
  private root: ObjectTree | ListTree | undefined;
  private closed = false;

  constructor(text: string, start: number, end: number, options: Options) {
    this.text = text;
    this.at = start;
    this.end = end;
    this.truncated = options.truncated;
    this.options = options;
  }

  run(): Tolerated | undefined {
    const { wanted, bare } = this.options;
    if (bare) {
      this.push("object", containerOf(wanted, "object") ?? anything);
      this.note("bracket", this.at, this.at);
    } else if (!this.open(wanted)) return undefined;
    while (this.frames.length > 0) {
      this.skip();
      if (this.at >= this.end || (isStop(this.text, this.at) && !this.isFencedText())) {
        this.finish();
        break;
      }
      const before = this.at;
      const depth = this.frames.length;
      this.step();
      // Whatever has no place is left out, so that each step moves on.
      if (this.at === before && this.frames.length === depth) this.leaveOut();
    }
    return this.root && { tree: this.root, end: this.at, closed: this.closed };
  }

  private get top(): Frame {
    return this.frames[this.frames.length - 1] as Frame;
  }

  /** Passes blanks and comments. */
  private skip(): void {
    const { text, end } = this;
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

  /** Whether a fence begins a value: a text that was pasted as a block. */
  private isFencedText(): boolean {
    const { top, text, at } = this;
    const waits = top.tree.type === "object" ? top.key !== undefined : top.last !== "value";
    return waits && text.startsWith("```", at) && text.indexOf("```", at + 3) > 0;
  }

  private step(): void {
    const { text } = this;
    const char = text[this.at];
    const { top } = this;
    if (isCloser(char)) this.close();
    else if (isComma(char) && !(top.tree.type === "object" && top.key)) this.comma(char ?? ",");
    else if (top.tree.type === "object" && !top.key) this.readKey();
    else this.readValue();
  }

  private comma(char: string): void {
    const { top } = this;
    if (top.last !== "value") this.note("comma", this.at, this.at + 1);
    else if (isFullWidth(char)) this.note("punctuation", this.at, this.at + 1);
    else if (char !== ",") this.note("comma", this.at, this.at + 1);
    top.last = "comma";
    top.commas++;
    this.at++;
  }

  // Brackets

  /** Begins the object or list whose bracket stands here. */
  private open(wanted: Wanted): boolean {
    const char = this.text[this.at] ?? "";
    const bracket = bracketOf[char];
    if (bracket !== "{" && bracket !== "[") return false;
    const at = this.at;
    const isSet = bracket === "{" && this.opensSet(wanted);
    this.at++;
    const type = bracket === "{" && !isSet ? "object" : "list";
    const closer = char === "(" ? ")" : bracket === "{" ? "}" : "]";
    this.push(type, containerOf(wanted, type === "object" ? "object" : "array") ?? anything, closer);
    if (isSet) this.note("bracket", at, at + 1);
    if (isFullWidth(char)) this.note("punctuation", at, at + 1);
    else if (char === "(") this.note("bracket", at, at + 1);
    return true;
  }

  /** Whether a curly bracket opens a list, as sets are written: where one is wanted, and texts stand in it without keys. */
  private opensSet(wanted: Wanted): boolean {
    if (!wanted.options.some(({ type }) => type === "array") || wanted.options.some(({ type }) => type === "object"))
      return false;
    const first = lookPast(this.text, this.at + 1, this.end);
    return !isCloser(this.text[first]) && !isOpener(this.text[first]) && !keyAhead(this.text, first, this.end);
  }

  private push(type: "object" | "list", wanted: Wanted, closer: Frame["closer"] = type === "object" ? "}" : "]"): void {
    const start = this.at - (this.options.bare && !this.root ? 0 : 1);
    const tree: ObjectTree | ListTree =
      type === "object" ? { type, members: [], start, end: start } : { type, items: [], start, end: start };
    this.root ??= tree;
    this.frames.push({ tree, wanted, closer, seen: new Set(), key: undefined, last: "open", commas: 0 });
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

  private close(): void {
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
  private popTo(level: number): void {
    this.note("bracket", this.at, this.at);
    while (this.frames.length - 1 > level) this.pop();
  }

  /** The text has ended, or a fence or a closing tag: what is still open ends too. */
  private finish(): void {
    const cut = this.at >= this.end;
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

  // Keys

  private readKey(): void {
    this.skipDecoration();
    const { text, at, top, end } = this;
    if (isOpener(text[at])) {
      this.bracketForKey();
      return;
    }
    if (this.misplaced()) return;
    const ahead = keyAhead(text, at, end);
    const found = isQuote(text[at]) ? this.quotedKey() : this.bareKey();
    if (!found) return;
    const { key, keyEnd, mark } = found;
    this.at = lookPast(text, text.startsWith("**", keyEnd) || text.startsWith("__", keyEnd) ? keyEnd + 2 : keyEnd, end);
    colon.lastIndex = this.at;
    const written = colon.exec(text)?.[0];
    if (written === undefined && this.at >= end) {
      this.at = end;
      mend(top.tree, "truncated", at, end, true, { note: "a key without a value" });
      return;
    }
    if (top.last === "value" && (ahead || written !== undefined)) this.note("comma", at, at);
    if (mark) this.note(mark, at, keyEnd);
    if (written === undefined) this.note("colon", this.at, this.at);
    else if (written !== ":")
      this.note(isFullWidth(written) ? "punctuation" : "colon", this.at, this.at + written.length);
    this.at += written?.length ?? 0;
    const name = nameIn(top, key);
    if (name !== undefined) top.seen.add(name);
    top.key = { text: key, start: at, end: keyEnd };
  }

  /** Passes the marks of bold letters and backslashes before a key. */
  private skipDecoration(): void {
    const { text, at } = this;
    const marks = /^(?:\*\*|__|\\)(?=["“'])/.exec(text.slice(at, at + 3))?.[0];
    if (marks === undefined) return;
    this.note(marks === "\\" ? "escape" : "key-case", at, at + marks.length);
    this.at += marks.length;
  }

  /** Ends levels whose brackets are missing, where the key that stands here belongs further out, or to a next item. */
  private misplaced(): boolean {
    const { text, at, end, top, frames } = this;
    const ahead = keyAhead(text, at, end);
    if (!ahead || frames.length < 2 || top.tree.type !== "object" || top.tree.members.length === 0) return false;
    if (top.wanted.keys.length === 0 || awaits(top, ahead.key)) return false;
    const again = nameIn(top, ahead.key) !== undefined;
    const owner = isOpen(top) && !again ? undefined : ownerOf(this, frames.length - 2, ahead.key);
    if (owner !== undefined) {
      this.popTo(owner);
      return true;
    }
    if (!again || frames.at(-2)?.tree.type !== "list" || top.tree.members.length < top.wanted.required.size)
      return false;
    this.popTo(frames.length - 2);
    this.at++;
    this.push("object", top.wanted);
    this.at--;
    return true;
  }

  /** A bracket where a key should be: doubled, or the next item of a list whose own bracket was not closed. */
  private bracketForKey(): void {
    const { top, frames, text, at } = this;
    if (
      text[at] === "{" &&
      top.tree.type === "object" &&
      top.tree.members.length > 0 &&
      frames.at(-2)?.tree.type === "list"
    ) {
      this.popTo(frames.length - 2);
      return;
    }
    if (bracketOf[text[at] ?? ""] === "{") {
      this.note("bracket", at, at + 1);
      this.at++;
      return;
    }
    this.leaveOut();
  }

  private quotedKey(): { key: string; keyEnd: number; mark?: RepairKind } | undefined {
    const { text, at, end, top } = this;
    const escaped = /^"([^"\\\n]{1,100})\\"/.exec(text.slice(at, at + 110));
    if (escaped) return { key: escaped[1] ?? "", keyEnd: at + escaped[0].length, mark: "escape" };
    quoted.lastIndex = at;
    const match = quoted.exec(text);
    if (match && quoted.lastIndex <= end) {
      const [all, opening = "", inner = "", closing = ""] = match;
      const plain = opening === '"' && closing === '"';
      const key = inner.includes("\\") ? unescapedKey(inner) : inner;
      const next = text[lookPast(text, at + all.length, end)] ?? "";
      if (":：=-*_".includes(next) || next === "")
        return { key, keyEnd: at + all.length, ...(plain ? {} : { mark: "quote" }) };
      // Without a colon it is a key only if it is waited for, or a value follows at once.
      const alone = !isComma(next) && !isCloser(next) && top.last !== "value";
      if (awaits(top, key) || (alone && (isQuote(next) || isOpener(next) || /[\d\-tfnTFN]/.test(next))))
        return { key, keyEnd: at + all.length, ...(plain ? {} : { mark: "quote" }) };
    }
    if (this.concatenates()) return undefined;
    // A key whose closing mark is missing.
    loose.lastIndex = at + 1;
    const open = loose.exec(text)?.[0].trimEnd();
    if (open) return { key: open, keyEnd: at + 1 + open.length, mark: "quote" };
    if (isPartial(text, at, end)) {
      mend(top.tree, "truncated", at, end, true, { note: "a key without a value" });
      this.at = end;
      return undefined;
    }
    this.leaveOut();
    return undefined;
  }

  /** Texts that stand one behind the other are one, as in Python. */
  private concatenates(): boolean {
    const { top, text, at, end } = this;
    if (top.tree.type !== "object" || top.last !== "value" || !isWholeText(text, at, end)) return false;
    const last = top.tree.members.at(-1)?.value;
    if (last?.type !== "text" || last.bare) return false;
    this.append(last);
    return true;
  }

  /** Reads the text that stands here and adds it to the one before. */
  private append(first: TextTree): void {
    const more = readText(this, this.at);
    mend(first, "concat", first.end, more.start);
    for (const { kind, start, end, lossy } of more.mends ?? []) mend(first, kind, start, end, lossy);
    if (more.cut) first.cut = true;
    first.text += more.text;
    first.end = more.end;
    this.at = more.end;
  }

  private bareKey(): { key: string; keyEnd: number; mark?: RepairKind } | undefined {
    const { text, at, end, top } = this;
    unquotedKey.lastIndex = at;
    const found = unquotedKey.exec(text)?.[0].trimEnd();
    const ended = found === undefined ? at : at + found.length;
    if (found === undefined || ended > end) {
      this.leaveOut();
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
      this.at = end;
      return undefined;
    }
    if (awaits(top, key) && (isQuote(next) || isOpener(next))) return { key, keyEnd, mark: "unquoted" };
    this.leaveOut();
    return undefined;
  }

  // Values

  private readValue(): void {
    const { text, top, at, end } = this;
    const wanted = this.wantedHere();
    if (top.tree.type === "list" && this.keyInList(top)) return;
    if (top.tree.type === "list" && top.last === "value") this.note("comma", at, at);
    if (top.key && isComma(text[at])) {
      this.dropKey(top);
      return;
    }
    if (text.startsWith("...", at) || text[at] === "…") {
      const length = text[at] === "…" ? 1 : 3;
      if (!/[\p{L}\p{N}]/u.test(text[at + length] ?? "")) {
        mend(top.tree, "ellipsis", at, at + length, true);
        this.at += length;
        this.dropKey(top);
        top.last = "comma";
        return;
      }
    }
    if (isOpener(text[at])) {
      this.open(wanted);
      return;
    }
    if (wanted.type === "array" && top.key && isQuote(text[at]) && this.listWithoutBracket()) {
      this.at++;
      this.push("list", wanted);
      this.at--;
      this.note("bracket", at, at);
      return;
    }
    const value = isQuote(text[at]) ? readText(this, at) : readWord(this, at, wanted);
    if (!value) return;
    this.at = value.end;
    if (value.cut && value.type === "text" && value.bare) {
      mend(top.tree, "truncated", value.start, end, true, { note: "the end of the text cut it", key: top.key?.text });
      this.dropKey(top, false);
      return;
    }
    if (value.type === "text") this.concatenate(value);
    this.put(value);
  }

  /** What the schema wants of the value that comes next. */
  private wantedHere(): Wanted {
    const { top } = this;
    if (top.tree.type === "list") return top.wanted.item(top.tree.items.length);
    const name = top.key && nameIn(top, top.key.text);
    return name === undefined
      ? isOpen(top) && top.wanted.keys.length === 0 && top.key
        ? top.wanted.member(top.key.text)
        : anything
      : top.wanted.member(name);
  }

  /** A key in a list: the list should have ended before it, or an item begun. */
  private keyInList({ wanted }: Frame): boolean {
    const { text, at, end, frames } = this;
    const ahead = keyAhead(text, at, end) ?? (frames.length > 1 ? keyFor(this, frames.length - 2, at) : undefined);
    if (!ahead) return false;
    const item = containerOf(wanted.item(0), "object");
    const owner = ownerOf(this, frames.length - 2, ahead.key);
    const ofItem = item !== undefined && item.keys.length > 0 && item.names.has(fold(ahead.key));
    if (ofItem && (owner === undefined || !isQuote(text[at]))) {
      this.beginItem(item);
      return true;
    }
    if (owner !== undefined) {
      this.popTo(owner);
      return true;
    }
    if (ofItem) {
      this.beginItem(item);
      return true;
    }
    if (!ahead.quoted) return false;
    const around = frames.at(-2);
    if (around?.tree.type === "object" && isOpen(around)) {
      this.popTo(frames.length - 2);
      return true;
    }
    this.beginItem(item ?? anything);
    return true;
  }

  private beginItem(item: Wanted): void {
    this.at++;
    this.push("object", item);
    this.at--;
    this.note("bracket", this.at, this.at);
  }

  /** Whether several texts stand here where a list should be. */
  private listWithoutBracket(): boolean {
    severalTexts.lastIndex = this.at;
    const found = severalTexts.exec(this.text);
    return found !== null && !":：".includes(this.text[lookPast(this.text, severalTexts.lastIndex, this.end)] ?? "");
  }

  private concatenate(value: TextTree): void {
    for (;;) {
      const plus = lookPast(this.text, this.at, this.end);
      if (this.text[plus] !== "+") return;
      const next = lookPast(this.text, plus + 1, this.end);
      if (!isQuote(this.text[next])) return;
      this.at = next;
      this.append(value);
    }
  }

  private put(value: Tree): void {
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
  private dropKey(frame: Frame, report = true): void {
    if (!frame.key) return;
    if (report) mend(frame.tree, "dropped", frame.key.start, frame.key.end, true, { note: "a key without a value" });
    const name = nameIn(frame, frame.key.text);
    if (name !== undefined) frame.seen.delete(name);
    frame.key = undefined;
    frame.last = "value";
  }

  /** Passes what has no place here. */
  private leaveOut(): void {
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

  private note(kind: RepairKind, start: number, end: number): void {
    const tree = this.frames.at(-1)?.tree ?? this.root;
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

const quoted = /(["“”„＂'‘`「『]{1,2})((?:[^"“”„＂\n\\'‘’`」』]|\\.|['’](?=\w)){1,200})(["“”＂'’`」』]{1,2})/y;
const loose = /[^\n"':：{}[\],]{1,80}(?=\s{0,20}[:：])/y;
const severalTexts = /"(?:[^"\\\n]|\\.){0,400}"\s{0,20}[,，]\s{0,40}"(?:[^"\\\n]|\\.){0,400}"\s{0,20}(?=[,，\]］])/y;

function unescapedKey(key: string): string {
  try {
    return JSON.parse(`"${key}"`);
  } catch {
    return key;
  }
}
