import type { Extra, Path, Repair, RepairKind, Span } from "../reading.ts";
import { define, mostMends, plain, scalar, type Tree } from "../syntax/tree.ts";
import { anything, type Wanted } from "../wanted.ts";
import { embedded } from "./embedded.ts";
import { coerceList } from "./list.ts";
import { coerceObject } from "./object.ts";
import { coerceBoolean, coerceNumber, coerceText, losesDigits } from "./scalar.ts";

/** A value brought nearer to a schema, how, and how far it still is from it. */
export interface Coerced {
  readonly value: unknown;
  readonly repairs: Repair[];
  readonly extras: Extra[];
  /** Required members that are not there, and values of another type. */
  readonly missing: number;
  readonly wrong: number;
  /** Texts that only repeat what the question said. */
  readonly echoes: number;
  /** Members that the schema knows. */
  readonly known: number;
}

/** The place of a value: a step and the way to it. Written out only where something is reported. */
export interface Trail {
  readonly step: string | number;
  readonly up: Trail | undefined;
}

/** No value: the member is left out. */
export const absent = Symbol("absent");

const deepest = 200;
/** Words that stand for nothing. */
export const saysNothing = /^\s*(?:none|null|nil|n\/a|undefined|nothing|无|没有|空)\s*$/i;

/** Brings what was read nearer to what is wanted, by what is safe, and says where it had to guess. */
export function coerce(tree: Tree, wanted: Wanted, place: (at: number) => number): Coerced {
  const coercion = new Coercion(place);
  const value = coercion.to(wanted, tree, undefined);
  return Object.assign(coercion, { value: value === absent ? undefined : value });
}

export class Coercion {
  readonly repairs: Repair[] = [];
  readonly extras: Extra[] = [];
  missing = 0;
  wrong = 0;
  echoes = 0;
  known = 0;
  private depth = 0;
  /** How many unions around are being tried out. */
  private trials = 0;
  private readonly place: (at: number) => number;
  /** Where a text stands that is read as JSON of its own: its parts have no other place. */
  private fixed: Span | undefined;

  constructor(place: (at: number) => number) {
    this.place = place;
  }

  /** The value for one place of the schema. */
  to(wanted: Wanted, tree: Tree, trail: Trail | undefined): unknown {
    if (this.depth >= deepest || wanted.type === "any") return this.freely(tree, trail);
    if (tree.cut && tree.type === "text" && !mayBeCut(wanted)) {
      this.report("truncated", trail, [tree.start, tree.end], true, "the end of the text cut it");
      return absent;
    }
    this.reportMends(tree, trail);
    const inner = tree.type === "text" && wanted.type === "union" ? jsonFor(wanted, tree.text) : undefined;
    if (inner) {
      this.report("stringified", trail, [tree.start, tree.end]);
      return this.within(tree, () => this.to(wanted, inner, trail));
    }
    const option = this.choose(wanted, tree);
    if (
      tree.type === "text" &&
      saysNothing.test(tree.text) &&
      option.type !== "string" &&
      wanted.options.some(({ type }) => type === "null")
    ) {
      this.report("null", trail, [tree.start, tree.end]);
      return null;
    }
    this.depth++;
    const value = this.typed(option, tree, trail);
    this.depth--;
    if (typeof value === "string" && isEcho(value, tree, wanted)) this.echoes++;
    return value;
  }

  /** Sets a member of an object to its value, if there is one. */
  member(object: Record<string, unknown>, name: string, wanted: Wanted, tree: Tree, up: Trail | undefined): void {
    const value = this.to(wanted, tree, { step: name, up });
    if (value !== absent) define(object, name, value);
  }

