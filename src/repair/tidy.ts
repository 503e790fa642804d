import {
  type Container,
  isCloser,
  isComma,
  isPartial,
  isQuote,
  keyAt,
  lookPast,
  skipBlank,
  tidyString,
} from "./tidy-string.ts";

/** Malformed JSON made well-formed. */
export interface Tidied {
  readonly json: string;
  /** Where the value ends in the text. */
  readonly end: number;
  /** Something was left out or guessed. */
  readonly lossy: boolean;
  /** The text ended before the value did. */
  readonly cut: boolean;
}

/**
 * Rewrites malformed JSON as JSON in one forward pass: quotes, commas, colons and brackets that are missing, doubled or
 * of another kind, comments, literals of other languages, raw line breaks. Of a truncated text only complete parts are
 * kept. `type` where the text describes data and is none; undefined where only a guess could make it data.
 */
export function tidyJson(
  text: string,
  { known, truncated }: { known: ReadonlySet<string>; truncated: boolean },
): Tidied | "type" | undefined {
  return new Tidier(text, known, truncated).run();
}

interface Frame {
  readonly type: Container;
  count: number;
  /** The key whose value comes next, as JSON. */
  key: string | undefined;
  /** How much of the output holds complete members of this container. */
  complete: number;
}

const structure: Readonly<Record<string, string>> = { "｛": "{", "｝": "}", "［": "[", "］": "]", "：": ":" };
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const literals: Readonly<Record<string, string>> = {
  true: "true",
  false: "false",
  null: "null",
  none: "null",
  undefined: "null",
};
const quotedKey = /"((?:[^"\\\n]|\\.){0,200})"/y;
const looseKey = /["'`“‘]?([\p{L}\p{N}_$*#][\p{L}\p{N}_$*# ./()-]{0,80}?)["'`”’]?\s{0,20}(?=[:：=])/uy;
const thousandsNumber = /-?[1-9]\d{0,2}(?:,\d{3}){1,10}(?:\.\d+)?(?=\s{0,20}[,}\]\n])/y;
const word = /[^\n,，;；{}[\]"“”｛｝［］]{1,500}/y;
// What a description of data says where data says a value.
const typeName = /^(?:string|number|integer|boolean|object|array|any)\b|\|/i;

class Tidier {
  readonly text: string;
  readonly known: ReadonlySet<string>;
  readonly truncated: boolean;
  readonly pieces: string[] = [];
  readonly frames: Frame[] = [];
  readonly containers: Container[] = [];
  at = 0;
  lossy = false;
  cut = false;
  isType = false;

  constructor(text: string, known: ReadonlySet<string>, truncated: boolean) {
    this.text = text;
    this.known = known;
    this.truncated = truncated;
  }

  run(): Tidied | "type" | undefined {
    do {
      this.at = skipBlank(this.text, this.at);
      if (this.at >= this.text.length) break;
      if (!this.step()) return this.isType ? "type" : undefined;
    } while (this.frames.length > 0);
    if (this.frames.length > 0) this.finish();
    return { json: this.pieces.join(""), end: this.at, lossy: this.lossy, cut: this.cut };
  }

  /** Reads one closer, comma, key or value; false where none can be made out. */
  step(): boolean {
    const frame = this.frames.at(-1);
    const char = this.text[this.at];
    if (isCloser(char)) return this.close(structure[char ?? ""] ?? char);
    if (isComma(char)) {
      this.at++;
      return frame?.key === undefined;
    }
    return frame?.type === "{" && frame.key === undefined ? this.readKey(frame) : this.readValue();
  }

  readKey(frame: Frame): boolean {
    if (this.opener() === "{" && (frame.count === 0 || this.containers.at(-2) === "[")) {
      // A doubled bracket; or a list item whose own was forgotten.
      if (frame.count === 0) this.at++;
      else this.pop();
      return true;
    }
    const key = this.match(quotedKey) ?? this.match(looseKey);
    if (key === undefined) return isPartial(this.text, this.at) && this.endsHere();
    this.at = skipBlank(this.text, this.at);
    if (this.at >= this.text.length) return this.endsHere();
    const colon = /^(?:[:：]|=>?)/.exec(this.text.slice(this.at, this.at + 2));
    if (colon) this.at += colon[0].length;
    else if (!isQuote(this.text[this.at]) && !this.opener()) return false;
    frame.key = jsonKey(key);
    return true;
  }

  readValue(): boolean {
    const opener = this.opener();
    const char = this.text[this.at] ?? "";
    if (opener) return this.push(opener);
    if (this.containers.at(-1) === "[" && this.containers.at(-2) === "{" && keyAt(this.text, this.at)) {
      this.pop();
      return true;
    }
    if (isQuote(char)) return this.readString(char);
    return this.readWord();
  }

  readString(quote: string): boolean {
    const triple = quote.repeat(3);
    if (this.text.startsWith(triple, this.at)) {
      const close = this.text.indexOf(triple, this.at + 3);
      if (close < 0) return false;
      const inner = JSON.stringify(this.text.slice(this.at + 3, close));
      this.at = close + 3;
      return this.emit(inner);
    }
    return this.emitString(this.at + 1, quote);
  }

  emitString(from: number, quote: string): boolean {
    const string = tidyString(this, from, quote);
    this.at = string.end;
    this.lossy ||= string.lossy;
    this.cut ||= string.cut;
    return string.cut && this.truncated ? true : this.emit(string.json);
  }

  /** A number, a literal, or text without quotes. */
  readWord(): boolean {
    const from = this.at;
    const thousands = this.containers.at(-1) === "{" ? this.match(thousandsNumber) : undefined;
    if (thousands) return this.emit(thousands.replaceAll(",", ""));
    const text = this.match(word)?.trim();
    if (!text || typeName.test(text)) {
      this.isType = text !== undefined;
      return false;
    }
    if (this.at >= this.text.length && this.truncated) return this.endsHere();
    if (/^(?:\.{3}|…)$/.test(text)) {
      this.lossy = true;
      return this.frames.at(-1)?.key === undefined;
    }
    const [bare = ""] = text.split(/\s*(?:\/\/|#|\/\*)/, 1);
    const literal = literals[bare.toLowerCase()];
    if (literal) return this.emit(literal);
    if (number.test(bare)) return this.emit(bare);
    if (this.text[this.at] === '"' || this.text[this.at] === "”") return this.emitString(from, "“");
    const digits = bare.replace(/^\+/, "").replaceAll("_", "");
    return this.emit(number.test(digits) ? digits : JSON.stringify(text));
  }

  emit(json: string): boolean {
    const frame = this.frames.at(-1);
    if (!frame) return false;
    this.lead(frame);
    this.pieces.push(json);
    frame.complete = this.pieces.length;
    return true;
  }

  lead(frame: Frame): void {
    if (frame.count++ > 0) this.pieces.push(",");
    if (frame.key !== undefined) this.pieces.push(frame.key, ":");
    frame.key = undefined;
  }

  push(type: Container): boolean {
    const frame = this.frames.at(-1);
    if (frame) this.lead(frame);
    this.pieces.push(type);
    this.frames.push({ type, count: 0, key: undefined, complete: this.pieces.length });
    this.containers.push(type);
    this.at++;
    return true;
  }

  pop(): void {
    this.containers.pop();
    this.pieces.push(this.frames.pop()?.type === "{" ? "}" : "]");
    const parent = this.frames.at(-1);
    if (parent) parent.complete = this.pieces.length;
  }

  /** Closes what a bracket closes: a wrong one the innermost container, or two where the inner one's own is missing. */
  close(char: string | undefined): boolean {
    const [outer, parent, frame] = [this.containers.at(-3), this.containers.at(-2), this.frames.at(-1)];
    if (frame?.key !== undefined) return false;
    this.at++;
    const type = char === "}" ? "{" : "[";
    if (frame?.type === type) {
      this.pop();
      return true;
    }
    const next = lookPast(this.text, this.at);
    const member = isComma(this.text[next]) && keyAt(this.text, lookPast(this.text, next + 1));
    const last = isCloser(this.text[next]) && this.containers.length === 2;
    if (member && frame?.type === "{" && parent !== "{") return true;
    this.pop();
    if (parent === type && !(member && outer !== "{") && !last) this.pop();
    return true;
  }

  /** Closes what the end of the text left open; of a truncated one the list item that was being written is left out. */
  finish(): void {
    const list = this.frames.findIndex(({ type }) => type === "[");
    this.cut ||= this.truncated;
    if (this.truncated) {
      const kept = list < 0 ? this.frames.length - 1 : list;
      this.frames.length = kept + 1;
      this.containers.length = kept + 1;
      this.pieces.length = this.frames[kept]?.complete ?? 0;
    } else if (this.frames.at(-1)?.key !== undefined) this.cut = true;
    this.lossy ||= this.cut;
    while (this.frames.length > 0) this.pop();
  }

  endsHere(): boolean {
    this.at = this.text.length;
    this.cut = true;
    return true;
  }

  opener(): Container | undefined {
    const char = this.text[this.at] ?? "";
    const ascii = structure[char] ?? char;
    return ascii === "{" || ascii === "[" ? ascii : undefined;
  }

  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at = pattern.lastIndex;
    return match ? (match[1] ?? match[0]) : undefined;
  }
}

/** A key as JSON; one with escapes of its own stays as it is. */
const jsonKey = (key: string): string => (key.includes("\\") ? `"${key}"` : JSON.stringify(key.trim()));
