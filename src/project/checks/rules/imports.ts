import type { Import, Source, SourceLanguage } from "../../code/source.ts";
import type { Finding } from "../finding.ts";
import { goImport } from "../imports/go.ts";
import { include } from "../imports/include.ts";
import { javaImports } from "../imports/java.ts";
import { javascriptImport } from "../imports/javascript.ts";
import { pythonImports } from "../imports/python.ts";
import { rustImport } from "../imports/rust.ts";
import type { Project } from "../project.ts";

/** Every import means a file of the project, the standard library, or a package that a manifest declares. */
export function* imports(project: Project): Generator<Finding> {
  const script = (source: Source, one: Import) => javascriptImport(project, source, one);
  const header = (source: Source, one: Import) => include(project, source, one);
  const local = (source: Source, one: Import) => localFile(project, source, one);
  const problems: Partial<Record<SourceLanguage, (source: Source, one: Import) => Finding | undefined>> = {
    javascript: script,
    typescript: script,
    html: (source, one) => (one.from.startsWith(".") ? script(source, one) : undefined),
    python: pythonImports(project),
    go: (source, one) => goImport(project, source, one),
    rust: (source, one) => rustImport(project, source, one),
    java: javaImports(project),
    c: header,
    cpp: header,
    php: local,
    ruby: local,
  };
  for (const source of project.sources.values()) {
    const told = new Set<string>();
    for (const one of source.imports) {
      if (one.optional) continue;
      const found = source.language && problems[source.language]?.(source, one);
      if (found === undefined || told.has(found.message)) continue;
      told.add(found.message);
      yield found;
    }
  }
}

/** `require __DIR__ . "/x.php"` and `require_relative "x"`. */
function localFile(project: Project, { path, language }: Source, { from, line, local }: Import): Finding | undefined {
  if (!local || project.resolve(path, from, language) !== undefined) return undefined;
  return { path, line, kind: "import", message: `${path} requires ${from}, which is no file of this project` };
}
