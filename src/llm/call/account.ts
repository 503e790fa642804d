import type { Budget, Reservation } from "../../budget.ts";
import type { Ending } from "../../either-signal.ts";

/** The money of one call: the most that a try can cost is set aside before it, and what tries have cost adds up. */
export interface Account {
  /** USD, over all tries. */
  spent(): number;
  /** Counts what a try has cost. */
  spend(usd: number): void;
  /** Books what broken tries have cost and sets aside what one more can cost. Throws when that is refused. */
  renew(): Promise<void>;
  /** Books the rest. */
  close(): void;
}

/** Money was not set aside: it does not fit into the investment any more, or the run is being stopped. */
export class Refused extends Error {
  readonly kind: "budget" | "stopped";
  readonly hint: string | undefined;

  constructor(kind: Refused["kind"], message: string, hint?: string) {
    super(message);
    this.name = "Refused";
    this.kind = kind;
    this.hint = hint;
  }
}

/** Opens the account of a call of which each try costs at most `most`. Throws when that is refused. */
export async function openAccount(budget: Budget, most: number, ended: Ending): Promise<Account> {
  let open: Reservation | undefined = await setAside(budget, most, ended, "the next call");
  let spent = 0;
  let booked = 0;
  const book = () => {
    if (open) budget.settle(open, spent - booked);
    open = undefined;
    booked = spent;
  };

  return {
    spent: () => spent,
    spend(usd) {
      spent += usd;
    },
    async renew() {
      if (spent === booked) return;
      // Booked first: calls that kept their money while they wait for more would wait for each other.
      book();
      open = await setAside(budget, most, ended, "another try");
    },
    close: book,
  };
}

/** Reserves the most a try can cost. What does not fit only because of calls under way waits for them. */
async function setAside(budget: Budget, usd: number, ended: Ending, what: string): Promise<Reservation> {
  for (;;) {
    if (ended.aborted) throw new Refused("stopped", "the run is being stopped");
    const reservation = budget.reserve(usd);
    if (reservation) return reservation;
    if (!budget.couldFit(usd)) throw overBudget(budget, usd, what);
    await Promise.race([budget.released(), endOf(ended.signal)]);
  }
}

const endOf = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));

function overBudget({ investment, spent }: Budget, usd: number, what: string): Refused {
  const left = `$${(investment - spent).toFixed(4)} of $${investment} is left`;
  const rest = spent > investment ? `$${spent.toFixed(4)} is spent, more than the investment of $${investment}` : left;
  const hint = "Allow more with --investment USD, or choose a cheaper model.";
  return new Refused("budget", `${what} may cost up to $${usd.toFixed(4)}, and ${rest}`, hint);
}
