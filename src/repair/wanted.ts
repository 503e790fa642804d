import { type ZodType, z } from "zod";
import { fold } from "./fold.ts";
import {
  type AnySchema,
  choices,
  isZod,
  itemsOf,
  options,
  resolve,
  type SchemaNode,
  schemaNode,
  typeOf,
} from "./schema-node.ts";

/** The name of the member that is wanted under a written key: itself, or the one it is another spelling of. */
export const nameOf = ({ keys, names }: Wanted, key: string): string | undefined =>
  keys.includes(key) ? key : names.get(fold(key));

/** What a schema wants at one place, made ready for looking up. */
export interface Wanted {
  readonly node: SchemaNode;
  /** The alternatives; itself where there are none. */
  readonly options: readonly Wanted[];
  /** The one type of a place without alternatives; `any` where the schema does not say. */
  readonly type: string;
  /** Folded names and aliases of the members -> the name. */
  readonly names: ReadonlyMap<string, string>;
  /** The names of the members in the order of the schema. */
  readonly keys: readonly string[];
  readonly required: ReadonlySet<string>;
  /** Members of any name may be there. */
  readonly open: boolean;
  readonly choices: readonly string[];
  member(name: string): Wanted;
  item(index: number): Wanted;
}

/** A schema in both of its uses: what to look for, and whether a value fits. */
export interface Goal {
  readonly wanted: Wanted;
  readonly zod: ZodType;
  /** A JSON Schema rather than zod's: what it does not name it lets pass. */
  readonly plain: boolean;
  /** The schema can replace a wrong value by one of its own. */
  readonly catches: boolean;
}

const goals = new WeakMap<AnySchema, Goal>();

/** The goal a schema sets. A schema is prepared once. */
export function goalOf(schema: AnySchema): Goal {
  const known = goals.get(schema);
  if (known) return known;
  const zod = isZod(schema) ? schema : zodOf(schema);
  const node = schemaNode(schema);
  const goal = {
    wanted: wantedAt(node, node, new Map()),
    zod,
    plain: !isZod(schema),
    catches: isZod(schema) && hasCatch(schema, new Set()),
  };
  goals.set(schema, goal);
  return goal;
}

function zodOf(schema: Readonly<Record<string, unknown>>): ZodType {
  // Until draft 7 parts were kept under another name.
  const older = "definitions" in schema && !("$schema" in schema);
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0], older ? { defaultTarget: "draft-7" } : {});
}

/** Whether `catch` stands anywhere in a zod schema. */
function hasCatch(part: unknown, seen: Set<unknown>): boolean {
  if (typeof part !== "object" || part === null || seen.has(part)) return false;
  seen.add(part);
  if ("type" in part && part.type === "catch") return true;
  if ("_zod" in part) return hasCatch((part as ZodType)._zod.def, seen);
  return Object.values(part).some((inner) => hasCatch(inner, seen));
}

/** Nothing in particular. */
export const anything: Wanted = {
  node: {},
  get options() {
    return [anything];
  },
  type: "any",
  names: new Map(),
  keys: [],
  required: new Set(),
  open: true,
  choices: [],
  member: () => anything,
  item: () => anything,
};

function wantedAt(part: SchemaNode | boolean | undefined, root: SchemaNode, made: Map<unknown, Wanted>): Wanted {
  const node = resolve(part, root);
  const known = made.get(node);
  if (known) return known;
  const at = (inner: SchemaNode | boolean | undefined) => wantedAt(inner, root, made);
  const alternatives = options(node);
  const properties = node.properties ?? {};
  const keys = Object.keys(properties);
  // Asked for at every value, so each is made once.
  const members = new Map<string, Wanted>();
  const items: Wanted[] = [];
  let all: readonly Wanted[] | undefined;
  let other: Wanted | undefined;
  const wanted: Wanted = {
    node,
    get options() {
      all ??= alternatives.length > 1 ? alternatives.map(at) : [wanted];
      return all;
    },
    type: alternatives.length > 1 ? "union" : typeFor(alternatives[0] ?? node),
    names: namesOf(properties, root),
    keys,
    required: new Set(node.required ?? []),
    open: node.additionalProperties === undefined ? keys.length === 0 : node.additionalProperties !== false,
    choices: choices(node),
    member(name) {
      if (!Object.hasOwn(properties, name)) {
        other ??= at(node.additionalProperties);
        return other;
      }
      const member = members.get(name) ?? at(properties[name]);
      members.set(name, member);
      return member;
    },
    item(index) {
      const place = Math.min(index, node.prefixItems?.length ?? 0);
      items[place] ??= at(node.prefixItems?.[place] ?? itemsOf(node));
      return items[place] as Wanted;
    },
  };
  made.set(node, wanted);
  return wanted;
}

/** The type of a node; texts to choose from are texts, also where the schema does not say so. */
const typeFor = (node: SchemaNode): string => {
  const type = typeOf(node);
  return type === "any" && choices(node).length > 0 ? "string" : type;
};

function namesOf(properties: NonNullable<SchemaNode["properties"]>, root: SchemaNode): Map<string, string> {
  const names = new Map<string, string>();
  const add = (name: unknown, key: string) => {
    const folded = typeof name === "string" ? fold(name) : "";
    if (folded !== "" && !names.has(folded)) names.set(folded, key);
  };
  for (const key of Object.keys(properties)) add(key, key);
  for (const [key, member] of Object.entries(properties)) {
    const { title, aliases, alias } = resolve(member, root);
    for (const name of [title, alias, ...(Array.isArray(aliases) ? aliases : [])]) add(name, key);
  }
  return names;
}

/** What is wanted at a place when the value there is an object or a list: the first alternative of that type. */
export function containerOf(wanted: Wanted, type: "object" | "array"): Wanted | undefined {
  if (wanted.type === type || wanted.type === "any") return wanted;
  return wanted.type === "union" ? wanted.options.find((option) => option.type === type) : undefined;
}

/** Whether a text, a number or a truth value is wanted, and nothing that has parts. */
export const isFlat = ({ type }: Wanted): boolean => ["string", "number", "integer", "boolean"].includes(type);
