import { parseArgs } from "node:util";
import { type Disturbed, disturbed } from "../test/faults/runner.ts";
import { noteDown, table } from "./page.ts";

/**
 * Runs the built program against a model with faults, by seed, kills it and resumes it, and compares what comes out with
 * a run in peace. Fails when a repository differs or an answer is paid for twice. `--write` puts the table into
 * docs/performance.md.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "500" },
    from: { type: "string", default: "1" },
    parallel: { type: "string", default: "3" },
    write: { type: "boolean", default: false },
  },
});

// what was started ends with this process
process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));

const [from, count] = [Number(values.from), Number(values.seeds)];
const waiting = Array.from({ length: count }, (_, number) => from + number);
const runs: Disturbed[] = [];
const began = performance.now();

await Promise.all(
  Array.from({ length: Number(values.parallel) }, async () => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const run = await disturbed(seed);
      runs.push(run);
      if (run.problems.length > 0) tellOf(run);
      if (runs.length % 10 === 0 || waiting.length === 0) console.error(`${runs.length} of ${count} seeds`);
    }
  }),
);

const report = `${totals(runs)}\n\n${byKind(runs)}`;
console.log(report);
const failed = runs.filter(({ problems }) => problems.length > 0);
if (failed.length > 0) {
  console.error(`failed: ${failed.map(({ seed }) => seed).join(", ")}`);
  process.exitCode = 1;
} else if (values.write) await noteDown("faults", report);

/** What went wrong with a seed, and how to see it again. */
function tellOf({ seed, idea, problems, folder }: Disturbed): void {
  console.error(`seed ${seed} (${idea}), kept in ${folder}:`);
  for (const problem of problems.slice(0, 5)) console.error(`  ${problem.slice(0, 2000).replaceAll("\n", "\n  ")}`);
  console.error(`  once more: npm run build && npx jiti bench/faults.ts --seeds 1 --from ${seed}`);
}

function totals(all: readonly Disturbed[]): string {
  const figures: [string, (run: Disturbed) => number][] = [
    ["runs", () => 1],
    ["processes", ({ sessions }) => sessions],
    ["killed with SIGKILL", ({ kills }) => kills.length],
    ["ended before all was done, because a call had failed for good", ({ unfinished }) => unfinished],
    ["requests", ({ requests }) => requests],
    ["met by a fault", ({ faults }) => Object.values(faults).reduce((sum, times) => sum + times, 0)],
    ["answers and failures in the journals", ({ recorded }) => recorded],
    ["answers lost in the moment of a kill", ({ lost }) => lost],
    ["recorded answers asked for again", ({ askedAgain }) => askedAgain],
    ["repositories equal to the undisturbed one, all promises kept", ({ problems }) => (problems.length === 0 ? 1 : 0)],
  ];
  const minutes = Math.ceil((performance.now() - began) / 60_000);
  return table(
    [`Seeds ${from} to ${from + count - 1}, ${minutes} minutes`, "number"],
    figures.map(([name, of]) => [name, all.reduce((sum, run) => sum + of(run), 0).toLocaleString("en")]),
  );
}

function byKind(all: readonly Disturbed[]): string {
  const kinds = new Map<string, number>();
  for (const { faults } of all)
    for (const [kind, times] of Object.entries(faults)) kinds.set(kind, (kinds.get(kind) ?? 0) + times);
  const rows = [...kinds].sort(([, a], [, b]) => b - a).map(([kind, times]) => [kind, times.toLocaleString("en")]);
  return table(["Fault", "times"], rows);
}
