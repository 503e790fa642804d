import { z } from "zod";

/** Writes one character of a string in its own way, or leaves it to the next writer. */
export type CharacterWriter = (character: string, index: number, value: string) => string | undefined;

interface Base {
  /** The schema here, without its wrappers. */
  readonly schema: z.ZodType | undefined;
  readonly nullable: boolean;
  readonly optional: boolean;
  /** What should be read here, where it is not what is written. */
  truth?: { readonly value: unknown };
}

/** An object or a list, as it will be printed. */
export interface Container extends Base {
  readonly type: "object" | "array";
  entries: Entry[];
  open?: string;
  close?: string;
  /** A wrapping: what is read is this node inside it. */
  standsFor?: Node;
}

/** A string, as it will be printed. */
export interface Text extends Base {
  readonly type: "string";
  value: string;
  quotes?: readonly [string, string];
  writers: CharacterWriter[];
  /** Printed instead of all that, as it is. */
  text?: string;
}

/** A number, a boolean or null. */
export interface Bare extends Base {
  readonly type: "bare";
  readonly value: number | boolean | null;
  text?: string;
}

export type Node = Container | Text | Bare;

/** A member of an object or an item of a list, with what stands around it. */
export interface Entry {
  /** The key of the truth; undefined in lists. */
  readonly name: string | undefined;
  /** The key as a model believes it to be. */
  key?: string;
  /** Printed for the key with its quotes, as it is. */
  keyText?: string;
  node: Node;
  lead?: string;
  colon?: string;
  comma?: string;
  tail?: string;
  /** The truth does not have it. */
  readonly extra?: true;
}

/** An entry together with the container that holds it. */
export interface Place {
  readonly entry: Entry;
  readonly parent: Container;
  readonly index: number;
}

interface Slot {
  readonly schema: z.ZodType | undefined;
  readonly nullable: boolean;
  readonly optional: boolean;
}

/** A schema without optional, nullable and the like, and which of them it had. */
export function slotOf(schema: z.ZodType | undefined): Slot {
  let inner = schema;
  let nullable = false;
  let optional = false;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable) {
    if (inner instanceof z.ZodOptional) optional = true;
    else nullable = true;
    inner = inner.unwrap() as z.ZodType;
  }
  return { schema: inner, nullable, optional };
}

/** A value as a tree that faults may change before it is printed. */
export function treeOf(value: unknown, schema?: z.ZodType): Node {
  const slot = slotOf(schema);
  const inner = slot.schema;
  if (Array.isArray(value)) {
    const itemSchema = (index: number) =>
      inner instanceof z.ZodArray
        ? (inner.element as z.ZodType)
        : inner instanceof z.ZodTuple
          ? (inner.def.items[index] as z.ZodType | undefined)
          : undefined;
    const entries = value.map((item, index): Entry => ({ name: undefined, node: treeOf(item, itemSchema(index)) }));
    return { type: "array", ...slot, entries };
  }
  if (typeof value === "object" && value !== null) {
    const memberSchema = (key: string) =>
      inner instanceof z.ZodObject
        ? (inner.shape[key] as z.ZodType | undefined)
        : inner instanceof z.ZodRecord
          ? (inner.valueType as z.ZodType)
          : undefined;
    const entries = Object.entries(value).map(
      ([key, member]): Entry => ({ name: key, key, node: treeOf(member, memberSchema(key)) }),
    );
    return { type: "object", ...slot, entries };
  }
  if (typeof value === "string") return { type: "string", ...slot, value, writers: [] };
  return { type: "bare", ...slot, value: value as number | boolean | null };
}

/** What a perfect reader makes of a node. */
export function truthOf(node: Node): unknown {
  if (node.truth) return node.truth.value;
  if (!isContainer(node)) return node.value;
  if (node.standsFor) return truthOf(node.standsFor);
  const entries = node.entries.filter(({ extra }) => !extra);
  if (node.type === "array") return entries.map((entry) => truthOf(entry.node));
  return Object.fromEntries(entries.map((entry) => [entry.name, truthOf(entry.node)]));
}

/** What is written, without the faults of writing: keys and values as a model believes them to be. */
export function writtenOf(node: Node): unknown {
  if (!isContainer(node)) return node.value;
  if (node.type === "array") return node.entries.map((entry) => writtenOf(entry.node));
  return Object.fromEntries(node.entries.map((entry) => [entry.key, writtenOf(entry.node)]));
}

/** All entries below a node, in the order of the text. */
export function placesIn(node: Node): Place[] {
  if (!isContainer(node)) return [];
  return node.entries.flatMap((entry, index) => [{ entry, parent: node, index }, ...placesIn(entry.node)]);
}

/** All objects and lists, the outermost first. */
export const containersIn = (node: Node): Container[] =>
  [node, ...placesIn(node).map(({ entry }) => entry.node)].filter(isContainer);

/** All strings that are printed in the ordinary way. */
export const textsIn = (node: Node): (Place & { readonly text: Text })[] =>
  placesIn(node).flatMap((place) => {
    const text = place.entry.node;
    return text.type === "string" && text.text === undefined ? [{ ...place, text }] : [];
  });

export const isContainer = (node: Node): node is Container => node.type === "object" || node.type === "array";

/** An object whose keys the schema knows; a record's keys are data. */
export const hasKnownKeys = (node: Node): node is Container =>
  node.type === "object" && node.schema instanceof z.ZodObject;

/** Puts another node in the place of one that is to be read all the same. */
export function replaceNode(entry: Entry, value: unknown): void {
  const truth = { value: truthOf(entry.node) };
  entry.node = { ...treeOf(value), truth };
}

/** Every key the schema knows, at any depth. */
export function keysOf(schema: z.ZodType | undefined, found = new Set<string>()): Set<string> {
  const inner = slotOf(schema).schema;
  if (inner instanceof z.ZodObject) {
    for (const [key, member] of Object.entries(inner.shape)) {
      found.add(key);
      keysOf(member as z.ZodType, found);
    }
  } else if (inner instanceof z.ZodArray) keysOf(inner.element as z.ZodType, found);
  else if (inner instanceof z.ZodRecord) keysOf(inner.valueType as z.ZodType, found);
  return found;
}
