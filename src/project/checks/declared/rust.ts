import { folderOf } from "../paths.ts";
import { tomlEntries } from "./toml.ts";

/** A Cargo.toml as far as the rules need it. */
export interface Crate {
  readonly path: string;
  /** The folder it stands in, with its slash. */
  readonly folder: string;
  /** Its own name and that of its library, as code writes them. */
  readonly names: ReadonlySet<string>;
  /** As code writes them; `always` for those that are needed whenever it runs. */
  readonly dependencies: readonly { readonly name: string; readonly line: number; readonly always: boolean }[];
  /** The paths of its programs, from its own folder. */
  readonly bin: readonly string[];
}

/** Every Cargo.toml, the deepest first. */
export function crates(files: ReadonlyMap<string, string>): Crate[] {
  return [...files]
    .filter(([path]) => /(?:^|\/)Cargo\.toml$/.test(path))
    .map(([path, text]) => crate(path, text))
    .sort((a, b) => b.folder.length - a.folder.length);
}

function crate(path: string, text: string): Crate {
  const entries = tomlEntries(text);
  const plain = (value: string) => value.replaceAll(/["']/g, "");
  return {
    path,
    folder: folderOf(path),
    names: new Set(
      entries
        .filter(({ section, key }) => key === "name" && /^(?:package|lib)$/.test(section))
        .map(({ value }) => inCode(plain(value))),
    ),
    dependencies: entries.flatMap(({ section, key, value, line }) => {
      const own = /(?:^|\.)((?:dev-|build-)?dependencies)(?:\.([\w-]+))?$/.exec(section);
      if (!own) return [];
      const always = own[1] === "dependencies" && !/optional\s*=\s*true/.test(value);
      // [dependencies.serde] names one, `serde.workspace = true` another
      return [{ name: inCode(own[2] ?? key.replace(/\..*$/, "")), line, always: always && own[2] === undefined }];
    }),
    bin: entries.filter(({ section, key }) => key === "path" && section === "bin").map(({ value }) => plain(value)),
  };
}

const inCode = (name: string) => name.replaceAll("-", "_");
