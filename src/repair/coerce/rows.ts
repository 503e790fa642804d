import { fold } from "../fold.ts";
import type { ListTree, Member, ObjectTree, TextTree, Tree } from "../syntax/tree.ts";
import { containerOf, nameOf, type Wanted } from "../wanted.ts";

/** The rows of a list that was written as an object, whose keys are the first value of each; undefined where it is none. */
export function rowsOf({ members }: ObjectTree, item: Wanted): Tree[] | undefined {
  if (members.length === 0) return undefined;
  if (item.type === "array") return isPair(item) ? members.flatMap((member) => pairsOf(member)) : undefined;
  const object = containerOf(item, "object");
  const [first, second] = object ? [...object.required].filter((name) => object.keys.includes(name)) : [];
  if (!object || first === undefined || members.some(({ key }) => nameOf(object, key) !== undefined)) return undefined;
  const name = object.member(first);
  if (name.type !== "string") return undefined;
  const wholes = members.flatMap((member) =>
    member.value.type === "object" ? [named(member, member.value, first)] : [],
  );
  if (wholes.length === members.length) return wholes.every((whole) => suits(whole, object)) ? wholes : undefined;
  const chosen =
    name.choices.length > 0 && members.every(({ key }) => name.choices.some((choice) => fold(choice) === fold(key)));
  if (!chosen || second === undefined || object.required.size !== 2) return undefined;
  return members.flatMap((member) => partsOf(member).map((part) => fields(member, part, [first, second])));
}

/** Whether a list holds two values, of which the first is a text. */
const isPair = ({ node, item }: { node: Wanted["node"]; item: Wanted["item"] }): boolean =>
  (node.prefixItems === undefined || node.prefixItems.length === 2) && item(0).type === "string";

const labelOf = ({ key, keyStart, keyEnd }: Member): TextTree => ({
  type: "text",
  text: key,
  start: keyStart,
  end: keyEnd,
});

const partsOf = ({ value }: Member): readonly Tree[] => (value.type === "list" ? value.items : [value]);

const pairsOf = (member: Member): ListTree[] =>
  partsOf(member).map((part) => ({
    type: "list",
    items: [labelOf(member), part],
    start: member.keyStart,
    end: part.end,
  }));

function fields(member: Member, part: Tree, [first, second]: readonly [string, string]): ObjectTree {
  const { keyStart, keyEnd } = member;
  const members = [
    { key: first, keyStart, keyEnd, value: labelOf(member) },
    { key: second, keyStart: part.start, keyEnd: part.start, value: part },
  ];
  return { type: "object", members, start: keyStart, end: part.end };
}

/** An object under the name that is its first field. */
function named(member: Member, value: ObjectTree, first: string): ObjectTree {
  const { keyStart, keyEnd } = member;
  return {
    ...value,
    members: [{ key: first, keyStart, keyEnd, value: labelOf(member) }, ...value.members],
    start: keyStart,
  };
}

/** Whether an object has at least half of what is required, under names that are known. */
function suits({ members }: ObjectTree, wanted: Wanted): boolean {
  const names = new Set(members.map(({ key }) => nameOf(wanted, key)));
  const there = [...wanted.required].filter((name) => names.has(name)).length;
  return there > 1 && there * 2 >= wanted.required.size;
}
