import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { readServed } from "../../../bin/serve/runs/served.ts";
import { openTask } from "../../../bin/serve/runs/task.ts";
import { hashOfKey, openCallers } from "../../../src/gateway/callers.ts";
import { tempFolder } from "../../helpers/temp.ts";

/** Has a program work on a run of which it knows nothing; gives its task, its process and what is said of it. */
async function begun(told: string) {
  const home = tempFolder();
  const program = join(home, "program.cjs");
  const begins = `require("node:fs").writeFileSync(${JSON.stringify(join(home, "pid"))}, String(process.pid));`;
  writeFileSync(program, `process.on("SIGTERM", () => { ${told} });\nsetInterval(() => {}, 1000);\n${begins}\n`);
  const [, before = ""] = process.argv;
  process.argv[1] = program;
  onTestFinished(() => {
    process.argv[1] = before;
  });
  const id = "20260131-235959-1a2b";
  const folder = join(home, "workspace", ".runs", id);
  mkdirSync(folder, { recursive: true });
  const [caller] = openCallers([{ name: "ann", keyHash: hashOfKey("key"), budget: 2 }], { investment: 9 }).all;
  const reservation = caller?.budget.reserve(1);
  if (!caller || !reservation) throw new Error("no money");
  const lines: object[] = [];
  const log = { info: (facts: object) => void lines.push(facts), error: (facts: object) => void lines.push(facts) };
  const closing = new AbortController().signal;
  const served = { caller: "ann", state: "open", settled: 0 } as const;
  const task = openTask({ ...{ id, folder, caller, reservation, log, closing } }, served);
  const worked = task.work();
  while (!existsSync(join(home, "pid")) || readFileSync(join(home, "pid"), "utf8") === "") await sleep(5);
  const pid = Number(readFileSync(join(home, "pid"), "utf8"));
  return { task, worked, pid, lines, caller, folder };
}

it.each([
  ["ends when it is told to", 'process.stderr.write("bye"); process.exit(143)', 143, "bye"],
  ["does not", 'process.stderr.write("no")', null, "no"],
])("ends the process of a run that is cancelled, which %s", async (_name, told, code, said) => {
  const { task, worked, pid, lines, caller, folder } = await begun(told);
  expect(caller.budget.free).toBe(1);
  await task.cancel(AbortSignal.timeout(300));
  await worked;
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  expect(lines).toEqual([{ run: "20260131-235959-1a2b", caller: "ann", code, said }]);
  expect(caller.budget.free).toBe(2);
  expect(await readServed(folder)).toMatchObject({ state: "cancelled", settled: 0 });
});
