/** Every kind of repair, closed and documented; logged as `repair_<kind>`. */
const kinds = {
  reasoning: "a reasoning block was left out",
  prose: "text around the answer was left out",
  fence: "the answer was taken out of a Markdown fence",
  tag: "the answer was taken out of tags such as [CONTENT]",
  syntax: "the JSON was malformed and was repaired",
  truncated: "the answer was cut off; complete parts were kept",
  key_case: "a key was spelled with other case or separators",
  wrapper: "the answer was wrapped in an extra key or list",
  stringified: "a list or an object was written as text",
  number: "a number was written as text",
  boolean: "a yes or no was written as text",
  text: "a text was written as a list or a number",
  list: "a list was written as text or as a single item",
  enum: "a choice was written with other case or decoration",
  null: "a null stood for nothing",
  extra: "a field nobody asked for was left out",
  block: "one of several code blocks was chosen",
  unfenced: "code came without a fence",
  unclosed: "a code fence was never closed",
  joined: "a cut answer was continued and joined",
} as const;
export type Kind = keyof typeof kinds;

/** One repair. `lossy` where something the model wrote was left out, or something it did not write was added. */
export interface Repair {
  readonly kind: Kind;
  /** JSON path such as `files[2].path`; empty for the whole answer. */
  readonly path: string;
  readonly lossy: boolean;
}

/** What reading an answer gives: the value and what was repaired, or exactly what is wrong, in the model's terms. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T; readonly repairs: readonly Repair[] }
  | { readonly ok: false; readonly problems: readonly string[]; readonly truncated: boolean };