  private typed(wanted: Wanted, tree: Tree, trail: Trail | undefined): unknown {
    switch (wanted.type) {
      case "object":
        return coerceObject(this, wanted, tree, trail);
      case "array":
        return coerceList(this, wanted, tree, trail);
      case "string":
        return coerceText(this, wanted, tree, trail);
      case "number":
      case "integer":
        return coerceNumber(this, wanted, tree, trail);
      case "boolean":
        return coerceBoolean(this, tree, trail);
      case "any":
        return this.freely(tree, trail, true);
      default:
        if (tree.type !== "literal" || tree.value !== null) this.wrong++;
        return this.freely(tree, trail, true);
    }
  }

  /** The alternative the value was meant for: the one that needs least to be brought about, else the first that is not null. */
  private choose(wanted: Wanted, tree: Tree): Wanted {
    if (wanted.type !== "union") return wanted;
    const ranked = wanted.options
      .map((option) => ({ option, rank: likeness(option, tree) }))
      .sort((a, b) => b.rank - a.rank);
    const [best, second] = ranked;
    if (!best || best.rank === 0) return wanted.options.find(({ type }) => type !== "null") ?? anything;
    const branches = tree.type === "object" || tree.type === "list";
    if (!branches || !second || second.rank === 0 || this.trials >= 6) return best.option;
    return this.leastWork(
      ranked.filter(({ rank }) => rank > 0).map(({ option }) => option),
      tree,
    );
  }

  /** Of several alternatives for an object or a list the one with the fewest faults, losses and repairs. */
  private leastWork(options: readonly Wanted[], tree: Tree): Wanted {
    let least: { option: Wanted; work: number } | undefined;
    for (const option of options) {
      const trial = new Coercion(this.place);
      trial.trials = this.trials + 1;
      trial.depth = this.depth;
      trial.typed(option, tree, undefined);
      const lossy = trial.repairs.filter((one) => one.lossy).length;
      const work = (trial.missing + trial.wrong) * 1e6 + lossy * 1e3 + trial.repairs.length;
      if (!least || work < least.work) least = { option, work };
      if (work === 0) break;
    }
    return least?.option ?? anything;
  }

  /** The value as it is, with all that was repaired in it. */
  freely(tree: Tree, trail: Trail | undefined, reported = false, depth = 0): unknown {
    if (!reported) this.reportMends(tree, trail);
    if (tree.type === "list") {
      if (depth >= deepest) return this.withoutPaths(tree, trail);
      return tree.items.map((item, index) => this.freely(item, { step: index, up: trail }, false, depth + 1));
    }
    if (tree.type !== "object") {
      if (tree.type === "number" && losesDigits(tree.source))
        this.report("number", trail, [tree.start, tree.end], true, "more digits than a number holds");
      return scalar(tree);
    }
    if (depth >= deepest) return this.withoutPaths(tree, trail);
    const object: Record<string, unknown> = {};
    for (const { key, keyStart, keyEnd, value } of tree.members) {
      const at = { step: key, up: trail };
      if (Object.hasOwn(object, key)) this.report("duplicate-key", at, [keyStart, keyEnd], true);
      define(object, key, this.freely(value, at, false, depth + 1));
    }
    return object;
  }

  /** A value that is nested very deeply; what was repaired in it is reported for the whole. */
  private withoutPaths(tree: Tree, trail: Trail | undefined): unknown {
    const waiting =
      tree.type === "object" ? tree.members.map(({ value }) => value) : tree.type === "list" ? [...tree.items] : [];
    for (let part = waiting.pop(); part; part = waiting.pop()) {
      this.reportMends(part, trail);
      if (part.type === "object") for (const { value } of part.members) waiting.push(value);
      else if (part.type === "list") for (const item of part.items) waiting.push(item);
    }
    return plain(tree);
  }

  /** Reads a part that stands within a text of its own. */
  within<T>(tree: Tree, read: () => T): T {
    const before = this.fixed;
    this.fixed ??= this.spanOf([tree.start, tree.end]);
    const result = read();
    this.fixed = before;
    return result;
  }

