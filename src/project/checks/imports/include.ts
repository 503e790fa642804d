import type { Import, Source } from "../../code/source.ts";
import type { Finding } from "../finding.ts";
import { fileNameOf } from "../paths.ts";
import type { Project } from "../project.ts";
import { meant } from "../wording.ts";

/** What is wrong with one `#include "x.h"`; those in angle brackets are the compiler's. */
export function include(project: Project, source: Source, { from, line, local }: Import): Finding | undefined {
  const { path } = source;
  if (!local || project.resolve(path, from, source.language) !== undefined) return undefined;
  const name = fileNameOf(from);
  const there = [...project.paths].find((other) => fileNameOf(other) === name);
  if (there !== undefined) {
    // a folder given to the compiler may hold it
    if (project.commands.some((command) => /(?:^| )-I/.test(command)) || buildFile(project)) return undefined;
    return {
      path,
      line,
      kind: "import",
      message: `${path} includes ${from}, but the file is ${there}`,
      about: [there],
    };
  }
  const headers = [...project.paths].filter((other) => /\.h(?:pp|h|xx)?$/.test(other)).map(fileNameOf);
  const near = meant(name, headers);
  if (near === undefined && usesLibraries(project)) return undefined;
  const hint = near === undefined ? "" : `; ${near} was probably meant`;
  return { path, line, kind: "import", message: `${path} includes ${from}, which is no file of this project${hint}` };
}

const buildFile = (project: Project) =>
  [...project.paths].some((path) =>
    /(?:^|\/)(?:Makefile|makefile|CMakeLists\.txt|meson\.build|configure|BUILD)$/.test(path),
  );

/** Whether headers may come from libraries of the machine. */
const usesLibraries = (project: Project) =>
  buildFile(project) ||
  project.commands.some((command) => / -l(?!m\b|pthread\b)\w|pkg-config|-framework/.test(command));
