import { createHash, timingSafeEqual } from "node:crypto";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { type Budget, createBudget } from "../budget.ts";
import { namedModel } from "./models.ts";
import { Refusal } from "./refusal.ts";
import type { Access } from "./route.ts";

/** A caller as the configuration lets it in. */
export interface CallerKey {
  readonly name: string;
  /** `sha256:` and the hash of the key as 64 hexadecimal digits. */
  readonly keyHash: string;
  /** What it may name; a `*` at the end stands for any rest. Absent: everything. */
  readonly models?: readonly string[] | undefined;
  /** USD. */
  readonly budget?: number | undefined;
  /** Requests a minute. */
  readonly rpm?: number | undefined;
}

/** Who asks. */
export interface Caller {
  readonly name: string;
  readonly budget: Budget;
  /** May change what the server serves, because it may name everything. */
  readonly operator: boolean;
  may(model: string): boolean;
  /** Counts a request; throws a Refusal where there were too many in a minute. */
  count(): Promise<void>;
}

export interface Callers {
  readonly all: readonly Caller[];
  /** USD by name; under the empty one what all have spent together. */
  spent(): Readonly<Record<string, number>>;
  /** Resolves when the next call of any of them is charged. */
  charged(): Promise<void>;
  /** Who has this key, if that is enough for what is asked. Throws a Refusal, also where somebody tries many. */
  admit(access: Access, key: string | undefined, address: string): Promise<Caller>;
}

/** Wrong keys that one address may try in a minute; from then on they are told to wait. */
const guesses = 20;

/**
 * Opens the door for those who have a key; for everybody where there are no keys. `spent` is what callers have spent
 * before, in USD.
 */
export function openCallers(
  keys: readonly CallerKey[],
  { investment, spent = {} }: { readonly investment: number; readonly spent?: Readonly<Record<string, number>> },
): Callers {
  const server = createBudget(investment, spent[""] ?? 0);
  const wrong = new RateLimiterMemory({ points: guesses, duration: 60 });
  if (keys.length === 0) {
    const anybody: Caller = { name: "", budget: server, operator: true, may: () => true, count: async () => {} };
    const spending = () => ({ "": server.spent });
    return { all: [anybody], spent: spending, charged: server.released, admit: async () => anybody };
  }
  const callers = keys.map((key) => ({ hash: digestOf(key), caller: callerOf(key, server, spent[key.name] ?? 0) }));
  const all = callers.map(({ caller }) => caller);
  const nobody: Caller = { name: "", budget: server, operator: false, may: () => false, count: async () => {} };
  const byKey = async (key: string | undefined, address: string): Promise<Caller> => {
    const hash = sha256(key ?? "");
    // every hash is compared, so that the time tells nothing
    const found = callers.filter((each) => timingSafeEqual(each.hash, hash));
    const caller = found[0]?.caller;
    // others may ask from the same address, such as that of a proxy: a right key is let in whatever else came from there
    if (caller && key) return caller;
    if (key) await wrong.consume(address).catch(refuseFor("too many wrong keys"));
    const message = key ? "this key is not known here" : "a key is needed: send it as Authorization: Bearer KEY";
    throw new Refusal("unauthorized", message, { code: "invalid_api_key" });
  };
  return {
    all,
    spent: () =>
      Object.fromEntries([["", server.spent], ...all.map(({ name, budget }) => [name, budget.spent] as const)]),
    charged: server.released,
    async admit(access, key, address) {
      if (access === "everybody") return nobody;
      const caller = await byKey(key, address);
      if (access === "operators" && !caller.operator) {
        throw new Refusal("forbidden", `${caller.name} may not do this: its key is for some models only`);
      }
      await caller.count();
      return caller;
    },
  };
}

function callerOf({ name, models, budget, rpm }: CallerKey, server: Budget, spent: number): Caller {
  const limit = rpm === undefined ? undefined : new RateLimiterMemory({ points: rpm, duration: 60 });
  const own = createBudget(budget ?? Number.POSITIVE_INFINITY, spent);
  return {
    name,
    budget: both(own, server),
    operator: models === undefined,
    may: (model) => models === undefined || models.some((pattern) => covers(pattern, model)),
    async count() {
      await limit?.consume(name).catch(refuseFor(`${name} may ask ${rpm} times a minute`));
    },
  };
}

function covers(pattern: string, model: string): boolean {
  const { plain } = namedModel(model);
  if (!pattern.endsWith("*")) return pattern === plain;
  return plain.startsWith(pattern.slice(0, -1));
}

/** Refuses what a limiter does not let pass. */
const refuseFor =
  (message: string) =>
  (reason: unknown): never => {
    if (!(reason instanceof RateLimiterRes)) throw reason;
    const retryAfter = Math.ceil(reason.msBeforeNext / 1000);
    throw new Refusal("rate", message, { code: "rate_limit_exceeded", retryAfter });
  };

const sha256 = (key: string) => createHash("sha256").update(key).digest();

/** The hash of a key as the configuration has it. */
export const hashOfKey = (key: string): string => `sha256:${sha256(key).toString("hex")}`;

const digestOf = ({ keyHash }: CallerKey) => Buffer.from(keyHash.replace(/^sha256:/, ""), "hex");

/** What one of two budgets refuses is refused. */
function both(own: Budget, server: Budget): Budget {
  const pairs = new WeakMap<object, { readonly own: object; readonly server: object }>();
  return {
    investment: own.investment,
    get spent() {
      return own.spent;
    },
    get free() {
      return Math.min(own.free, server.free);
    },
    reserve(usd) {
      const first = own.reserve(usd);
      if (!first) return undefined;
      const second = server.reserve(usd);
      if (!second) {
        own.settle(first, 0);
        return undefined;
      }
      const reservation = { usd };
      pairs.set(reservation, { own: first, server: second });
      return reservation;
    },
    settle(reservation, usd) {
      const pair = pairs.get(reservation);
      if (!pair) throw new Error("a reservation was settled that is not of this budget");
      own.settle(pair.own as typeof reservation, usd);
      server.settle(pair.server as typeof reservation, usd);
    },
    couldFit: (usd) => own.couldFit(usd) && server.couldFit(usd),
    released: () => Promise.race([own.released(), server.released()]),
  };
}