  /** What could still go wrong is tried without a trace: the outcome is kept only if it is clean. */
  cleanly<T>(read: () => T): { readonly value: T } | undefined {
    const before = { missing: this.missing, wrong: this.wrong, echoes: this.echoes, known: this.known };
    const [repairs, extras] = [this.repairs.length, this.extras.length];
    const value = read();
    const whole = Array.isArray(value) ? !value.includes(absent) : value !== absent;
    if (this.missing === before.missing && this.wrong === before.wrong && whole) return { value };
    Object.assign(this, before);
    this.repairs.length = repairs;
    this.extras.length = extras;
    return undefined;
  }

  report(kind: RepairKind, trail: Trail | undefined, span: Span, lossy = false, note?: string): void {
    if (!lossy && this.repairs.length >= mostMends) return;
    const noted = note === undefined ? {} : { note };
    this.repairs.push({ kind, path: pathOf(trail), span: this.spanOf(span), lossy, ...noted });
  }

  private reportMends(tree: Tree, trail: Trail | undefined): void {
    if (!tree.mends && !tree.cut) return;
    for (const { kind, start, end, lossy, note, key } of tree.mends ?? [])
      this.report(kind, key === undefined ? trail : { step: key, up: trail }, [start, end], lossy, note);
    if (tree.cut && tree.type === "text")
      this.report("truncated", trail, [tree.start, tree.end], true, "the end of the text cut it");
  }

  private spanOf([start, end]: Span): Span {
    return this.fixed ?? [this.place(start), this.place(end)];
  }
}

function pathOf(trail: Trail | undefined): Path {
  const path: (string | number)[] = [];
  for (let at = trail; at; at = at.up) path.push(at.step);
  return path.reverse();
}

/** How well a value suits an alternative; 0 where its type does not. */
function likeness(option: Wanted, tree: Tree): number {
  if (option.type === "any") return 1;
  if (tree.type === "object" && option.type === "object") {
    const known = tree.members.filter(({ key }) => option.keys.includes(key)).length;
    const constants = tree.members.every(({ key, value }) => {
      const [only, another] = option.keys.includes(key) ? option.member(key).choices : [];
      return only === undefined || another !== undefined || (value.type === "text" && value.text === only);
    });
    return (constants ? 4 : 1) + known / (tree.members.length + option.keys.length + 1);
  }
  if (tree.type === "list") return option.type === "array" ? 3 : 0;
  if (tree.type === "text") {
    if (option.type === "string") return option.choices.length === 0 ? 2 : option.choices.includes(tree.text) ? 3 : 1;
    return 0;
  }
  if (tree.type === "number")
    return option.type === "number" || (option.type === "integer" && /^-?\d+$/.test(tree.source)) ? 3 : 0;
  if (tree.type === "literal") return option.type === (tree.value === null ? "null" : "boolean") ? 3 : 0;
  return 0;
}

/** The object or list that a text is, where one of the alternatives is such and none is a text. */
function jsonFor({ options }: Wanted, text: string): Tree | undefined {
  if (options.some(({ type }) => type === "string" || type === "any")) return undefined;
  for (const option of options) {
    const bracket = option.type === "object" ? "{" : option.type === "array" ? "[" : undefined;
    const tree = bracket && embedded(text, anything, bracket);
    if (tree) return tree;
  }
  return undefined;
}

/** Whether the beginning of a text is worth keeping: not where only a whole word has a meaning. */
const mayBeCut = (wanted: Wanted): boolean =>
  wanted.options.some(
    ({ type, choices }) => ["string", "array", "object", "any"].includes(type) && choices.length === 0,
  );

/** Whether a text says what should be there instead of being it. */
function isEcho(text: string, tree: Tree, { node }: Wanted): boolean {
  if (text.length > 400) return text === node.description;
  if (text === node.description || /^(?:\.{3}|…|<[^<>]{1,100}>)$/.test(text)) return true;
  const bare = tree.type === "text" && tree.bare === true;
  return (
    text === "string" || (bare && /^(?:string|number|integer|boolean|array|object|any)\b(?:$|[[\s,;|/].*$)/.test(text))
  );
}
