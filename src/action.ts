import type { Json } from "./engine/steps.ts";
import type { JsonSchema } from "./llm/provider.ts";
import type { RunOptions } from "./options.ts";
import type { Problem, Reading } from "./repair/reading.ts";

/** The shape of an answer, for providers that can hold a model to one. */
interface ReplySchema {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** How an answer is asked for and read: the last words of the prompt and the pure function that reads what came. */
export interface Reply<D> {
  readonly instruction: string;
  readonly schema?: ReplySchema;
  /** `truncated`: the model was stopped by the output limit and could not be brought to go on. */
  read(text: string, about: { readonly truncated: boolean }): Reading<D>;
  /** Joins an answer that was cut with its continuation. */
  join(text: string, more: string): string;
  /** How the missing and wrong parts alone are asked for; undefined where only the whole can be. */
  rest?(problems: readonly Problem[], partial: unknown): Rest<D> | undefined;
}

/** The parts of an answer that are asked for once more, to be put to those that were good. */
export interface Rest<D> {
  readonly instruction: string;
  readonly schema?: ReplySchema;
  read(text: string, about: { readonly truncated: boolean }): Reading<D>;
}

/** A document after our own rules were applied to it: what was put right, and what only the model can put right. */
export interface Settled<D> {
  readonly document: D;
  readonly warnings?: readonly string[];
  /** Told to the model, which is asked again. */
  readonly problems?: readonly string[];
}

/** A kind of document and its name: what roles watch and look up. */
export interface Kind<D extends Json> {
  readonly name: string;
  /** Only carries the type of the document. */
  readonly document?: D;
}

/** A kind of document that becomes files. */
export interface Publication<I, D extends Json> extends Kind<D> {
  /** The files this document becomes: path below the project -> text, or null where a file is to go. */
  write?(document: D, subject: string, input: I): Record<string, string | null>;
}

/** Something a role has done by an operation, such as a check or a trial run; its document is what came of it. */
export interface Performed<I, D extends Json> extends Publication<I, D> {
  readonly operation: string;
  /** What the operation is given. */
  request(input: I): Json;
}

/** Something a role has a model do: a question and the document that answers it. */
export interface Action<I, D extends Json> extends Publication<I, D> {
  readonly reply: Reply<D> | ((input: I) => Reply<D>);
  /** Pure: the same input gives the same words. What many calls share comes first, for prompt caches. */
  prompt(input: I): string;
  /** Our own rules for a document that has the right shape. */
  settle?(document: D, input: I): Settled<D>;
  /**
   * The headings of the parts of the prompt that may be shortened for a model with a small context, the least needed
   * first, such as `## The files it uses`.
   */
  readonly spare?: readonly string[];
  /** What a usual run spends on it, for the estimate: how many calls, and tokens in and out of one. */
  readonly usual: { calls(options: RunOptions): number; readonly input: number; readonly output: number };
}

/** Gives an action its types from its own parts. */
export const defineAction = <I, D extends Json>(action: Action<I, D>): Action<I, D> => action;

/** The same for what an operation does. */
export const definePerformed = <I, D extends Json>(performed: Performed<I, D>): Performed<I, D> => performed;
