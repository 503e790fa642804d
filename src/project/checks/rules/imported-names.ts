import type { Import, Source } from "../../code/source.ts";
import type { Finding } from "../finding.ts";
import { hasModule, pythonFolders, pythonRoots } from "../imports/python-roots.ts";
import { stemOf } from "../paths.ts";
import { type Project, understood } from "../project.ts";
import { listed, meant } from "../wording.ts";

/** The names that a file takes from another one of the project exist there. */
export function* importedNames(project: Project): Generator<Finding> {
  const folders = pythonFolders(project.paths);
  for (const source of project.sources.values()) {
    if (!named.has(source.language ?? "") || isTypes(source.path)) continue;
    for (const one of source.imports) {
      if (one.optional || one.again) continue;
      const target = project.resolve(source.path, one.from, source.language);
      if (source.language === "python" && !(isFileOf(one.from, target) && isSure(project, folders, source, one)))
        continue;
      const offers = target === undefined ? undefined : offersOf(project, target, source.language);
      if (target === undefined || offers === undefined) continue;
      for (const name of one.names) {
        if (
          name === "*" ||
          offers.has(name) ||
          mayOffer(project, target, name) ||
          isModule(project, source, { ...one, target }, name)
        )
          continue;
        if (name === "default" && project.sources.get(target)?.form !== "module") continue;
        yield {
          path: source.path,
          line: one.line,
          kind: "import",
          message: `${source.path} imports ${said(project, { name, from: one.from, target, offers })}`,
          about: [target],
        };
      }
    }
  }
}

/** Files that only declare what is written elsewhere. */
const isTypes = (path: string) => /\.d\.[cm]?ts$|\.pyi$/.test(path);

/** The languages whose imports name what they take, and whose exports are all in sight. */
const named: ReadonlySet<string> = new Set(["javascript", "typescript", "html", "python"]);

function said(
  project: Project,
  { name, from, target, offers }: { name: string; from: string; target: string; offers: ReadonlySet<string> },
): string {
  const passedOn = new Set(
    project.sources.get(target)?.declares.flatMap((one) => (one.imported && target.endsWith(".py") ? [one.name] : [])),
  );
  const others = [...offers].filter((other) => other !== "default" && !other.startsWith("_") && !passedOn.has(other));
  if (name === "default") return `the default export of ${from}, which has none; it exports ${listed(others)}`;
  const hidden = project.sources.get(target)?.declares.some((one) => one.name === name);
  if (hidden) return `${name} from ${from}, which declares it but does not export it`;
  const near = meant(name, others);
  if (near !== undefined)
    return `${name} from ${from}, which has no such export; it has ${listed([near, ...others.filter((other) => other !== near)])}`;
  const only =
    others.length === 0 && offers.has("default") ? "it has a default export only" : `it has ${listed(others)}`;
  return `${name} from ${from}, which has no such export; ${only}`;
}

/**
 * The names that others can take from a file, with those it passes on; undefined where they cannot all be known. A file
 * that takes part in a circle of `export *` is asked once.
 */
function offersOf(
  project: Project,
  path: string,
  language: Source["language"],
  asked = new Set<string>(),
): ReadonlySet<string> | undefined {
  const source = understood(project, path);
  if (!source || !named.has(source.language ?? "") || source.language === "html") return undefined;
  if ((source.language === "python") !== (language === "python")) return undefined;
  if (path.endsWith(".py") && (project.paths.has(`${path}i`) || namesAtRun.test(project.files.get(path) ?? "")))
    return undefined;
  // its types may be told beside it
  if (/\.[cm]?jsx?$/.test(path) && project.paths.has(path.replace(/\.([cm]?)jsx?$/, ".d.$1ts"))) return undefined;
  // a script without a single export may be written for a bundler that knows what to do with it
  if (source.form === "script") return undefined;
  asked.add(path);
  const names = new Set(
    source.declares.filter(({ name, exported }) => exported && !name.includes(".")).map(({ name }) => name),
  );
  for (const { from, again } of source.imports) {
    if (!again) continue;
    const target = project.resolve(path, from, source.language);
    if (target !== undefined && asked.has(target)) continue;
    const more = target === undefined ? undefined : offersOf(project, target, language, asked);
    if (more === undefined) return undefined;
    for (const name of more) if (name !== "default") names.add(name);
  }
  return names;
}

/** A module that makes up its names when it is asked for them. */
const namesAtRun = /sys\.modules\[|def __getattr__|globals\(\)/;

/** `exports.a = …` in any place, and what is asked of the promise of `import(…)` rather than of the module. */
const mayOffer = (project: Project, target: string, name: string): boolean =>
  project.sources.get(target)?.form === "commonjs"
    ? (project.files.get(target) ?? "").includes(`exports.${name}`)
    : !target.endsWith(".py") && /^(?:then|catch|finally)$/.test(name);

/** Whether a module is this file itself and not a folder of modules that it stands in. */
function isFileOf(module: string, target = ""): boolean {
  const name = module.slice(module.lastIndexOf(".") + 1);
  return name === ""
    ? target.endsWith("__init__.py")
    : stemOf(target) === name || target.endsWith(`${name}/__init__.py`);
}

/** Whether it can mean nothing but the project's: a module of the same package may be called like one of Python. */
function isSure({ paths }: Project, folders: ReadonlySet<string>, { path }: Source, { from }: Import): boolean {
  return from.startsWith(".") || hasModule(paths, folders, pythonRoots(paths, path), from.split(".")[0] ?? from);
}

/** `from . import x` and `from pkg import x` may mean a module. */
function isModule(
  project: Project,
  source: Source,
  { from, target }: Import & { target: string },
  name: string,
): boolean {
  if (source.language !== "python") return false;
  const module = from.endsWith(".") ? from + name : `${from}.${name}`;
  const file = project.resolve(source.path, module, "python");
  if (file !== undefined && file !== target) return true;
  const folder = new RegExp(`(?:^|/)${name.replace(/\W/g, "")}/[^/]+\\.py$`);
  return [...project.paths].some((path) => folder.test(path)) || /^__\w+__$/.test(name);
}
