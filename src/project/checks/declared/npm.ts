import { folderOf } from "../paths.ts";

/** A package.json as far as the rules need it. */
export interface NpmPackage {
  readonly path: string;
  /** The folder it stands in, with its slash. */
  readonly folder: string;
  readonly name: string;
  /** Whether its `.js` files are modules. */
  readonly modules: boolean;
  readonly scripts: ReadonlyMap<string, string>;
  /** What it needs when it runs. */
  readonly dependencies: ReadonlySet<string>;
  /** What it needs, ever. */
  readonly declared: ReadonlySet<string>;
  readonly bin: readonly string[];
}

/** Every package.json that can be read, the deepest first. */
export function npmPackages(files: ReadonlyMap<string, string>): NpmPackage[] {
  return [...files]
    .filter(([path]) => /(?:^|\/)package\.json$/.test(path))
    .flatMap(([path, text]) => {
      const data = parsed(text);
      return data ? [npmPackage(path, data)] : [];
    })
    .sort((a, b) => b.folder.length - a.folder.length);
}

type Data = Readonly<Record<string, unknown>>;

function npmPackage(path: string, data: Data): NpmPackage {
  const names = (key: string) => Object.keys(isData(data[key]) ? data[key] : {});
  const dependencies = names("dependencies");
  return {
    path,
    folder: folderOf(path),
    name: typeof data.name === "string" ? data.name : "",
    modules: data.type === "module",
    scripts: new Map(texts(data.scripts)),
    dependencies: new Set(dependencies),
    declared: new Set([
      ...dependencies,
      ...names("devDependencies"),
      ...names("peerDependencies"),
      ...names("optionalDependencies"),
    ]),
    bin: typeof data.bin === "string" ? [data.bin] : texts(data.bin).map(([, target]) => target),
  };
}

const isData = (value: unknown): value is Data => typeof value === "object" && value !== null && !Array.isArray(value);

const texts = (value: unknown): [string, string][] =>
  isData(value) ? Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string") : [];

function parsed(text: string): Data | undefined {
  try {
    const data: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return isData(data) ? data : undefined;
  } catch {
    return undefined;
  }
}
