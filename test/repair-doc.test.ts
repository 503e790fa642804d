import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { repairKinds } from "../src/repair/index.ts";
import { metagpt } from "./helpers/program.ts";
import { tempFolder } from "./helpers/temp.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (name: string) => readFileSync(join(root, name), "utf8");
const pages = ["docs/repair.md", "docs/repair.zh-CN.md", "README.md", "README.zh-CN.md"];
const blocksOf = (text: string) =>
  [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, block]) => [language, block] as const);

/** Each program of a page with what the page says that it prints. */
const programsOf = (text: string) =>
  blocksOf(text).flatMap(([language, program = ""], index, all) =>
    language === "ts" ? [[program, all[index + 1]?.[1] ?? ""] as const] : [],
  );

/** What a program prints in a project that has the package. */
function printed(program: string): string {
  const folder = tempFolder();
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/metagpt"), "junction");
  symlinkSync(join(root, "node_modules/zod"), join(folder, "node_modules/zod"), "junction");
  writeFileSync(join(folder, "use.ts"), program);
  return execFileSync(process.execPath, [join(root, "node_modules/jiti/lib/jiti-cli.mjs"), "use.ts"], {
    cwd: folder,
    encoding: "utf8",
  });
}

describe.each(pages)("%s", (page) => {
  const text = read(page);

  it.each(programsOf(text))("shows what its program %# prints", (program, output) =>
    expect(printed(program)).toBe(output),
  );
});

describe.each(pages.slice(0, 2))("%s", (page) => {
  const text = read(page);

  it("lists every kind of repair, and no other", () => {
    const [table = ""] = /^\| kind [\s\S]*?\n\n/m.exec(text) ?? [];
    const rows = [...table.matchAll(/^\| `(.+?)` +\| (.+?) +\|$/gm)].map(([, kind, meaning]) => [kind, meaning]);
    expect(rows.map(([kind]) => kind)).toEqual(Object.keys(repairKinds));
    if (page === "docs/repair.md") expect(Object.fromEntries(rows)).toEqual(repairKinds);
  });

  it("links only to headings and files that exist", () => {
    const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(
      ([, heading = ""]) => `#${heading.toLowerCase().replaceAll(" ", "-")}`,
    );
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = ""]) => link);
    const isThere = (link: string) =>
      link.startsWith("#") ? headings.includes(link) : existsSync(join(root, "docs", link));
    expect(links.filter((link) => !isThere(link))).toEqual([]);
  });

  it("names the options that the command has", async () => {
    const { stdout } = await metagpt(["repair", "--help"], { cwd: tempFolder() });
    const named = new Set(text.match(/(?<=`)--[a-z]+/g));
    expect(named).toEqual(new Set(stdout.match(/--[a-z]+/g)?.filter((option) => option !== "--help")));
  });
});

it("both languages hold the same blocks", () => {
  const [english, chinese] = pages.slice(0, 2).map((page) => blocksOf(read(page)));
  expect(chinese).toEqual(english);
});
