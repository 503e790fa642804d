import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Puts a text between a mark's two comments in docs/performance.md, as the formatter likes it. */
export async function noteDown(mark: string, text: string) {
  const page = fileURLToPath(new URL("../docs/performance.md", import.meta.url));
  const before = await readFile(page, "utf8");
  const place = new RegExp(`(<!-- ${mark}:start -->)[\\s\\S]*?(<!-- ${mark}:end -->)`);
  if (!place.test(before)) throw new Error(`docs/performance.md has no place for ${mark}`);
  await writeFile(
    page,
    before.replace(place, (_, start, end) => `${start}\n\n${text}\n\n${end}`),
  );
  await promisify(execFile)("npx", ["biome", "format", "--write", page]);
}

/** A Markdown table; all columns but the first are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
