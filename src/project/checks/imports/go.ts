import type { Import, Source } from "../../code/source.ts";
import { ofGo } from "../../standard-library.ts";
import type { Finding } from "../finding.ts";
import { folderOf } from "../paths.ts";
import type { Project } from "../project.ts";
import { meant } from "../wording.ts";

/** What is wrong with one import of Go. */
export function goImport(project: Project, source: Source, { from, line }: Import): Finding | undefined {
  const { path } = source;
  if (project.resolve(path, from, "go") !== undefined) return undefined;
  const top = from.split("/")[0] ?? from;
  const module = project.go.find(({ folder }) => path.startsWith(folder));
  if (module && (from === module.name || from.startsWith(`${module.name}/`))) {
    const near = meant(from, packagesOf(project, module.folder, module.name));
    const hint = near === undefined || near === from ? "" : `; ${near} was probably meant`;
    return { path, line, kind: "import", message: `${path} imports ${from}, but that folder has no Go files${hint}` };
  }
  if (ofGo.has(top) || project.go.some(({ name }) => from === name || from.startsWith(`${name}/`))) return undefined;
  if (!top.includes(".")) {
    const where = module
      ? `nor does it begin with ${module.name}, the module of ${module.path}`
      : "and there is no go.mod";
    return {
      path,
      line,
      kind: "import",
      message: `${path} imports ${from}, which is not of the standard library, ${where}`,
    };
  }
  // it adds what the imports ask for
  if (project.commands.some((command) => /\bgo (?:mod tidy|get)\b/.test(command))) return undefined;
  if (module?.required.some(({ name }) => from === name || from.startsWith(`${name}/`))) return undefined;
  const where = module ? `${module.path} does not require it` : "there is no go.mod that requires it";
  return {
    path,
    line,
    kind: "package",
    message: `${path} imports ${from}, and ${where}`,
    about: module ? [module.path] : [],
  };
}

const packagesOf = (project: Project, folder: string, name: string) =>
  new Set(
    [...project.paths]
      .filter((path) => path.startsWith(folder) && path.endsWith(".go"))
      .map((path) => `${name}/${folderOf(path.slice(folder.length))}`.replace(/\/$/, "")),
  );
