import { type Need, needsOf } from "../commands/file-of.ts";
import { commandsIn } from "../commands/readme.ts";
import { callsOf } from "../commands/shell.ts";
import type { Finding } from "../finding.ts";
import { fileNameOf, foldersAbove, pathFrom, stemOf } from "../paths.ts";
import type { Project } from "../project.ts";
import { listed, meant } from "../wording.ts";

/** A command line and where it stands. */
interface Shown {
  readonly command: string;
  /** The file that shows it; undefined for one that only the design names. */
  readonly path: string | undefined;
  readonly line?: number;
  /** The folder it is called in, with its slash. */
  readonly folder: string;
}

/** The commands of manifests, README and design call files and scripts that exist. */
export function* commands(project: Project): Generator<Finding> {
  const told = new Set<string>();
  for (const shown of shownIn(project)) {
    for (const { path = shown.path, message } of problemsOf(project, shown)) {
      if (path === undefined || told.has(message)) continue;
      told.add(message);
      const place = path === shown.path && shown.line !== undefined ? { line: shown.line } : {};
      yield { path, ...place, kind: "command", message };
    }
  }
  yield* programs(project);
}

function* shownIn(project: Project): Generator<Shown> {
  for (const [path, text] of project.files) {
    if (!/^readme[\w.-]*\.md$/i.test(path)) continue;
    // after `cd` the lines that follow are called there
    let folder = "";
    for (const { line, command } of commandsIn(text)) {
      // what the README of a library shows may be about the programs of its users
      if (
        project.contracts.length > 0 ||
        project.commands.some((other) => other.includes(command)) ||
        /^(?:npm|yarn|pnpm|make)\b/.test(command)
      ) {
        yield { command, path, line, folder };
      }
      const moved = /^cd\s+([\w./-]+)\/?$/.exec(command)?.[1];
      const into = moved === undefined ? undefined : pathFrom(folder, moved);
      if (into !== undefined) folder = into === "" || !isFolder(project, `${into}/`) ? "" : `${into}/`;
    }
  }
  for (const pack of project.npm) {
    const text = project.files.get(pack.path) ?? "";
    for (const [name, command] of pack.scripts) {
      const at = text.indexOf(JSON.stringify(name), text.indexOf('"scripts"'));
      yield { command, path: pack.path, line: text.slice(0, Math.max(at, 0)).split("\n").length, folder: pack.folder };
    }
  }
  for (const command of project.commands) yield { command, path: undefined, folder: "" };
}

const isFolder = (project: Project, folder: string) => [...project.paths].some((path) => path.startsWith(folder));

interface Problem {
  /** Another file than the one that shows the command. */
  readonly path?: string;
  readonly message: string;
}

function* problemsOf(project: Project, shown: Shown): Generator<Problem> {
  let { folder } = shown;
  const where = shown.path === undefined ? "" : `${shown.path}: `;
  for (const call of callsOf(shown.command)) {
    if (call.program === "cd") {
      const into = pathFrom(folder, call.words[0] ?? "");
      if (into === undefined) return;
      folder = into === "" || !isFolder(project, `${into}/`) ? "" : `${into}/`;
      continue;
    }
    if (/^(?:git|mkdir|curl|wget|unzip|tar|docker|ssh)$/.test(call.program) && shown.path === undefined) continue;
    for (const need of needsOf(call)) {
      const problem = problemOf(project, need, folder);
      if (problem) yield { ...problem, message: `${where}${JSON.stringify(shown.command)} ${problem.message}` };
      if (problem) return;
    }
  }
}

