import { fold } from "../fold.ts";
import { jsonText, type ListTree, type Member, type ObjectTree, plain, type Tree } from "../syntax/tree.ts";
import { nameOf, type Wanted } from "../wanted.ts";
import type { Coercion, Trail } from "./coerce.ts";
import { embedded, within } from "./embedded.ts";
import { matchKeys } from "./keys.ts";
import { nothing } from "./scalar.ts";
import { splitLabel } from "./split-text.ts";

/** An object for a place that wants one, under whatever names, levels and wrappings its members were written. */
export function coerceObject(coercion: Coercion, wanted: Wanted, tree: Tree, trail: Trail | undefined): unknown {
  const span = [tree.start, tree.end] as const;
  if (tree.type === "object") {
    const inner = wrapped(tree, wanted);
    if (!inner) return members(coercion, wanted, tree, trail);
    coercion.report("wrapper", trail, span);
    for (const { key, value } of tree.members) if (value !== inner) leaveOut(coercion, { step: key, up: trail }, value);
    return coercion.to(wanted, inner, trail);
  }
  if (tree.type === "list") return fromList(coercion, wanted, tree, trail);
  if (tree.type === "literal" && tree.value === null) return nothing(coercion, wanted, tree, trail);
  if (tree.type === "text") {
    const whole = embedded(tree.text, wanted, "{");
    const found = whole ? undefined : within(tree.text, wanted);
    const inner = whole ?? (found && holds(found, wanted) ? found : undefined);
    if (inner) {
      coercion.report("stringified", trail, span);
      return coercion.within(tree, () => coercion.to(wanted, inner, trail));
    }
    const row = fromText(coercion, wanted, tree.text, tree, trail);
    if (row) return row.value;
  }
  coercion.wrong++;
  return plain(tree);
}

/** What is inside, where none of the members is wanted and one holds what is. */
function wrapped(tree: ObjectTree, wanted: Wanted): Tree | undefined {
  if (wanted.keys.length === 0 || tree.members.length === 0 || tree.members.length > 6) return undefined;
  const known = tree.members.filter(({ key }) => nameOf(wanted, key) !== undefined).length;
  const call = known > 0 ? callArguments(tree, wanted) : undefined;
  if (known > 0) return call;
  const parts = tree.members.filter(
    ({ value }) => value.type === "object" && value.members.some(({ key }) => nameOf(wanted, key) !== undefined),
  );
  if (
    parts.length > 1 &&
    mergedObject(
      parts.map(({ value }) => value),
      wanted,
    )
  )
    return undefined;
  const inside = tree.members.map(({ value }) => value).filter((value) => holds(value, wanted));
  return inside.length === 1 ? inside[0] : undefined;
}

/** What a call of a function gives it, where an answer is written as one. */
function callArguments({ members }: ObjectTree, wanted: Wanted): Tree | undefined {
  const given = members.find(({ key }) => /^(?:arguments|parameters|params|input|args)$/i.test(key));
  const names = members.some(({ key }) => /^(?:name|function|tool|type|id)$/i.test(key));
  return given && names && nameOf(wanted, given.key) === undefined && holds(given.value, wanted)
    ? given.value
    : undefined;
}

/** Whether a value is, or wraps, an object with at least half of the required members. */
function holds(value: Tree, wanted: Wanted, depth = 0): boolean {
  if (depth > 3) return false;
  if (value.type === "text") {
    const inner = embedded(value.text, wanted, "{") ?? within(value.text, wanted);
    return inner !== undefined && holds(inner, wanted, depth + 1);
  }
  if (value.type === "list")
    return (
      (value.items.length === 1 && value.items.some((item) => holds(item, wanted, depth + 1))) ||
      holdsInParts(value, wanted)
    );
  if (value.type !== "object") return false;
  // Parts of it may stand in parts of the value.
  const deeper = value.members.flatMap(({ value: part }) => (part.type === "object" ? part.members : []));
  const names = new Set([...value.members, ...deeper].map(({ key }) => nameOf(wanted, key)));
  const there = [...wanted.required].filter((name) => names.has(name)).length;
  if (there > 0 && there * 2 >= wanted.required.size) return true;
  return value.members.length === 1 && value.members.some(({ value: inner }) => holds(inner, wanted, depth + 1));
}

