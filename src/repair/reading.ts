/** Every kind of repair, closed and documented; logged as `repair_<kind>` with underscores. */
export const repairKinds = {
  prose: "text around the answer was left out",
  fence: "the answer was taken out of a Markdown fence",
  "block-quote": "the answer was taken out of a Markdown quotation",
  tag: "the answer was taken out of tags such as [CONTENT]",
  reasoning: "a reasoning block was left out",
  echo: "an echo of the question was left out",
  version: "other versions of the answer were left out",
  merged: "the answer was put together from several objects",
  wrapper: "the answer was wrapped in an extra key or list",
  entities: "the answer was written with HTML entities",
  escaped: "the answer was escaped once too often",
  stringified: "a list or an object was written as text",
  bracket: "a bracket was missing, doubled or of another kind",
  comma: "a comma was missing or too many",
  colon: "a colon was missing or of another kind",
  quote: "a quotation mark was missing, doubled, not escaped or of another kind",
  unquoted: "a key or a text came without quotation marks",
  escape: "an escape that JSON does not know was read",
  control: "a line break or another control character stood raw in a text",
  comment: "a comment was left out",
  literal: "a literal of another language was read, such as None",
  number: "a number was written in another form or as text",
  concat: "a text was put together from several",
  punctuation: "full-width punctuation stood for brackets, colons or commas",
  blank: "white space that JSON does not know was skipped",
  ellipsis: "an ellipsis stood for something that was not written",
  dropped: "something that has no place was left out",
  "duplicate-key": "a key came twice; the last value was taken",
  truncated: "the answer was cut off; what is complete was kept",
  "key-case": "a key was spelled with other case, separators or decoration",
  "key-alias": "a key was given another of its names",
  "key-similar": "a key was taken for the wanted one because it is close to it",
  nested: "fields stood one level too high or too low",
  extra: "a field nobody asked for was left out",
  list: "a list was written as text, as a single item or as an object",
  text: "a text was written as a list, a number or an object",
  boolean: "a yes or no was written as text",
  enum: "a choice was written in other words, case or decoration",
  null: "a null stood for nothing",
  pair: "the fields of a row were written in another form",
  default: "the schema filled in what was not written",
  sections: "the answer was written as Markdown sections",
  lines: "the answer was written as lines of key and value",
  yaml: "the answer was written as YAML",
  guess: "the answer was so broken that its structure was guessed",
  path: "the path of a file was taken from a comment, which stays in its code",
  block: "one of several code blocks was chosen",
  unfenced: "code came without a fence",
  unclosed: "a code fence was never closed",
  joined: "a cut answer was continued and joined",
} as const;
export type RepairKind = keyof typeof repairKinds;

/** Where in a value: keys and indices from the root; empty for the whole. */
export type Path = readonly (string | number)[];
/** Where in the text: from the first character to the one behind the last. */
export type Span = readonly [start: number, end: number];

/** One repair. `lossy` where something the model wrote was left out, or something it did not write was added. */
export interface Repair {
  readonly kind: RepairKind;
  readonly path: Path;
  /** In the original text. */
  readonly span: Span;
  readonly lossy: boolean;
  readonly note?: string;
  /** The value that was left out and the one that was taken, where both would do. */
  readonly candidates?: readonly [unknown, unknown];
}

/** Why an answer cannot be used, in words a model can act on. */
export interface Problem {
  readonly kind:
    | "missing"
    | "invalid"
    | "cut"
    | "ambiguous"
    | "lossy"
    | "unclean"
    | "empty"
    | "reasoning"
    | "no-json"
    | "no-code"
    | "too-long"
    | "too-deep"
    | "rule";
  readonly path: Path;
  /** The path and what is wrong there, as one line. */
  readonly message: string;
  readonly expected?: string;
  readonly got?: string;
  /** The two readings of an ambiguous answer. */
  readonly candidates?: readonly [unknown, unknown];
}

/** A member the schema does not know, which was left out. */
export interface Extra {
  readonly path: Path;
  readonly value: unknown;
}

/**
 * What reading an answer gives: the value and what was repaired, or exactly what is wrong and what could be read.
 * `truncated`: the text ended before the answer did.
 */
export type Reading<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** By their place in the text; of those that lose nothing the first 5,000. */
      readonly repairs: readonly Repair[];
      readonly lossy: boolean;
      readonly truncated: boolean;
      readonly extras: readonly Extra[];
    }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      readonly partial: unknown;
      readonly truncated: boolean;
    };

/** A path as people write it, such as `files[2].path`; empty for the whole answer. */
export const pathText = (path: Path): string =>
  path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .replace(/^\./, "");
