import { nearest } from "../../text.ts";

/**
 * Of the models that a server offers, those that were probably meant, the likeliest first: a slip of the pen, the same
 * name with another maker or tag, one that holds the other, one that begins alike.
 */
export function nearNames(model: string, offered: readonly string[]): string[] {
  const own = bare(model);
  const slip = nearest(model, offered) ?? offered.find((name) => nearest(own, [bare(name)]) !== undefined);
  const alike = offered
    .map((name) => ({ name, likeness: likeness(own, bare(name)) }))
    .filter(({ likeness }) => likeness >= 4)
    .sort((a, b) => b.likeness - a.likeness)
    .map(({ name }) => name);
  return [...new Set([...(slip === undefined ? [] : [slip]), ...alike])].slice(0, 3);
}

/** The name without its maker and its tag. */
const bare = (name: string) => name.toLowerCase().replace(/^.*\//, "").replace(/:.*$/, "");

/** How many characters two names share: the shorter one within the longer one, or a common beginning. */
function likeness(a: string, b: string): number {
  if (a.includes(b) || b.includes(a)) return 100 + Math.min(a.length, b.length);
  const differs = [...a].findIndex((character, index) => character !== b[index]);
  return differs < 0 ? a.length : differs;
}
