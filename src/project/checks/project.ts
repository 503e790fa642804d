import { readSource } from "../code/read-source.ts";
import { resolveImport } from "../code/resolve-import.ts";
import type { Source, SourceLanguage } from "../code/source.ts";
import { type GoModule, goModules } from "./declared/go.ts";
import { type NpmPackage, npmPackages } from "./declared/npm.ts";
import { type Crate, crates } from "./declared/rust.ts";
import type { CheckInput, Contract } from "./finding.ts";

/** A project as the rules see it: its texts, what they say, what was promised. */
export interface Project {
  readonly files: ReadonlyMap<string, string>;
  /** Every file there is. */
  readonly paths: ReadonlySet<string>;
  /** Whether all files are known, also those that are no text. */
  readonly complete: boolean;
  /** What the files say that a parser could read. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly contracts: readonly Contract[];
  readonly page: string;
  readonly commands: readonly string[];
  readonly npm: readonly NpmPackage[];
  readonly go: readonly GoModule[];
  readonly rust: readonly Crate[];
  /** The file that an import means; one that the design promises counts as there, since it is missed elsewhere. */
  resolve(from: string, specifier: string, language: SourceLanguage | undefined): string | undefined;
}

/** Reads all of a project that its rules need. */
export async function readProject(input: CheckInput): Promise<Project> {
  const files = new Map(Object.entries(input.files).map(([path, text]) => [path, text.replace(/^\uFEFF/, "")]));
  const paths = new Set([...files.keys(), ...(input.otherPaths ?? [])]);
  const promised = new Set([...paths, ...input.contracts.map(({ path }) => path)]);
  const sources = new Map<string, Source>();
  for (const [path, text] of files) {
    if (isForeign(path)) continue;
    const source = await readSource(path, text);
    if (source.checkedBy !== undefined) sources.set(path, source);
  }
  const go = goModules(files);
  const rust = crates(files);
  return {
    files,
    paths,
    complete: input.otherPaths !== undefined,
    sources,
    contracts: input.contracts,
    page: input.page,
    commands: input.commands,
    npm: npmPackages(files),
    go,
    rust,
    resolve: (from, specifier, language) => {
      const module = language === "go" ? go.find(({ folder }) => from.startsWith(folder)) : undefined;
      const crate = language === "rust" ? rust.find(({ folder }) => from.startsWith(folder)) : undefined;
      const [rustCrate] = crate?.names ?? [];
      return resolveImport(from, specifier, language, promised, {
        ...(module && { goModule: module.name, goFolder: module.folder }),
        ...(rustCrate !== undefined && { rustCrate }),
      });
    },
  };
}

/** Whether a file was written elsewhere or by a program, and is nobody's to put right. */
const isForeign = (path: string) =>
  /\.min\.\w+$|(?:^|\/)(?:vendor|third_party|node_modules)\/|(?:^|\/)(?:package-lock|composer\.lock|npm-shrinkwrap)\b|\.lock$/.test(
    path,
  );

/** A file of program code that could be read without an error, so that what it does not say is not there. */
export function understood(project: Project, path: string): Source | undefined {
  const source = project.sources.get(path);
  return source && source.problems.length === 0 && !source.open && source.words.size < 5_000 ? source : undefined;
}
