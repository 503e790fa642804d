import type { Finding } from "../finding.ts";
import type { Project } from "../project.ts";

/** Every designed file was written. */
export function* missing(project: Project): Generator<Finding> {
  for (const { path } of project.contracts) {
    if (!project.paths.has(path)) {
      yield { path, kind: "missing", message: `${path} is part of the design but does not exist` };
    } else if (isEmpty(project, path)) {
      yield { path, kind: "unfinished", message: `${path} is empty, although the design gives it a purpose` };
    }
  }
}

const isEmpty = (project: Project, path: string) =>
  project.files.get(path)?.trim() === "" && !/(?:^|\/)(?:__init__\.py|py\.typed|\.\w+)$/.test(path);
