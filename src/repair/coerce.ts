import { fold } from "./fold.ts";
import type { Kind, Repair } from "./reading.ts";
import { choices, hasType, itemsOf, options, resolve, type SchemaNode, typeOf } from "./schema-node.ts";
import { opensJson } from "./spans.ts";

/** A value brought nearer to a schema, and how. */
export interface Coerced {
  readonly value: unknown;
  readonly repairs: readonly Repair[];
  /** How many texts only repeat what the question said. */
  readonly echoes: number;
}

/** Applies what is safe: keys by any spelling, numbers and choices written as text, single items for lists. */
export function coerce(value: unknown, root: SchemaNode): Coerced {
  const coercion = new Coercion(root);
  return { value: coercion.to(root, value, ""), repairs: coercion.repairs, echoes: coercion.echoes };
}

const deepest = 100;
const numeral = /^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const bullet = /^\s*(?:[-*•+]|\d{1,3}[.)、])\s+/;

class Coercion {
  readonly root: SchemaNode;
  readonly repairs: Repair[] = [];
  echoes = 0;
  depth = 0;

  constructor(root: SchemaNode) {
    this.root = root;
  }

  to(schema: SchemaNode | boolean | undefined, value: unknown, path: string): unknown {
    const all = resolve(schema, this.root);
    const node = this.choose(all, value);
    if (this.depth >= deepest) return value;
    if (value === null && !hasType(value, node)) return this.toNothing(all, path);
    this.depth++;
    const result = this.typed(node, value, path);
    this.depth--;
    if (typeof result === "string" && isEcho(result, all)) this.echoes++;
    return result;
  }

  /** The alternative the value was meant for: by its type and its fixed members, else the first that is not null. */
  choose(node: SchemaNode, value: unknown): SchemaNode {
    const all = options(node).map((option) => resolve(option, this.root));
    const fitting = all.filter((option) => hasType(value, option));
    const best = fitting.find((option) => isRecord(value) && constantsMatch(option, value)) ?? fitting[0];
    return best ?? all.find((option) => typeOf(option) !== "null") ?? node;
  }

  typed(node: SchemaNode, value: unknown, path: string): unknown {
    switch (typeOf(node)) {
      case "object":
        return this.toObject(node, value, path);
      case "array":
        return this.toList(node, value, path);
      case "string":
        return this.toText(node, value, path);
      case "number":
      case "integer":
        return this.toNumber(value, path);
      case "boolean":
        return this.toBoolean(value, path);
      default:
        return value;
    }
  }

  /** A null where the schema says that an empty text or list stands for nothing; elsewhere it stays one. */
  toNothing({ description = "", ...node }: SchemaNode, path: string): unknown {
    if (!/\bempty\b/i.test(description)) return null;
    const type = typeOf(node);
    if (type === "string") return this.report("null", path, "");
    return type === "array" ? this.report("null", path, []) : null;
  }

  toObject(node: SchemaNode, value: unknown, path: string): unknown {
    const parsed = parsedText(value, "{");
    if (parsed !== undefined) return this.toObject(node, this.report("stringified", path, parsed), path);
    if (Array.isArray(value) && value.length === 1 && isRecord(value[0]))
      return this.toObject(node, this.report("wrapper", path, value[0]), path);
    if (!isRecord(value)) return value;
    const properties = node.properties ?? {};
    const names = matchKeys(Object.keys(value), Object.keys(properties));
    const members: [string, unknown][] = [];
    for (const [key, item] of Object.entries(value)) {
      const name = names.get(key);
      const at = join(path, name ?? key);
      if (name !== undefined && name !== key) this.report("key_case", at);
      if (name !== undefined && this.standsForNothing(node, name, item)) this.report("null", at);
      else if (name !== undefined) members.push([name, this.to(properties[name], item, at)]);
      else if (isOpen(node)) members.push([key, this.to(node.additionalProperties, item, at)]);
      else this.report("extra", at, undefined, true);
    }
    return Object.fromEntries(members);
  }

