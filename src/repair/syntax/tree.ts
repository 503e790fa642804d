import type { RepairKind } from "../reading.ts";

/** A repair before it is known where in the value it stands: it belongs to the node that carries it. */
export interface Mend {
  readonly kind: RepairKind;
  readonly start: number;
  readonly end: number;
  readonly lossy: boolean;
  readonly note?: string;
  /** The member it is about, where that has no node of its own. */
  readonly key?: string;
}

interface Part {
  readonly start: number;
  end: number;
  /** What was repaired to read it. */
  mends?: Mend[];
  /** The text ended within it. */
  cut?: boolean;
}

export interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: Tree;
}

export interface ObjectTree extends Part {
  readonly type: "object";
  readonly members: Member[];
}

export interface ListTree extends Part {
  readonly type: "list";
  readonly items: Tree[];
}

export interface TextTree extends Part {
  readonly type: "text";
  text: string;
  /** It stood there without quotation marks. */
  readonly bare?: boolean;
}

export interface NumberTree extends Part {
  readonly type: "number";
  /** As JSON spells it, all digits kept. */
  readonly source: string;
  /** As it was written, where JSON spells it otherwise. */
  readonly written?: string;
}

export interface LiteralTree extends Part {
  readonly type: "literal";
  readonly value: boolean | null;
}

/** A value as it was read from a text: with its place, the source of its numbers, and what was repaired. */
export type Tree = ObjectTree | ListTree | TextTree | NumberTree | LiteralTree;

/** A reading lists so many repairs that lose nothing, and no more: a text can hold one at every other character. */
export const mostMends = 5000;

/** Notes a repair on a node. */
export function mend(
  tree: Tree,
  kind: RepairKind,
  start: number,
  end: number,
  lossy = false,
  { note, key }: { note?: string; key?: string | undefined } = {},
): void {
  tree.mends ??= [];
  tree.mends.push({
    kind,
    start,
    end,
    lossy,
    ...(note === undefined ? {} : { note }),
    ...(key === undefined ? {} : { key }),
  });
}

/** The plain value of a node. Deep trees do not exhaust the stack. */
export function plain(tree: Tree): unknown {
  const out: unknown[] = [];
  const waiting: {
    readonly tree: Tree;
    readonly into: Record<string, unknown> | unknown[];
    readonly key: string | number;
  }[] = [];
  waiting.push({ tree, into: out, key: 0 });
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { tree: part, into, key } = next;
    let value: unknown;
    if (part.type === "object") {
      const object: Record<string, unknown> = {};
      value = object;
      // The order of the keys is kept: a place for each is made before its value is known.
      for (const member of part.members) define(object, member.key, undefined);
      for (let at = part.members.length - 1; at >= 0; at--) {
        const member = part.members[at] as Member;
        waiting.push({ tree: member.value, into: object, key: member.key });
      }
    } else if (part.type === "list") {
      const list: unknown[] = new Array(part.items.length);
      value = list;
      for (let at = part.items.length - 1; at >= 0; at--)
        waiting.push({ tree: part.items[at] as Tree, into: list, key: at });
    } else value = scalar(part);
    if (Array.isArray(into)) into[Number(key)] = value;
    else define(into, String(key), value);
  }
  return out[0];
}

/** A value as JSON text; undefined where it is nested too deeply for that. */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The plain value of a node without children; a number that is too large for one as it was written. */
export function scalar(tree: TextTree | NumberTree | LiteralTree): string | number | boolean | null {
  if (tree.type === "text") return tree.text;
  if (tree.type === "literal") return tree.value;
  const value = Number(tree.source);
  return Number.isFinite(value) ? value : (tree.written ?? tree.source);
}

/** Sets an own member, whatever its name: `__proto__` is a key like any other. */
export function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else object[key] = value;
}
