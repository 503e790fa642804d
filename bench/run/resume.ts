import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openCompany } from "./company.ts";
import { atMost, type Figure } from "./figures.ts";
import { writerOf } from "./model.ts";
import { documentCalls, sentBack, treeOf } from "./product.ts";

/** A product of so many files takes 1,001 calls. */
const size = 437;

/**
 * How long it takes to go on with a run that was killed when its last question was asked: from the start of the program
 * until it asks that question again, with a thousand answers from its journal.
 */
export async function resume(): Promise<Figure> {
  const product = treeOf(size);
  const calls = documentCalls + 2 * size + 2 * sentBack(product).size;
  const kill = new AbortController();
  const heard = async (number: number) => {
    if (number !== calls || kill.signal.aborted) return;
    kill.abort();
    await new Promise(() => {});
  };
  const company = await openCompany(writerOf(product), { heard });
  try {
    await company.run([product.idea], kill.signal);
    const [run = ""] = readdirSync(join(company.cwd, "workspace", ".runs"));
    company.forget();
    const began = performance.now();
    const { seconds, own, git, peak } = await company.run(["resume", run]);
    const [call, ...more] = company.calls;
    if (!call || more.length > 0) throw new Error(`the resumed run asked ${company.calls.length} questions, not 1`);
    const ready = (call.asked - began) / 1000;
    return {
      ...{ what: "a run of 1,001 calls, resumed in the last", calls: company.calls.length, seconds, own, git, peak },
      compared: `${ready.toFixed(2)} s until it asks on`,
      target: atMost(2, "s", ready),
    };
  } finally {
    await company.close();
  }
}
