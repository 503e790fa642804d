import { table } from "../page.ts";
import { isUntouched, type Judged, pairsOf, share, singlesOf, type Verdict } from "./accuracy.ts";
import { parseAlone, parseAndCheck } from "./plain.ts";
import { speedProbes } from "./probes.ts";
import { type Growth, limits, type Pace } from "./timing.ts";

const percent = (part: number) => `${(part * 100).toFixed(1)} %`;

/** One reader's judged cases: the broken and the valid ones. */
export interface Scored {
  readonly name: string;
  readonly broken: readonly Judged[];
  readonly valid: readonly Judged[];
}

/** How often each reader is exactly right, and what happens when it is not. */
export function accuracyTable(scored: readonly Scored[], held: ReadonlySet<string>): string {
  const heldOnly = ({ case: { kinds } }: Judged) => kinds.every((kind) => held.has(kind));
  const [first] = scored;
  const count = (list: readonly Judged[] = []) => list.length.toLocaleString("en");
  const head = [
    "Exactly right",
    `all ${count(first?.broken)}`,
    `single faults (${count(singlesOf(first?.broken ?? []))})`,
    `pairs (${count(pairsOf(first?.broken ?? []))})`,
    `held-out kinds (${count(first?.broken.filter(heldOnly))})`,
    `valid (${count(first?.valid)})`,
    "silently wrong",
    "wrong, but says so",
    "no answer",
  ];
  const rows = scored.map(({ name, broken, valid }) => [
    name,
    ...[broken, singlesOf(broken), pairsOf(broken), broken.filter(heldOnly)].map((list) =>
      percent(share(list, "right")),
    ),
    percent(valid.filter(isUntouched).length / valid.length),
    ...(["silent", "flagged", "none"] as const).map((verdict: Verdict) => percent(share(broken, verdict))),
  ]);
  return table(head, rows);
}

/** The share that is right by family of faults. */
export function familyTable(scored: readonly Scored[]): string {
  const families = [...new Set(scored[0]?.broken.flatMap(({ case: one }) => one.families))];
  const rows = scored.map(({ name, broken }) => [
    name,
    ...families.map((family) =>
      percent(
        share(
          broken.filter(({ case: one }) => one.families.includes(family)),
          "right",
        ),
      ),
    ),
  ]);
  return table(["Exactly right by family", ...families], rows);
}

/** MB/s for each reader and document. */
export function paceTable(all: readonly Pace[]): string {
  const names = [...new Set(all.map(({ reader, withSchema }) => rowName({ reader, withSchema })))];
  const rows = names.map((name) => [
    name,
    ...speedProbes.map(({ name: probe }) => {
      const found = all.find((one) => one.probe === probe && name === rowName(one));
      return found ? paceText(found) : "";
    }),
  ]);
  return table(["MB/s on 1 MB", ...speedProbes.map(({ name }) => name)], rows);
}

const rowName = ({ reader, withSchema }: Pick<Pace, "reader" | "withSchema">) =>
  withSchema && reader !== parseAndCheck ? `${reader}, with a schema` : reader;

function paceText({ megabytesPerSecond, refused, size }: Pace): string {
  if (refused) return "throws";
  if (megabytesPerSecond === undefined) return "over 25 s for 64 kB";
  const speed = megabytesPerSecond < 10 ? megabytesPerSecond.toFixed(1) : megabytesPerSecond.toFixed(0);
  return size < 1024 * 1024 ? `${speed} (at ${size / 1024} kB; 1 MB takes over 25 s)` : speed;
}

/** Times at each size, the worst growth first. */
export function growthTable(all: readonly Growth[], most: number): string {
  const rows = all
    .toSorted((one, other) => other.ratio - one.ratio || (other.times.at(-1) ?? 0) - (one.times.at(-1) ?? 0))
    .slice(0, most)
    .map(({ probe, withSchema, times, ratio }) => [
      `${probe.replaceAll("|", "\\|").replace(/[`"[\]{}<>\\/*“']+.*/, (code) => `\`\` ${code} \`\``)}${withSchema ? ", with a schema" : ""}`,
      ...Array.from({ length: 5 }, (_, index) =>
        times[index] === undefined ? "stopped" : `${times[index].toFixed(1)} ms`,
      ),
      ratio === Number.POSITIVE_INFINITY ? "too long" : ratio === 0 ? "too fast to tell" : ratio.toFixed(2),
    ]);
  return table(["Time of this project's reader", "64 kB", "128 kB", "256 kB", "512 kB", "1 MB", "worst growth"], rows);
}

/** The figures that must hold, with what was measured: a false one is a miss. */
export interface Gate {
  readonly name: string;
  readonly measured: string;
  readonly holds: boolean;
}

const atLeast = (name: string, part: number, limit: number): Gate => ({
  name: `${name} at least ${limit} %`,
  measured: percent(part),
  holds: part * 100 >= limit,
});

/** The gates of accuracy. */
export const accuracyGates = ({ broken, valid }: Scored): Gate[] => [
  atLeast("all", share(broken, "right"), 97),
  atLeast("single faults", share(singlesOf(broken), "right"), 99),
  atLeast("pairs", share(pairsOf(broken), "right"), 96),
  atLeast("valid documents untouched", valid.filter(isUntouched).length / valid.length, 100),
  {
    name: "silently wrong at most 1 %",
    measured: percent(share(broken, "silent")),
    holds: share(broken, "silent") <= 0.01,
  },
];

/** The gates of speed: against JSON.parse on valid documents, in MB/s on broken ones. */
export function paceGates(all: readonly Pace[], name: string): Gate[] {
  const speedOf = (reader: string, probe: string, withSchema: boolean) =>
    all.find((one) => one.reader === reader && one.probe === probe && one.withSchema === withSchema)
      ?.megabytesPerSecond ?? 0;
  return speedProbes.map(({ name: probe, valid }) => {
    if (valid) {
      const times = Math.max(
        speedOf(parseAlone, probe, false) / speedOf(name, probe, false),
        speedOf(parseAndCheck, probe, true) / speedOf(name, probe, true),
      );
      return {
        name: `${probe}: at most 3 times JSON.parse, and the schema if any`,
        measured: times.toFixed(2),
        holds: times <= 3,
      };
    }
    const slowest = Math.min(speedOf(name, probe, false), speedOf(name, probe, true));
    return { name: `${probe}: at least 3 MB/s`, measured: slowest.toFixed(1), holds: slowest >= 3 };
  });
}

/** The gates of growth, over all probes. */
export function growthGates(all: readonly Growth[]): Gate[] {
  const worst = Math.max(...all.map(({ ratio }) => ratio));
  const longest = Math.max(
    ...all.map(({ times }) => (times.length < 5 ? Number.POSITIVE_INFINITY : (times.at(-1) ?? 0))),
  );
  return [
    { name: `growth per doubling at most ${limits.growth}`, measured: worst.toFixed(2), holds: worst <= limits.growth },
    {
      name: "1 MB of any probe in less than 2 s",
      measured: `${longest.toFixed(0)} ms`,
      holds: longest < limits.longest,
    },
  ];
}

/** The gates as a table. */
export const gateTable = (gates: readonly Gate[]): string =>
  table(
    ["Gate", "measured", ""],
    gates.map(({ name, measured, holds }) => [name, measured, holds ? "holds" : "**missed**"]),
  );
