/** Money set aside for one call under way. */
export interface Reservation {
  readonly usd: number;
}

/** What a run may spend, has spent and has promised. Sums are exact to a billionth of a dollar. */
export interface Budget {
  readonly investment: number;
  readonly spent: number;
  /** What can be set aside now. */
  readonly free: number;
  /** Sets money aside, or refuses when the investment could be exceeded. What is free always passes. */
  reserve(usd: number): Reservation | undefined;
  /** Ends a reservation with what the call really cost, be it less or more. */
  settle(reservation: Reservation, usd: number): void;
  /** Whether this much would fit if all that is set aside came back. */
  couldFit(usd: number): boolean;
  /** Resolves when the next reservation is settled. */
  released(): Promise<void>;
}

/** Opens the account of one run, which may have spent some of it before it was interrupted. */
export function createBudget(investment: number, before = 0): Budget {
  const total = nanos(investment);
  const open = new Map<Reservation, number>();
  let spent = nanos(before);
  let reserved = 0;
  let waiting: (() => void)[] = [];

  return {
    investment,
    get spent() {
      return spent / 1e9;
    },
    get free() {
      return Math.max(0, total - spent - reserved) / 1e9;
    },
    reserve(usd) {
      const amount = nanos(usd);
      if (amount > 0 && spent + reserved + amount > total) return undefined;
      const reservation = { usd };
      open.set(reservation, amount);
      reserved += amount;
      return reservation;
    },
    settle(reservation, usd) {
      const amount = open.get(reservation);
      if (amount === undefined) throw new Error("a reservation was settled twice");
      open.delete(reservation);
      reserved -= amount;
      spent += nanos(usd);
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    couldFit: (usd) => spent + nanos(usd) <= total,
    released: () => new Promise((resolve) => waiting.push(resolve)),
  };
}

/** Whole billionths of a dollar: sums of floats would drift. An amount that is no number must not pass as free. */
function nanos(usd: number): number {
  if (!(usd >= 0)) throw new RangeError(`${usd} is not an amount of money`);
  return Math.round(usd * 1e9);
}
