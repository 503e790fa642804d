/** Chance that a seed repeats: the same words give the same numbers on every machine. */
export class Random {
  #state: number;

  constructor(...seed: readonly (string | number)[]) {
    let hash = 2166136261;
    for (const character of seed.join("\u0000")) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
    this.#state = hash >>> 0;
  }

  /** From 0 up to, but without, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** From low to high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of the list, which must not be empty. */
  pick<Item>(list: readonly Item[]): Item {
    const item = list[Math.floor(this.next() * list.length)];
    if (list.length === 0) throw new Error("nothing to pick from");
    return item as Item;
  }

  /** One of the list, or nothing when the list is empty. */
  maybe<Item>(list: readonly Item[]): Item | undefined {
    return list.length === 0 ? undefined : this.pick(list);
  }

  /** One, a few, or all of the list, in its order: a weak model errs once or all the time. */
  some<Item>(list: readonly Item[]): Item[] {
    if (list.length === 0) return [];
    const share = this.pick([0, 0, 0.4, 1]);
    const chosen = this.pick(list);
    return list.filter((item) => item === chosen || this.chance(share));
  }

  shuffle<Item>(list: readonly Item[]): Item[] {
    const order = [...list];
    for (let last = order.length - 1; last > 0; last--) {
      const other = this.integer(0, last);
      [order[last], order[other]] = [order[other] as Item, order[last] as Item];
    }
    return order;
  }
}
