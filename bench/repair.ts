import { parseArgs } from "node:util";
import { corpus, heldOut, validCorpus } from "./corpus/index.ts";
import { noteDown } from "./page.ts";
import { judgeAll } from "./repair/accuracy.ts";
import { beaten, byKind, failures } from "./repair/failures.ts";
import { others, ours, type Reader } from "./repair/readers.ts";
import * as report from "./repair/report.ts";
import { growths, paces, readerNames } from "./repair/timing.ts";

/**
 * Measures how well and how fast readers make sense of broken answers, and fails when this project's misses a gate.
 *
 * `--ours` leaves out the other readers and all timing. `--failures [kind]`, `--by-kind` and `--texts KINDS` show where
 * the reader errs, but say nothing of the held-out kinds unless `--all` is given: who improves the reader by them can no
 * longer judge it by them. `--write` puts the tables into docs/performance.md.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string", default: "1" },
    ours: { type: "boolean", default: false },
    failures: { type: "boolean", default: false },
    "by-kind": { type: "boolean", default: false },
    all: { type: "boolean", default: false },
    texts: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

const seed = Number(values.seed);
const cases = corpus({ seed });
const valid = validCorpus({ seed });
const { held } = heldOut(seed);
const score = (reader: Reader): report.Scored => ({
  name: reader.name,
  broken: judgeAll(reader, cases),
  valid: judgeAll(reader, valid),
});

const own = score(ours);
const shown = own.broken.filter(({ case: { kinds } }) => values.all || !kinds.some((kind) => held.has(kind)));
if (values.failures) console.log(failures([...shown, ...own.valid], positionals[0]));
if (values["by-kind"]) console.log(byKind(shown));
for (const one of cases)
  if (one.kinds.join(" + ") === values.texts) console.log(`=== ${one.document.name}\n${one.text}`);

if (values.ours) {
  console.log([report.accuracyTable([own], held), report.familyTable([own])].join("\n\n"));
  settle(report.accuracyGates(own));
} else if (!values.failures && !values["by-kind"] && !values.texts) {
  await measureAll();
}

/** Everything: all readers, speed and growth. */
async function measureAll() {
  const scored = [own, ...others.map(score)];
  const pace = paces(readerNames);
  const growth = growths((probe) => console.error(`growth: ${probe}`));
  const gates = [...report.accuracyGates(own), ...report.paceGates(pace, ours.name), ...report.growthGates(growth)];
  const better = beaten(own.broken, new Map(scored.slice(1).map(({ name, broken }) => [name, broken])));
  const tables = [
    report.gateTable(gates),
    report.accuracyTable(scored, held),
    report.familyTable(scored),
    report.paceTable(pace),
    report.growthTable(growth, 12),
  ].join("\n\n");
  const notes = `Seed ${seed}, Node ${process.version}. Another reader is right where this one is not: ${better.length}.`;
  console.log(`${tables}\n\n${notes}`);
  for (const line of better) console.log(`- a bug of ours: ${line}`);
  if (values.write) await noteDown("repair", `${tables}\n\n${notes}`);
  settle(gates);
}

function settle(gates: readonly report.Gate[]) {
  const missed = gates.filter(({ holds }) => !holds);
  for (const { name, measured } of missed) console.error(`missed: ${name} (${measured})`);
  if (missed.length > 0) process.exitCode = 1;
}
