import { isPage } from "../src/project/languages.ts";
import type { Design } from "./write-design.ts";

/** What our package.json makes of files that Node.js runs, for those who plan and write them; empty for other products. */
export const moduleRule = ({ files, entry_point }: Pick<Design, "files" | "entry_point">): string =>
  !isPage(entry_point) && files.some(({ path }) => /\.m?js$/.test(path))
    ? "Files that run in Node.js are ES modules: import and export statements, no require."
    : "";
