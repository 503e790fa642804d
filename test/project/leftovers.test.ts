import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { setLeftoversAside, watchLeftovers } from "../../src/project/leftovers.ts";
import { filesIn, tempFolder } from "../helpers/temp.ts";

/** A folder with files, in which something is tried out. */
function folderWith(files: Readonly<Record<string, string>>): { folder: string; write(path: string): void } {
  const folder = tempFolder();
  const write = (path: string, text = "left\n") => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return { folder, write };
}

it("removes what came since and is not ignored, and nothing else", async () => {
  const { folder, write } = folderWith({
    ".gitignore": "*.log\nbuild/\n",
    "main.py": "x",
    "notes.txt": "mine",
    "data/old.txt": "mine",
  });
  execFileSync("git", ["init", "-q", folder]);
  const cleanUp = await watchLeftovers(folder, tempFolder());
  for (const path of ["data/new.txt", "留言/条目.json", "a.log", "build/out.js", "deep/er/x"]) write(path);
  mkdirSync(join(folder, "empty"));
  await cleanUp();
  expect(Object.keys(filesIn(folder)).filter((path) => !path.startsWith(".git/"))).toEqual([
    ".gitignore",
    "a.log",
    "build/out.js",
    "data/old.txt",
    "main.py",
    "notes.txt",
  ]);
  expect(execFileSync("ls", [folder], { encoding: "utf8" })).not.toContain("empty");
});

it("removes nothing where there is no git to ask", async () => {
  const { folder, write } = folderWith({});
  const cleanUp = await watchLeftovers(folder, tempFolder());
  write("kept.txt");
  await cleanUp();
  expect(Object.keys(filesIn(folder))).toEqual(["kept.txt"]);
});

it("moves away what a killed trial has left, and forgets it when it is done", async () => {
  const { folder, write } = folderWith({ ".gitignore": "*.log\n", "main.py": "x" });
  execFileSync("git", ["init", "-q", folder]);
  const runFolder = tempFolder();
  await watchLeftovers(folder, runFolder);
  for (const path of ["left.txt", "data/new.txt", "a.log", "lib/tracked.py", "lib/left.pyc"]) write(path);
  execFileSync("git", ["add", "lib/tracked.py"], { cwd: folder });

  const { paths, aside } = await setLeftoversAside(folder, runFolder);
  expect([...paths].sort()).toEqual(["data", "left.txt", "lib/left.pyc"]);
  expect(Object.keys(filesIn(aside))).toEqual(["data/new.txt", "left.txt", "lib/left.pyc"]);
  expect(Object.keys(filesIn(folder))).toEqual([".gitignore", "a.log", "lib/tracked.py", "main.py"]);
  write("later.txt");
  expect(await setLeftoversAside(folder, runFolder)).toEqual({ paths: [], aside: "" });
});

it("keeps no note of a trial that has ended, and heeds none about another folder", async () => {
  const { folder, write } = folderWith({});
  execFileSync("git", ["init", "-q", folder]);
  const runFolder = tempFolder();
  const cleanUp = await watchLeftovers(folder, runFolder);
  expect(Object.keys(filesIn(runFolder))).toEqual(["standing.json"]);
  await cleanUp();
  expect(Object.keys(filesIn(runFolder))).toEqual([]);
  await watchLeftovers(tempFolder(), runFolder);
  write("mine.txt");
  expect((await setLeftoversAside(folder, runFolder)).paths).toEqual([]);
});
