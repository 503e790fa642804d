import type { Import, Source } from "../../code/source.ts";
import type { Finding } from "../finding.ts";
import { stemOf } from "../paths.ts";
import type { Project } from "../project.ts";
import { meant } from "../wording.ts";

/** Says what is wrong with an import of Java: only packages of the project itself are known well enough. */
export function javaImports(project: Project): (source: Source, one: Import) => Finding | undefined {
  const packages = packagesOf(project);
  const built = [...project.paths].some((path) => buildFile.test(path));
  return (source, one) => javaImport(packages, built, source, one);
}

const buildFile = /(?:^|\/)(?:pom\.xml|build\.gradle(?:\.kts)?|build\.xml|ivy\.xml)$|\.jar$/;

type Packages = ReadonlyMap<string, ReadonlySet<string>>;

function javaImport(packages: Packages, built: boolean, { path }: Source, { from, line }: Import): Finding | undefined {
  const names = from.replace(/\.\*$/, "").split(".");
  if (packages.has(names.join("."))) return undefined;
  // a class, one inside it, or a member of it
  for (let length = names.length; length > 1; length--) {
    const home = names.slice(0, length - 1).join(".");
    const classes = packages.get(home);
    if (!classes) continue;
    const name = names[length - 1] ?? "";
    if (classes.has(name)) return undefined;
    const near = meant(name, classes);
    const hint = near === undefined ? "" : `; ${home}.${near} was probably meant`;
    return { path, line, kind: "import", message: `${path} imports ${from}, but ${home} has no ${name}${hint}` };
  }
  if (/^(?:javax?|jdk|sun|com\.sun|org\.w3c|org\.xml|org\.ietf|netscape)\b/.test(from)) return undefined;
  const family = names.length > 3 ? `${names.slice(0, 3).join(".")}.` : undefined;
  if (family !== undefined && [...packages.keys()].some((name) => `${name}.`.startsWith(family)))
    return { path, line, kind: "import", message: `${path} imports ${from}, which is no package of this project` };
  if (built) return undefined;
  const message = `${path} imports ${from}, which is not of the JDK, and there is no pom.xml that declares it`;
  return { path, line, kind: "package", message };
}

/** Package -> its classes, also those that share a file with another. */
function packagesOf(project: Project): Packages {
  const packages = new Map<string, Set<string>>();
  for (const [path, text] of project.files) {
    if (!path.endsWith(".java")) continue;
    const name = /^[ \t]*package[ \t]+([\w.]{1,200})[ \t]*;/m.exec(text)?.[1] ?? "";
    const classes = packages.get(name) ?? new Set();
    packages.set(name, classes.add(stemOf(path)));
    for (const one of project.sources.get(path)?.declares ?? []) classes.add(one.name);
  }
  return packages;
}
