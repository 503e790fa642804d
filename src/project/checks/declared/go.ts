import { folderOf } from "../paths.ts";

/** A go.mod as far as the rules need it. */
export interface GoModule {
  readonly path: string;
  /** The folder it stands in, with its slash. */
  readonly folder: string;
  readonly name: string;
  readonly required: readonly { readonly name: string; readonly line: number; readonly indirect: boolean }[];
}

/** Every go.mod that names a module, the deepest first. */
export function goModules(files: ReadonlyMap<string, string>): GoModule[] {
  return [...files]
    .filter(([path]) => /(?:^|\/)go\.mod$/.test(path))
    .flatMap(([path, text]) => {
      const name = /^module[ \t]+"?([^\s"]+)/m.exec(text)?.[1];
      return name === undefined ? [] : [{ path, folder: folderOf(path), name, required: requiredBy(text) }];
    })
    .sort((a, b) => b.folder.length - a.folder.length);
}

function requiredBy(text: string): GoModule["required"] {
  let block = "";
  return text.split("\n").flatMap((raw, index) => {
    const line = raw.trim();
    const opened = /^(\w+) *\($/.exec(line)?.[1];
    if (opened !== undefined) block = opened;
    if (line === ")") block = "";
    const name = (block === "require" ? /^([^\s()]+)\s+v\d/ : /^require\s+([^\s()]+)\s+v\d/).exec(line)?.[1];
    return name === undefined ? [] : [{ name, line: index + 1, indirect: /\/\/\s*indirect/.test(line) }];
  });
}
