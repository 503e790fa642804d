import type { Finding } from "../finding.ts";
import type { Project } from "../project.ts";

/** No file that Node.js reads as a module calls `require`, which modules do not have. */
export function* requireInModules(project: Project): Generator<Finding> {
  for (const { path, form } of project.sources.values()) {
    const manifest = project.npm.find(({ folder }) => path.startsWith(folder));
    const module = path.endsWith(".mjs") || (path.endsWith(".js") && manifest?.modules);
    const text = project.files.get(path) ?? "";
    if (!module || form !== "commonjs" || /createRequire|typeof (?:require|module)\b/.test(text)) continue;
    if (!isRun(project, path) && !text.startsWith("#!")) continue;
    const line = text
      .split("\n")
      .findIndex((one) => /^[^/*"'`]*(?:\brequire\s*\(|\bmodule\.exports\b|\bexports\.\w)/.test(one.slice(0, 300)));
    if (line < 0) continue;
    const why = manifest && !path.endsWith(".mjs") ? `${manifest.path} has "type": "module"` : "its name ends in .mjs";
    const message = `${path} uses require or module.exports, but ${why}; import and export are needed`;
    yield { path, line: line + 1, kind: "import", message, about: manifest ? [manifest.path] : [] };
  }
}

/** Whether Node.js loads a file: pages and bundlers have rules of their own. */
const isRun = (project: Project, path: string) =>
  ![...project.sources.values()].some(
    ({ language, refers }) => language === "html" && refers.some(({ to }) => path.endsWith(to.replace(/^[./]+/, ""))),
  ) &&
  !project.npm.some(({ declared }) =>
    ["webpack", "browserify", "parcel", "vite", "rollup", "esbuild"].some((name) => declared.has(name)),
  );
