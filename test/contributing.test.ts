import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { tempFolder } from "./helpers/temp.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

it("the provider that CONTRIBUTING.md adds in three files works, and its test passes", () => {
  const [, diff = ""] = /```diff\n([\s\S]*?)```/.exec(readFileSync(path.join(root, "CONTRIBUTING.md"), "utf8")) ?? [];
  expect(diff.match(/^diff --git /gm)).toHaveLength(3);
  const copy = tempFolder();
  for (const part of ["src", "test/helpers", "package.json", "tsconfig.json"]) {
    cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
  }
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  execFileSync("git", ["init", "--quiet"], { cwd: copy });
  execFileSync("git", ["apply", "--recount", "--unidiff-zero", "-"], { cwd: copy, input: diff });
  writeFileSync(
    path.join(copy, "tsconfig.json"),
    JSON.stringify({ extends: path.join(root, "tsconfig.json"), include: ["src", "test"] }),
  );
  const run = (program: string, args: string[]) =>
    execFileSync(process.execPath, [path.join(root, "node_modules", program), ...args], {
      cwd: copy,
      encoding: "utf8",
    });
  expect(run("vitest/vitest.mjs", ["run", "--no-color", "test/llm/acme.test.ts"])).toMatch(/Tests +2 passed/);
});
