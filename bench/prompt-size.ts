import { parseArgs } from "node:util";
import { noteDown } from "./page.ts";
import { productOf } from "./prompt-size/product.ts";
import {
  agreeingTable,
  type Changed,
  changeTable,
  longestTable,
  missed,
  totalTable,
  type Written,
} from "./prompt-size/report.ts";
import { promptsOf, promptsOfChange } from "./prompt-size/run-company.ts";

/**
 * Measures what is sent to models for products of 3 to 40 files of 50 lines, and for a change of a repository, with a
 * company on scripted answers. Fails when the total grows faster than the files, or a prompt is sent a repository.
 * `--write` puts the tables into docs/performance.md.
 */
const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });

const written: Written[] = [];
for (const size of [3, 5, 10, 20, 40]) {
  const agreeing = await promptsOf(productOf(size, { agreesOnEachFile: true }));
  written.push({ size, prompts: await promptsOf(productOf(size)), agreeing });
}

const changed = { documented: [] as Changed[], foreign: [] as Changed[] };
for (const size of [40, 160]) {
  const product = productOf(size);
  for (const [kind, list] of Object.entries(changed)) {
    const prompts = await promptsOfChange(product, { documented: kind === "documented" });
    list.push({ repository: product.code, prompts });
  }
}

const tables = [
  totalTable(written),
  longestTable(written),
  agreeingTable(written),
  changeTable("A change of somebody's repository", changed.foreign),
  changeTable("A change of a product with its documents", changed.documented),
].join("\n\n");
console.log(tables);
if (values.write) await noteDown("prompts", tables);

const failures = missed(written, [...changed.foreign, ...changed.documented]);
for (const failure of failures) console.error(`missed: ${failure}`);
if (failures.length > 0) process.exitCode = 1;