function problemOf(project: Project, need: Need, folder: string): Problem | undefined {
  switch (need.type) {
    case "file":
      return lostFile(project, need, folder);
    case "manifest":
      return foldersAbove(folder).some((above) => project.paths.has(above + need.path)) ||
        (need.path === "Makefile" && hasMakefile(project, folder))
        ? undefined
        : { path: folder + need.path, message: `needs ${folder}${need.path}, which does not exist` };
    case "script": {
      const pack = project.npm.find((one) => folder.startsWith(one.folder));
      if (!pack || pack.scripts.has(need.name)) return undefined;
      if (need.name === "start" && project.paths.has(`${pack.folder}server.js`)) return undefined;
      const names = [...pack.scripts.keys()];
      const near = meant(need.name, names);
      const hint = near === undefined ? `it has ${listed(names)}` : `${near} was probably meant`;
      return { path: pack.path, message: `needs the script ${need.name}, which ${pack.path} does not have; ${hint}` };
    }
    case "target": {
      const text = project.files.get(`${folder}Makefile`) ?? project.files.get("Makefile");
      if (text === undefined || /^include\b|\$\(|%/m.test(text.replaceAll(/^\t.*$/gm, ""))) return undefined;
      const targets = [...text.matchAll(/^([\w. -]+):(?!=)/gm)].flatMap(([, names = ""]) => names.trim().split(/\s+/));
      if (targets.includes(need.name)) return undefined;
      return {
        path: `${folder}Makefile`,
        message: `needs the target ${need.name}, which the Makefile does not have; it has ${listed(targets.filter((name) => !name.startsWith(".")))}`,
      };
    }
  }
}

const hasMakefile = (project: Project, folder: string) =>
  ["makefile", "GNUmakefile", "CMakeLists.txt"].some(
    (name) => project.paths.has(folder + name) || project.paths.has(name),
  );

function lostFile(
  project: Project,
  { path, also }: Extract<Need, { type: "file" }>,
  folder: string,
): Problem | undefined {
  const forms = [path, ...also].flatMap((form) => pathFrom(folder, form) ?? []);
  const wanted = forms[0];
  if (wanted === undefined || forms.some((form) => isThere(project, form))) return undefined;
  if (isBuilt(project, wanted) || project.contracts.some((contract) => forms.includes(contract.path))) return undefined;
  const names = [...project.paths];
  const near = names.find((other) => fileNameOf(other) === fileNameOf(wanted)) ?? meant(wanted, names);
  const hint = near === undefined ? "" : `; ${near} was probably meant`;
  return { message: `calls ${wanted}, which does not exist${hint}` };
}

function isThere(project: Project, path: string): boolean {
  if (project.paths.has(path)) return true;
  const folder = path.replace(/\*\.go$/, "");
  if (folder !== path) return [...project.paths].some((other) => other.startsWith(folder) && other.endsWith(".go"));
  return isFolder(project, `${path.replace(/\/$/, "")}/`);
}

/** Whether a compiler writes the file: from a source of the same name, or where nothing else is kept. */
function isBuilt(project: Project, path: string): boolean {
  const folders = /^(?:[\w-]+\/)*(?:dist|build|out|lib|target|bin|\.next|\.output)\//;
  if (!folders.test(path)) return false;
  const sources = [...project.paths].filter((other) => /\.[cm]?[jt]sx?$/.test(other));
  // what the TypeScript compiler writes has the name of its source; a bundler may choose another
  const compiled =
    project.paths.has("tsconfig.json") &&
    !project.npm.some(({ declared }) => [...declared].some((name) => bundlers.test(name)));
  return !compiled || sources.some((other) => stemOf(other) === stemOf(path));
}

const bundlers = /^(?:vite|webpack|rollup|esbuild|parcel|tsup|tsdown|@vercel\/ncc|next|nuxt|@swc\/cli|bun|unbuild)$/;

/** The programs that manifests offer exist. */
function* programs(project: Project): Generator<Finding> {
  for (const { path, folder, bin } of project.npm) {
    for (const target of bin) yield* offered(project, path, folder, target);
  }
  for (const { path, folder, bin } of project.rust) {
    for (const target of bin) yield* offered(project, path, folder, target);
  }
}

function* offered(project: Project, path: string, folder: string, target: string): Generator<Finding> {
  const wanted = pathFrom(folder, target);
  if (wanted === undefined || project.paths.has(wanted) || isBuilt(project, wanted)) return;
  const hasEnding = [...project.paths].some((other) => other.replace(/\.\w+$/, "") === wanted);
  if (hasEnding || project.contracts.some((contract) => contract.path === wanted)) return;
  yield { path, kind: "command", message: `${path} offers the program ${target}, which does not exist` };
}
