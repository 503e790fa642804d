import { Random } from "../../bench/corpus/random.ts";
import { type Fault, faultNames, survived } from "./faults.ts";

/** Which fault the n-th request of a question meets, counted from 1. */
export type Faults = (opening: string, time: number) => Fault | undefined;

/** Nothing goes wrong. */
export const noFaults: Faults = () => undefined;

/**
 * Faults by seed. A question meets each kind at most once and no more than `most` in all, whatever the order in which
 * questions come, so that it is answered at last. With two seeds of three every call survives what it meets; with the
 * others calls fail for good, so that runs end unfinished.
 */
export function faultsBySeed(
  seed: number,
  { most = 3, kinds = faultNames }: { readonly most?: number; readonly kinds?: readonly Fault[] } = {},
): Faults {
  const harsh = new Random("harsh", seed).chance(1 / 3);
  return (opening, time) => {
    const random = new Random("faults", seed, opening);
    const met = random.shuffle(kinds);
    return (harsh ? met : survived(met)).slice(0, random.integer(0, most))[time - 1];
  };
}

/** When a session ends: after a time, when the journal has grown, the server was asked, or files were written. */
export interface Kill {
  readonly when: "time" | "records" | "requests" | "files";
  /** Milliseconds, records, requests or files of the product, from the start of the session. */
  readonly count: number;
  /** Milliseconds from then on. */
  readonly delay: number;
  /** What the program has started, such as git, dies with it. */
  readonly withChildren: boolean;
  /** The files that are only added to end in half a line, as a kill in the middle of a write leaves them. */
  readonly torn: boolean;
}

/** Kills by seed, one for each session to be ended. */
export function killsBySeed(seed: number, most = 5): Kill[] {
  const random = new Random("kills", seed);
  return Array.from({ length: random.integer(1, most) }, () => {
    const when = random.pick(["time", "records", "requests", "files"] as const);
    const few = random.integer(1, 6);
    const count = { time: random.integer(50, 2500), records: few, requests: few, files: few };
    const [withChildren, torn] = [random.chance(0.5), random.chance(0.25)];
    return { when, count: count[when], delay: random.pick([0, 0, 3, 10, 40]), withChildren, torn };
  });
}
