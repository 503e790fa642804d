import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeWholeFile } from "../src/whole-file.ts";
import { tempFolder } from "./helpers/temp.ts";

it("writes a new file and replaces an old one, and leaves nothing else", async () => {
  const folder = tempFolder();
  const file = join(folder, "a.txt");
  for (const text of ["first", "the second, 蛇", ""]) {
    await writeWholeFile(file, text);
    expect(await readFile(file, "utf8")).toBe(text);
  }
  expect(await readdir(folder)).toEqual(["a.txt"]);
});

it("is one of the texts when several are written at once", async () => {
  const folder = tempFolder();
  const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(50_000));
  await Promise.all(texts.map((text) => writeWholeFile(join(folder, "a.txt"), text)));
  expect(texts).toContain(await readFile(join(folder, "a.txt"), "utf8"));
  expect(await readdir(folder)).toEqual(["a.txt"]);
});

it.skipIf(process.platform === "win32")("gives the file the mode asked for, also where one was there", async () => {
  const file = join(tempFolder(), "key.yaml");
  await writeFile(file, "old", { mode: 0o644 });
  await writeWholeFile(file, "secret", { mode: 0o600 });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it("passes on what went wrong and leaves no draft", async () => {
  const folder = tempFolder();
  await mkdir(join(folder, "taken", "inside"), { recursive: true });
  await expect(writeWholeFile(join(folder, "taken"), "text")).rejects.toMatchObject({ code: expect.any(String) });
  await expect(writeWholeFile(join(folder, "absent", "a.txt"), "text")).rejects.toMatchObject({ code: "ENOENT" });
  expect(await readdir(folder)).toEqual(["taken"]);
});

it("takes away the draft of a process that was killed, and follows no link in its place", async () => {
  const folder = tempFolder();
  const [file, draft, elsewhere] = ["a.txt", ".a.txt.metagpt.tmp", "elsewhere"].map((name) => join(folder, name));
  await writeFile(draft ?? "", "half");
  await writeWholeFile(file ?? "", "first");
  await writeFile(elsewhere ?? "", "untouched");
  await symlink(elsewhere ?? "", draft ?? "");
  await writeWholeFile(file ?? "", "second");
  expect(await readFile(file ?? "", "utf8")).toBe("second");
  expect(await readFile(elsewhere ?? "", "utf8")).toBe("untouched");
  expect(await readdir(folder)).toEqual(["a.txt", "elsewhere"]);
});

it("writes files whose names are as long as they may be, at once", async () => {
  const folder = tempFolder();
  const names = ["x".repeat(255), `${"x".repeat(254)}y`, "蛇".repeat(85)];
  await Promise.all(names.map((name) => writeWholeFile(join(folder, name), name.repeat(1000))));
  for (const name of names) expect(await readFile(join(folder, name), "utf8")).toBe(name.repeat(1000));
  expect((await readdir(folder)).sort()).toEqual([...names].sort());
});

it("goes on with the next text where one could not be written", async () => {
  const folder = tempFolder();
  const file = join(folder, "absent", "a.txt");
  const first = writeWholeFile(file, "first");
  await expect(first).rejects.toMatchObject({ code: "ENOENT" });
  await mkdir(join(folder, "absent"));
  await writeWholeFile(file, "second");
  expect(await readFile(file, "utf8")).toBe("second");
});
