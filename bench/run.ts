import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { noteDown } from "./page.ts";
import { type Figure, figureTable } from "./run/figures.ts";
import { recorded, writerOf } from "./run/model.ts";
import { overhead } from "./run/overhead.ts";
import { parallel } from "./run/parallel.ts";
import { chainOf, treeOf } from "./run/product.ts";
import { resume } from "./run/resume.ts";
import { startUp } from "./run/start-up.ts";

/**
 * Measures what the built program itself takes: to start, to run a company whose model answers at once, to keep up with
 * one whose answers take a second, and to go on with a run that was killed. Fails where a target is missed.
 *
 * Without flags it takes less than a minute and leaves out what needs longer; `--all` measures everything, and `--write`
 * puts that into docs/performance.md. `--start-up` measures nothing else.
 */
const { values } = parseArgs({
  options: {
    "start-up": { type: "boolean", default: false },
    all: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const all = values.all || values.write;

const [load = 0] = loadavg();
if (load > cpus().length / 2) console.error("this machine is busy: what is compared by time may miss its target");

const figures: Figure[] = [];
const measure = (figure: Figure) => {
  figures.push(figure);
  console.error(`measured: ${figure.what}`);
};

for (const figure of startUp()) measure(figure);
if (!values["start-up"]) await measureRuns();

const [{ model = "" } = {}] = cpus();
const machine = `Node ${process.version}, ${cpus().length} cores of ${model.trim()}, ${process.platform}, load ${load.toFixed(1)} before.`;
const page = `${figureTable(figures)}\n\n${machine}`;
console.log(page);
if (values.write) await noteDown("bench", page);

const missed = figures.filter(({ target }) => target?.holds === false);
for (const { what, target } of missed) console.error(`missed: ${what}: ${target?.words}, measured ${target?.measured}`);
if (missed.length > 0) process.exitCode = 1;

async function measureRuns() {
  const times = all ? 3 : 1;
  const snake = await recorded(fileURLToPath(new URL("../recordings/snake-game", import.meta.url)));
  measure(await overhead({ what: "the recorded snake game", idea: "write a snake game", model: snake, times }));
  for (const size of all ? [20, 100] : [100]) {
    const product = treeOf(size);
    const what = `${size} files in a tree`;
    measure(await overhead({ what, idea: product.idea, model: writerOf(product), times, memory: 150 }));
  }
  if (all) {
    const product = chainOf(100);
    measure(await overhead({ what: "100 files in a chain", idea: product.idea, model: writerOf(product), times: 1 }));
  }
  for (const size of all ? [5, 20, 50] : [20]) measure(await parallel(size));
  measure(await resume());
}
