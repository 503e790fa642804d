import type { Reference } from "../../code/source.ts";
import type { Finding } from "../finding.ts";
import { targetOf } from "../pages.ts";
import { extensionOf, fileNameOf, folderOf, pathFrom } from "../paths.ts";
import type { Project } from "../project.ts";
import { isTemplate } from "../template.ts";
import { meant } from "../wording.ts";

/** The files that pages and style sheets refer to exist. */
export function* pageFiles(project: Project): Generator<Finding> {
  const promised = new Set(project.contracts.map(({ path }) => path));
  for (const { path, refers, language } of project.sources.values()) {
    if ((language !== "html" && language !== "css") || isTemplate(project.files.get(path) ?? "", path)) continue;
    for (const reference of refers) {
      if (targetOf(project, path, reference.to) !== undefined) continue;
      const finding = lost(project, path, reference);
      if (finding && !promised.has(wantedBy(path, reference.to) ?? "")) yield finding;
    }
  }
}

const wantedBy = (page: string, to: string) => pathFrom(folderOf(page), to);

function lost(project: Project, path: string, { to, line, kind }: Reference): Finding | undefined {
  const extension = extensionOf(to);
  if (/[{}$<>]|^#|:/.test(to) || extension === "") return undefined;
  if (!texts.has(extension) && !project.complete) return undefined;
  if (kind === "page" && !/^html?$/.test(extension)) return undefined;
  if (project.page === "" && mayBeServed(project, to)) return undefined;
  if (isBuilt(project, path, to)) return undefined;
  const wanted = wantedBy(path, to);
  const names = [...project.paths];
  const near = names.find((other) => fileNameOf(other) === fileNameOf(to)) ?? meant(wanted ?? to, names);
  const hint = near === undefined || near === path ? "" : `; ${near} was probably meant`;
  const message = `${path} refers to ${to}, but there is no file ${wanted ?? to}${hint}`;
  return { path, line, kind: "reference", message };
}

/** What a project keeps as text, so that its absence shows. */
const texts: ReadonlySet<string> = new Set(
  "js mjs cjs jsx ts tsx css html htm json svg webmanifest xml txt csv vue".split(" "),
);

/** Whether a server may find it in another folder, or makes it. */
function mayBeServed(project: Project, to: string): boolean {
  const end = `/${to.replace(/^(?:\.{0,2}\/)+/, "")}`;
  return /socket\.io|livereload|\/api\//.test(end) || [...project.paths].some((path) => `/${path}`.endsWith(end));
}

/** Whether a build writes it. */
function isBuilt(project: Project, page: string, to: string): boolean {
  const builds = [...project.commands, ...project.npm.flatMap(({ scripts }) => [...scripts.values()])].some((command) =>
    /\b(?:tsc|build|vite|webpack|rollup|esbuild|parcel|sass|lessc|tailwindcss|postcss|wasm-pack)\b/.test(command),
  );
  if (!builds) return false;
  const stem = to.replace(/\.\w+$/, "");
  const sources = ["ts", "tsx", "scss", "sass", "less"].map((extension) => `${fileNameOf(stem)}.${extension}`);
  if ([...project.paths].some((path) => sources.includes(fileNameOf(path)))) return true;
  const wanted = wantedBy(page, to);
  return wanted !== undefined && /(?:^|\/)(?:dist|build|out|bundle|pkg|public|static|assets)\/|bundle/.test(wanted);
}
