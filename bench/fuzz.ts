import { parseArgs } from "node:util";
import { type Reading, repair } from "../src/repair/index.ts";
import { violation } from "../test/repair/checks.ts";
import { fuzzInput } from "../test/repair/fuzz-inputs.ts";
import { noteDown } from "./page.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    write: { type: "boolean", default: false },
  },
});

const count = Number(values.count);
const first = Number(values.seed);

const tally = { ok: 0, lossy: 0, "not ok": 0 };
let spent = 0;
let slowest = { seed: first, time: 0 };
let violated: { seed: number; wrong: string } | undefined;

for (let seed = first; seed < first + count && !violated; seed++) {
  const { text, schema } = fuzzInput(seed);
  const start = performance.now();
  let reading: Reading<unknown>;
  try {
    reading = repair(text, schema);
  } catch (error) {
    violated = { seed, wrong: `it throws ${error instanceof Error ? error.stack : error}` };
    break;
  }
  const time = performance.now() - start;
  spent += time;
  if (time > slowest.time) slowest = { seed, time };
  tally[reading.ok ? (reading.lossy ? "lossy" : "ok") : "not ok"]++;
  const wrong = violation(text, schema, reading);
  if (wrong) violated = { seed, wrong };
}

if (violated) {
  const { seed, wrong } = violated;
  console.error(`seed ${seed}: ${wrong}\n${JSON.stringify(fuzzInput(seed).text)}`);
  process.exitCode = 1;
} else {
  const perSecond = Math.round((count / spent) * 1000).toLocaleString("en");
  const parts = Object.entries(tally).map(([name, times]) => `${times.toLocaleString("en")} ${name}`);
  const line =
    `${count.toLocaleString("en")} inputs from seed ${first}: no throw, no invention; ${parts.join(", ")}; ` +
    `${perSecond} inputs per second, the slowest (seed ${slowest.seed}) in ${slowest.time.toFixed(1)} ms`;
  console.log(line);
  if (values.write) await noteDown("fuzz", line);
}
