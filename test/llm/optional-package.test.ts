import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { optionalPackage } from "../../src/llm/optional-package.ts";
import { tempFolder } from "../helpers/temp.ts";

function install(name: string, source: string): string {
  const folder = tempFolder();
  const place = join(folder, "node_modules", name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ name, type: "module", exports: "./main.js" }));
  writeFileSync(join(place, "main.js"), source);
  return folder;
}

it("loads a package from a folder or from beside the user's project", async () => {
  const folder = install("only-there", "export const word = 'here';");
  expect(await optionalPackage("only-there", folder)).toMatchObject({ word: "here" });
  expect(await optionalPackage("only-there", join(folder, "node_modules", "only-there"))).toMatchObject({
    word: "here",
  });
  const before = process.cwd;
  process.cwd = () => folder;
  try {
    expect(await optionalPackage("only-there")).toMatchObject({ word: "here" });
  } finally {
    process.cwd = before;
  }
});

it("loads one from beside the program", async () => {
  expect(await optionalPackage("zod")).toHaveProperty("z");
});

it("says where there is none", async () => {
  expect(await optionalPackage("only-there")).toBeUndefined();
  expect(await optionalPackage("zod", tempFolder())).toBeUndefined();
});

it("does not hide what is wrong within a package", async () => {
  await expect(optionalPackage("broken-there", install("broken-there", "throw new Error('broken');"))).rejects.toThrow(
    "broken",
  );
});
