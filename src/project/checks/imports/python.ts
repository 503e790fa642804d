import type { Import, Source } from "../../code/source.ts";
import { ofPython } from "../../standard-library.ts";
import { type PythonNeeds, pythonNeeds } from "../declared/python.ts";
import type { Finding } from "../finding.ts";
import { folderOf, foldersAbove, isTest, stemOf } from "../paths.ts";
import type { Project } from "../project.ts";
import { meant } from "../wording.ts";
import { hasModule, pythonFolders, pythonRoots } from "./python-roots.ts";

/** Says what is wrong with an import of Python. */
export function pythonImports(project: Project): (source: Source, one: Import) => Finding | undefined {
  const needs = pythonNeeds(project.files);
  const folders = pythonFolders(project.paths);
  return (source, one) => pythonImport({ project, needs, folders }, source, one);
}

interface Known {
  readonly project: Project;
  readonly needs: PythonNeeds;
  /** The folders with Python files in or below them: packages, also without an `__init__.py`. */
  readonly folders: ReadonlySet<string>;
}

function pythonImport(known: Known, source: Source, one: Import): Finding | undefined {
  const { project, needs } = known;
  const { path } = source;
  const { from, line } = one;
  const target = project.resolve(path, from, "python");
  // a module called like the package it uses finds itself only where it stands at the top
  if (target === path && isOwn(known, path, stemOf(path))) return undefined;
  if (target !== undefined && target !== path) return besideOnly(known, source, one);
  if (from.startsWith(".")) {
    const children = one.names.map((name) =>
      project.resolve(path, from.endsWith(".") ? from + name : `${from}.${name}`, "python"),
    );
    if (children.some((child) => child !== undefined) || isFolder(known, path, from)) return undefined;
    return { path, line, kind: "import", message: `${path} imports ${from}, which is no module of this project` };
  }
  const top = from.split(".")[0] ?? from;
  if (ofPython.has(top.toLowerCase()) || isFolder(known, path, from)) return undefined;
  if (isOwn(known, path, top)) {
    const near = meant(from, modules(project));
    const hint = near === undefined || near === from ? "" : `; ${near} was probably meant`;
    return {
      path,
      line,
      kind: "import",
      message: `${path} imports ${from}, which is no module of this project${hint}`,
    };
  }
  if (one.typeOnly || needs.brings(top) || (isTest(path) && top === "pytest")) return undefined;
  const near = meant(
    top,
    [...project.paths].filter((other) => /^\w+\.py$/.test(other)).map((other) => other.slice(0, -3)),
  );
  const [manifest] = needs.manifests;
  const where = manifest ? `${manifest} does not list it` : "there is no requirements.txt that lists it";
  const hint = near === undefined ? "" : `; ${near}.py was perhaps meant`;
  const message = `${path} imports ${top}, which is no module of this project or of Python, and ${where}${hint}`;
  // a name as close to a file of the project as a slip of the pen is no package
  const kind = near === undefined ? "package" : "import";
  return { path, line, kind, message, about: manifest && near === undefined ? [manifest] : [] };
}

/** A module of the same package that is named as if it stood at the top: found only if the program starts in there. */
function besideOnly(known: Known, { path }: Source, { from, line }: Import): Finding | undefined {
  const { project, needs } = known;
  const top = from.split(".")[0] ?? from;
  const folder = folderOf(path);
  if (top === "" || isOwn(known, path, top) || ofPython.has(top.toLowerCase()) || needs.brings(top)) return undefined;
  if (!project.paths.has(`${folder}${top}.py`) || startsIn(project, folder)) return undefined;
  const name = folder.slice(0, -1).replaceAll("/", ".");
  const isPackage = [...project.sources.values()].some(
    (other) =>
      !other.path.startsWith(folder) &&
      other.imports.some((one) => one.from === name || one.from.startsWith(`${name}.`)),
  );
  if (!isPackage) return undefined;
  const message = `${path} imports ${from}, which is found only by a program started in ${folder}; within the package it is .${from}`;
  return { path, line, kind: "import", message };
}

/** Whether a program may start in a folder, or changes where modules are looked for. */
const startsIn = (project: Project, folder: string) =>
  project.commands.some((command) => command.includes(folder)) ||
  [...project.files].some(
    ([path, text]) =>
      path.endsWith(".py") && (text.includes("sys.path") || (folderOf(path) === folder && text.includes("__main__"))),
  );

function isFolder({ project, folders }: Known, path: string, from: string): boolean {
  const dots = /^\.*/.exec(from)?.[0].length ?? 0;
  const folder = from.slice(dots).replaceAll(".", "/");
  const roots = dots > 0 ? foldersAbove(path).slice(dots - 1, dots) : pythonRoots(project.paths, path);
  return roots.some(
    (root) => folders.has(folder === "" ? root : `${root}${folder}/`) || isCompiled(project, root + folder),
  );
}

/** Whether a module is there in another form than source code. */
const isCompiled = ({ paths }: Project, path: string) =>
  [...paths].some((other) => other.startsWith(`${path}.`) && /\.(?:so|pyd|pyx|pxd|c|cpp|rs)$/.test(other));

/** Whether the project itself has a module or package of that name where an import from this file would look. */
const isOwn = ({ project, folders }: Known, path: string, top: string) =>
  hasModule(project.paths, folders, pythonRoots(project.paths, path), top);

const modules = (project: Project) =>
  [...project.paths]
    .filter((path) => path.endsWith(".py"))
    .map((path) =>
      path
        .replace(/^src\//, "")
        .replace(/(?:\/__init__)?\.py$/, "")
        .replaceAll("/", "."),
    );
