import type { Place } from "./find.ts";

/**
 * Chooses a place for every block: the only one it has, or the only one that stands in the order of all the blocks.
 * Undefined where that leaves none or several.
 */
export function decided(all: readonly (readonly Place[])[]): (Place | undefined)[] {
  const earliest = inTurn(all);
  const mirrored = all.map((places) => [...places].reverse()).reverse();
  const latest = inTurn(mirrored, (place) => -place.start).reverse();
  return all.map((places, index) => {
    if (places.length === 1) return places[0];
    const place = earliest[index];
    return place === latest[index] ? place : undefined;
  });
}

/** The first place of each block that comes after the one of the block before; none at all where one finds no place. */
function inTurn(
  all: readonly (readonly Place[])[],
  at: (place: Place) => number = ({ start }) => start,
): (Place | undefined)[] {
  let last = Number.NEGATIVE_INFINITY;
  const chosen: (Place | undefined)[] = [];
  for (const places of all) {
    const place = places.find((one) => at(one) > last);
    if (place === undefined && places.length > 0) return all.map(() => undefined);
    if (place) last = at(place);
    chosen.push(place);
  }
  return chosen;
}
