import type { Import, Source } from "../../code/source.ts";
import { ofRust } from "../../standard-library.ts";
import type { Finding } from "../finding.ts";
import type { Project } from "../project.ts";

/** What is wrong with one `use` or `mod` of Rust. */
export function rustImport(project: Project, source: Source, { from, line, local }: Import): Finding | undefined {
  const { path } = source;
  if (project.resolve(path, from, "rust") !== undefined) return undefined;
  if (local) {
    const message = `${path} declares the module ${from.replace(/^.*::/, "")}, which has no file`;
    return { path, line, kind: "import", message };
  }
  const top = from.replace(/^::/, "").split("::")[0] ?? from;
  if (/^(?:crate|self|super|Self)$/.test(top) || !/^[a-z]\w*$/.test(top) || ofRust.has(top)) return undefined;
  const crate = project.rust.find(({ folder }) => path.startsWith(folder));
  if (crate?.names.has(top) || project.rust.some(({ dependencies }) => dependencies.some(({ name }) => name === top)))
    return undefined;
  if (isOwn(project, source, top)) return undefined;
  const where = crate ? `${crate.path} does not list it` : "there is no Cargo.toml that lists it";
  return {
    path,
    line,
    kind: "package",
    message: `${path} uses the crate ${top}, and ${where}`,
    about: crate ? [crate.path] : [],
  };
}

/** Whether a name may be a module of the project: declared anywhere in it, or brought in under that name. */
const isOwn = (project: Project, source: Source, name: string) =>
  new RegExp(`\\b(?:mod|as)\\s+${name}\\b`).test(project.files.get(source.path) ?? "") ||
  source.declares.some((one) => one.name === name) ||
  source.imports.some(({ from, names }) => from.endsWith(`::${name}`) || names.includes(name)) ||
  [...project.paths].some((path) => path.endsWith(`/${name}.rs`) || path.endsWith(`/${name}/mod.rs`));
