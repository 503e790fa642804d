import type { RepairKind } from "./reading.ts";

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
}

export interface LiteralTree extends Part {
  readonly type: "literal";
  readonly value: boolean | null;
}

/** A value as it was read from a text: with its place, the source of its numbers, and what was repaired. */
export type Tree = ObjectTree | ListTree | TextTree | NumberTree | LiteralTree;

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
  const waiting: { tree: Tree; put(value: unknown): void }[] = [{ tree, put: (value) => out.push(value) }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { tree, put } = next;
    if (tree.type === "object") {
      const object: Record<string, unknown> = {};
      put(object);
      // The order of the keys is kept: a place for each is made before its value is known.
      for (const { key, value } of tree.members) {
        define(object, key, undefined);
        waiting.push({ tree: value, put: (inner) => define(object, key, inner) });
      }
      if (tree.members.length > 1) keepLast(waiting, tree.members.length);
    } else if (tree.type === "list") {
      const list: unknown[] = new Array(tree.items.length);
      put(list);
      tree.items.forEach((item, index) => {
        waiting.push({
          tree: item,
          put: (inner) => {
            list[index] = inner;
          },
        });
      });
    } else put(scalar(tree));
  }
  return out[0];
}

/** The members pushed last are reversed, so that of two with one key the later is written last. */
function keepLast<T>(waiting: T[], count: number): void {
  const last = waiting.splice(waiting.length - count, count).reverse();
  for (const entry of last) waiting.push(entry);
}

/** A value as JSON text; undefined where it is nested too deeply for that. */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The plain value of a node without children. */
export const scalar = (tree: TextTree | NumberTree | LiteralTree): string | number | boolean | null =>
  tree.type === "text" ? tree.text : tree.type === "number" ? Number(tree.source) : tree.value;

/** Sets an own member, whatever its name: `__proto__` is a key like any other. */
export function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else object[key] = value;
}
