import { anything, containerOf, type Wanted } from "../wanted.ts";
import { isCloser, isComma } from "./chars.ts";
import { isProse, isStop } from "./lookahead.ts";
import { readKey } from "./read-key.ts";
import { readValue } from "./read-value.ts";
import { Structure } from "./structure.ts";
import type { ListTree, ObjectTree } from "./tree.ts";

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
  /** Where keys are named last, for all readings of one text. */
  readonly lastKeys?: Map<string, number> | undefined;
  /** The members begin at once, without a bracket around them. */
  readonly bare?: boolean;
}

/**
 * Reads malformed JSON in one forward pass and says what was repaired. The text is never edited: each value is read with
 * its place, guided by what the schema waits for. Of a text that ends early all complete parts are kept, of a text in
 * the middle its beginning.
 */
export function tolerantTree(text: string, start: number, end: number, options: Options): Tolerated | undefined {
  const reader = new Structure(text, start, end, options);
  const { wanted, bare } = options;
  if (bare) {
    reader.push("object", containerOf(wanted, "object") ?? anything);
    reader.note("bracket", start, start);
  } else if (!reader.open(wanted)) return undefined;
  while (reader.frames.length > 0) {
    reader.skip();
    if (reader.at >= end || (isStop(text, reader.at) && !isFencedText(reader))) {
      reader.finish();
      break;
    }
    if (reader.frames.length === 1 && reader.top.last === "value" && isProse(text, reader.begun, reader.at)) {
      reader.finish(true);
      break;
    }
    const { at } = reader;
    const depth = reader.frames.length;
    step(reader);
    // Whatever has no place is left out, so that each step moves on.
    if (reader.at === at && reader.frames.length === depth) reader.leaveOut();
  }
  return reader.root && { tree: reader.root, end: reader.at, closed: reader.closed };
}

/** Reads one bracket, comma, key or value. */
function step(reader: Structure): void {
  const { top } = reader;
  const char = reader.text[reader.at] ?? "";
  if (isCloser(char)) reader.close();
  else if (isComma(char) && !(top.tree.type === "object" && top.key)) reader.comma(char);
  else if (top.tree.type === "object" && !top.key) readKey(reader);
  else readValue(reader);
}

/** Whether a fence begins a value: a text that was pasted as a block. */
function isFencedText({ top, text, at }: Structure): boolean {
  const waits = top.tree.type === "object" ? top.key !== undefined : top.last !== "value";
  return waits && text.startsWith("```", at) && text.indexOf("```", at + 3) > 0;
}
