import { fold } from "../fold.ts";
import type { Member } from "../syntax/tree.ts";
import type { Wanted } from "../wanted.ts";

/** How sure it is that a written key is the wanted one. */
type Likeness = "exact" | "key-case" | "key-alias" | "key-similar";

export interface Match {
  readonly name: string;
  readonly likeness: Likeness;
}

/**
 * Which written key is which wanted one, each wanted one once (a key that comes twice, twice): exactly, else by its folded
 * name or a declared alias, else by likeness, which is a guess.
 */
export function matchKeys(members: readonly Member[], wanted: Wanted): Map<Member, Match> {
  const matched = new Map<Member, Match>();
  const exact = new Set<string>();
  for (const member of members) {
    if (wanted.keys.length === 0) return matched;
    if (wanted.keys.includes(member.key)) {
      matched.set(member, { name: member.key, likeness: "exact" });
      exact.add(member.key);
    }
  }
  if (matched.size === members.length) return matched;
  const taken = new Set(exact);
  for (const member of members) {
    const name = matched.has(member) ? undefined : wanted.names.get(fold(member.key));
    if (name === undefined || exact.has(name)) continue;
    matched.set(member, { name, likeness: fold(name) === fold(member.key) ? "key-case" : "key-alias" });
    taken.add(name);
  }
  const free = wanted.keys.filter((name) => !taken.has(name));
  if (free.length === 0 || matched.size === members.length) return matched;
  const left = members.filter((member) => !matched.has(member));
  for (const { member, name } of likely(left, free, wanted)) matched.set(member, { name, likeness: "key-similar" });
  return matched;
}

/** Pairs of a written key and a free name that are close to each other and to no other. */
function* likely(members: readonly Member[], free: readonly string[], wanted: Wanted) {
  if (members.length > 50) return;
  for (const close of [isTypo, isPartOf]) {
    for (const member of members) {
      const written = fold(member.key);
      const near = free.filter((name) => namesOf(name, wanted).some((folded) => close(written, folded)));
      const [name] = near;
      if (name === undefined || near.length > 1) continue;
      const rivals = members.filter((other) => namesOf(name, wanted).some((folded) => close(fold(other.key), folded)));
      if (rivals.length === 1) yield { member, name };
    }
  }
}

const namesOf = (name: string, { names }: Wanted): string[] =>
  [...names].flatMap(([folded, other]) => (other === name ? [folded] : []));

const isTypo = (written: string, name: string): boolean => name.length >= 6 && withinEdits(written, name, 2);

/** Whether one is the end or the beginning of the other: `Requirements` for `Refined Requirements`. */
function isPartOf(written: string, name: string): boolean {
  const [short, long] = written.length < name.length ? [written, name] : [name, written];
  const chinese = /\p{Script=Han}/u.test(short);
  return (
    short.length >= (chinese ? 2 : 5) &&
    long.length <= short.length * 4 &&
    (long.endsWith(short) || long.startsWith(short))
  );
}

/** Whether so few letters have to be changed, added or left out to come from one word to the other. */
function withinEdits(a: string, b: string, most: number): boolean {
  if (Math.abs(a.length - b.length) > most || a.length > 80) return false;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return (row[b.length] ?? most + 1) <= most;
}
