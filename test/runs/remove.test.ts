import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { BusyError, lockRun } from "../../src/runs/lock.ts";
import { removeRun, sweepRuns } from "../../src/runs/remove.ts";
import { filesIn, tempFolder } from "../helpers/temp.ts";

/** A workspace with a run and a project that the run has a link to. */
function workspaceWithRun() {
  const workspace = tempFolder();
  const folder = join(workspace, ".runs", "one");
  mkdirSync(join(folder, "partial"), { recursive: true });
  writeFileSync(join(folder, "run.json"), "{}");
  writeFileSync(join(folder, "partial", "a.txt"), "half");
  mkdirSync(join(workspace, "game"));
  writeFileSync(join(workspace, "game", "main.js"), "start();\n");
  symlinkSync(join(workspace, "game"), join(folder, "game"));
  return { workspace, folder };
}

it("removes a run with all it holds, and nothing that it only points to", async () => {
  const { workspace, folder } = workspaceWithRun();
  await removeRun(folder);
  expect(readdirSync(join(workspace, ".runs"))).toEqual([]);
  expect(filesIn(workspace)).toEqual({ "game/main.js": "start();\n" });
});

it("removes nothing of a run that somebody works on", async () => {
  const { workspace, folder } = workspaceWithRun();
  const lock = await lockRun(folder);
  const before = filesIn(workspace);
  await expect(removeRun(folder)).rejects.toThrow(BusyError);
  expect(filesIn(workspace)).toEqual(before);
  await lock.release();
});

it("takes away what an interrupted removal has left, and no run", async () => {
  const { workspace, folder } = workspaceWithRun();
  mkdirSync(join(workspace, ".runs", ".gone-two", "partial"), { recursive: true });
  await sweepRuns(workspace);
  expect(readdirSync(join(workspace, ".runs"))).toEqual(["one"]);
  await removeRun(folder);
  await sweepRuns(join(workspace, "none"));
});
