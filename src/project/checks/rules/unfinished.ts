import type { Finding } from "../finding.ts";
import { isTest } from "../paths.ts";
import type { Project } from "../project.ts";

/** Nothing was left to be written. */
export function* unfinished(project: Project): Generator<Finding> {
  const bases = extended(project);
  for (const { path, problems, unfinished: places } of project.sources.values()) {
    if (isTest(path) || problems.length > 0) continue;
    for (const { line, message } of places) {
      const owner = /^([\p{ID_Start}_$][\p{ID_Continue}$]*)\.\S/u.exec(message)?.[1];
      // what others are to write anew
      if (owner !== undefined && bases.has(owner)) continue;
      yield { path, line, kind: "unfinished", message: `${path}: ${message}` };
    }
  }
}

/** The names that classes of the project say they are built on. */
function extended(project: Project): Set<string> {
  const names = new Set<string>();
  for (const { declares } of project.sources.values()) {
    for (const { kind, name, signature } of declares) {
      if (kind !== "class") continue;
      for (const [word] of signature.matchAll(/[\p{ID_Start}_$][\p{ID_Continue}$]*/gu))
        if (word !== name) names.add(word);
    }
  }
  return names;
}