/** Whether the objects of a list are parts of the one that is wanted. */
function holdsInParts({ items }: ListTree, wanted: Wanted): boolean {
  const merged = items.length <= 30 ? mergedObject(items, wanted) : undefined;
  return merged !== undefined && holds(merged, wanted, 3);
}

function fromList(coercion: Coercion, wanted: Wanted, tree: ListTree, trail: Trail | undefined): unknown {
  const span = [tree.start, tree.end] as const;
  const [first] = tree.items;
  if (tree.items.length === 1 && first && first.type !== "number" && first.type !== "literal") {
    coercion.report("wrapper", trail, span);
    return coercion.to(wanted, first, trail);
  }
  const merged = mergedObject(tree.items, wanted);
  if (merged) {
    coercion.report("merged", trail, span);
    return coercion.to(wanted, merged, trail);
  }
  const flat = tree.items.every(({ type }) => type !== "object" && type !== "list");
  if (flat && tree.items.length === wanted.keys.length && wanted.keys.length > 1) {
    const row = coercion.cleanly(() => {
      coercion.report("pair", trail, span, true, "the values of a row without their names");
      const value: Record<string, unknown> = {};
      for (const [index, name] of wanted.keys.entries()) {
        const item = tree.items[index];
        if (item) coercion.member(value, name, wanted.member(name), item, trail);
      }
      return value;
    });
    if (row) return row.value;
  }
  coercion.wrong++;
  return plain(tree);
}

/** Objects that share no key as one. */
export function mergedObject(trees: readonly Tree[], wanted: Wanted): ObjectTree | undefined {
  if (trees.length < 2) return undefined;
  const seen = new Set<string>();
  const members: Member[] = [];
  for (const tree of trees) {
    if (tree.type !== "object") return undefined;
    for (const member of tree.members) {
      const name = nameOf(wanted, member.key) ?? member.key;
      if (seen.has(name)) return undefined;
      seen.add(name);
      members.push(member);
    }
  }
  const mends = trees.flatMap((tree) => tree.mends ?? []);
  const [first, last] = [trees[0], trees.at(-1)];
  return { type: "object", members, start: first?.start ?? 0, end: last?.end ?? 0, mends };
}

/** A row of few members that was written as one text, such as `P0: the snake moves`. */
function fromText(coercion: Coercion, wanted: Wanted, text: string, { start, end }: Tree, trail: Trail | undefined) {
  const needed = wanted.keys.filter((name) => wanted.required.has(name));
  const [first, second] = needed;
  const put = (parts: readonly (readonly [string, string])[], lossy: boolean) =>
    coercion.cleanly(() => {
      coercion.report("pair", trail, [start, end], lossy);
      const value: Record<string, unknown> = {};
      for (const [name, part] of parts)
        coercion.member(value, name, wanted.member(name), { type: "text", text: part, start, end }, trail);
      return value;
    });
  if (needed.length === 1 && first !== undefined && wanted.keys.length === 1) return put([[first, text]], false);
  const parts = needed.length === 2 ? splitLabel(text) : undefined;
  return parts && first !== undefined && second !== undefined
    ? put(
        [
          [first, parts[0]],
          [second, parts[1]],
        ],
        true,
      )
    : undefined;
}

function members(coercion: Coercion, wanted: Wanted, tree: ObjectTree, trail: Trail | undefined): unknown {
  const value: Record<string, unknown> = {};
  if (isExact(tree.members, wanted)) {
    for (const member of tree.members) take(coercion, wanted, value, member.key, member, trail);
    for (const name of wanted.required) if (!Object.hasOwn(value, name)) coercion.missing++;
    return value;
  }
  const matched = matchKeys(tree.members, wanted);
  const sources = new Map<string, Member>();
  const unmatched: Member[] = [];
  for (const member of tree.members) {
    const match = matched.get(member);
    if (!match) {
      unmatched.push(member);
      continue;
    }
    const { name, likeness } = match;
    const at = { step: name, up: trail };
    const before = sources.get(name);
    if (before)
      coercion.report("duplicate-key", at, [before.keyStart, before.value.end], !sameTree(before.value, member.value));
    if (likeness !== "exact")
      coercion.report(likeness, at, [member.keyStart, member.keyEnd], likeness === "key-similar");
    sources.set(name, member);
  }
  const lifted = placeOthers(coercion, wanted, unmatched, sources, trail);
  for (const [name, member] of sources) take(coercion, wanted, value, name, member, trail);
  for (const member of lifted) {
    const at = { step: member.key, up: trail };
    if (wanted.open) coercion.member(value, member.key, wanted.member(member.key), member.value, trail);
    else leaveOut(coercion, at, member.value);
  }
  for (const name of wanted.required) if (!Object.hasOwn(value, name)) coercion.missing++;
  return value;
}