  /** A null for a field that may be absent and cannot be null. */
  standsForNothing(node: SchemaNode, name: string, item: unknown): boolean {
    if (item !== null || node.required?.includes(name)) return false;
    const all = options(resolve(node.properties?.[name], this.root));
    return !all.some((option) => hasType(null, resolve(option, this.root)));
  }

  toList(node: SchemaNode, value: unknown, path: string): unknown {
    const item = resolve(itemsOf(node), this.root);
    const list = Array.isArray(value) ? value : this.listed(item, value, path);
    if (!Array.isArray(list)) return list;
    return list.map((entry, index) => this.to(node.prefixItems?.[index] ?? itemsOf(node), entry, `${path}[${index}]`));
  }

  /** The list a single item or a text stands for. */
  listed(item: SchemaNode, value: unknown, path: string): unknown {
    const parsed = parsedText(value, "[");
    if (parsed !== undefined) return this.report("stringified", path, parsed);
    if (typeof value === "string") {
      const lines = value.split("\n").filter((line) => line.trim() !== "");
      if (lines.length === 0) return this.report("list", path, []);
      if (lines.every((line) => bullet.test(line)))
        return this.report(
          "list",
          path,
          lines.map((line) => line.replace(bullet, "").trimEnd()),
        );
    }
    return hasType(value, this.choose(item, value)) ? this.report("list", path, [value]) : value;
  }

  toText(node: SchemaNode, value: unknown, path: string): unknown {
    const allowed = choices(node);
    if (allowed.length > 0) return this.toChoice(allowed, value, path);
    // Lossy: how the number was spelled, such as 1.10, is no longer known.
    if (typeof value === "number") return this.report("text", path, String(value), true);
    if (Array.isArray(value) && value.length > 0 && value.every((line) => typeof line === "string"))
      return this.report("text", path, value.join("\n"));
    return value;
  }

  toChoice(allowed: readonly string[], value: unknown, path: string): unknown {
    if (typeof value !== "string" || allowed.includes(value)) return value;
    const folded = fold(value);
    const [match, another] = allowed.filter((choice) => folded !== "" && fold(choice) === folded);
    return match === undefined || another !== undefined ? value : this.report("enum", path, match);
  }

  toNumber(value: unknown, path: string): unknown {
    if (typeof value !== "string" || value.length > 60 || !numeral.test(value.trim())) return value;
    return this.report("number", path, Number(value.replaceAll(",", "")));
  }

  toBoolean(value: unknown, path: string): unknown {
    const word = typeof value === "string" && value.length < 20 ? value.trim().toLowerCase() : "";
    if (word === "true" || word === "yes") return this.report("boolean", path, true);
    if (word === "false" || word === "no") return this.report("boolean", path, false);
    return value;
  }

  report(kind: Kind, path: string, value?: unknown, lossy = false): unknown {
    this.repairs.push({ kind, path, lossy });
    return value;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isOpen = ({ additionalProperties }: SchemaNode): boolean =>
  additionalProperties !== undefined && additionalProperties !== false;

const constantsMatch = (node: SchemaNode, value: Record<string, unknown>): boolean =>
  Object.entries(node.properties ?? {}).every(
    ([key, member]) => typeof member !== "object" || member.const === undefined || member.const === value[key],
  );

/** Which written key is which wanted one: exactly, else by the folded name, each wanted key once. */
function matchKeys(written: readonly string[], wanted: readonly string[]): Map<string, string> {
  const matched = new Map(written.filter((key) => wanted.includes(key)).map((key) => [key, key]));
  const free = new Map(wanted.filter((key) => !matched.has(key)).map((key) => [fold(key), key]));
  for (const key of written) {
    const name = matched.has(key) || free.size === 0 ? undefined : free.get(fold(key));
    if (name === undefined) continue;
    matched.set(key, name);
    free.delete(fold(key));
  }
  return matched;
}

/** The list or object a text is, if it is one completely. */
function parsedText(value: unknown, bracket: "{" | "["): unknown {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (!text.startsWith(bracket) || !opensJson(text, 0)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isEcho = (text: string, node: SchemaNode): boolean =>
  text === node.description || /^(?:\.{3}|…|string|<[^<>]{1,100}>)$/.test(text);

const join = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);