/** Whether all members have wanted names, each once. */
function isExact(members: readonly Member[], { keys }: Wanted): boolean {
  if (members.length > keys.length || keys.length > 40) return false;
  return members.every(
    ({ key }, index) => keys.includes(key) && !members.some((other, at) => at < index && other.key === key),
  );
}

/** Sets one wanted member. */
function take(
  coercion: Coercion,
  wanted: Wanted,
  value: Record<string, unknown>,
  name: string,
  member: Member,
  trail: Trail | undefined,
): void {
  coercion.known++;
  if (standsForNothing(wanted, name, member.value)) {
    coercion.report("null", { step: name, up: trail }, [member.value.start, member.value.end]);
    return;
  }
  coercion.member(value, name, wanted.member(name), member.value, trail);
}

function leaveOut(coercion: Coercion, at: Trail, value: Tree): void {
  coercion.report("extra", at, [value.start, value.end], true);
  coercion.extras.push({ path: coercion.repairs.at(-1)?.path ?? [], value: plain(value) });
}

/** A null for a member that may be absent and cannot be null. */
function standsForNothing(wanted: Wanted, name: string, value: Tree): boolean {
  if (value.type !== "literal" || value.value !== null || wanted.required.has(name)) return false;
  return !wanted.member(name).options.some(({ type }) => type === "null" || type === "any");
}

/**
 * Members that stand a level too deep are lifted, and those that stand a level too high are gathered. Gives those that
 * nobody waits for.
 */
function placeOthers(
  coercion: Coercion,
  wanted: Wanted,
  unmatched: readonly Member[],
  sources: Map<string, Member>,
  trail: Trail | undefined,
): Member[] {
  if (unmatched.length === 0 || wanted.keys.length === 0) return [...unmatched];
  let left = [...unmatched];
  const gathered = (name: string) => {
    for (const own of wanted.member(name).options) if (gatheredFor(name, own)) return;
  };
  const gatheredFor = (name: string, own: Wanted): boolean => {
    if (own.type !== "object" || own.keys.length === 0) return false;
    const found = left.flatMap((member) => {
      const folded = fold(member.key);
      const prefix = fold(name);
      const child =
        own.names.get(folded) ?? (folded.startsWith(prefix) ? own.names.get(folded.slice(prefix.length)) : undefined);
      return child === undefined ? [] : [{ member, child }];
    });
    const names = new Set(found.map(({ child }) => child));
    if (found.length === 0 || names.size < found.length || [...own.required].some((needed) => !names.has(needed)))
      return false;
    const [first, last] = [found[0]?.member, found.at(-1)?.member];
    if (!first || !last) return false;
    const value: ObjectTree = {
      type: "object",
      members: found.map(({ member, child }) => ({ ...member, key: child })),
      start: first.keyStart,
      end: last.value.end,
    };
    coercion.report("nested", { step: name, up: trail }, [value.start, value.end]);
    sources.set(name, { key: name, keyStart: first.keyStart, keyEnd: first.keyEnd, value });
    left = left.filter((member) => !found.some((entry) => entry.member === member));
    return true;
  };
  for (const name of wanted.keys) if (!sources.has(name)) gathered(name);
  for (const member of left) {
    const inner = member.value;
    if (inner.type !== "object" || inner.members.length === 0) continue;
    const names = inner.members.map(({ key }) => nameOf(wanted, key));
    if (names.some((name) => name === undefined || sources.has(name)) || new Set(names).size < names.length) continue;
    coercion.report("nested", trail, [member.keyStart, inner.end]);
    for (const [index, deeper] of inner.members.entries()) {
      const name = names[index];
      if (name !== undefined) sources.set(name, deeper);
    }
    left = left.filter((other) => other !== member);
  }
  return left;
}

function sameTree(a: Tree, b: Tree): boolean {
  const text = jsonText(plain(a));
  return text !== undefined && text === jsonText(plain(b));
}
