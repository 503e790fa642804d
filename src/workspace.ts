import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DiskError, errorCode, onDisk } from "./errors.ts";
import { cleanPath, folded, projectName, uniquePaths } from "./project/path.ts";
import { syncFolder, writeWholeFile } from "./whole-file.ts";

/** Every user of the machine may read what a run writes, and only its owner may change it. */
const mode = 0o644;

/**
 * Moves a prepared folder to a free name below `root`, as a new project. What exists is never touched: the project gets
 * `-2` then. The place is told before it is taken, and again where somebody else was faster.
 */
export async function openProject(
  root: string,
  name: string,
  { prepared, tell }: { readonly prepared: string; readonly tell: (project: Project) => Promise<unknown> },
): Promise<Project> {
  const wanted = projectName(name);
  await doing(`create the workspace ${resolve(root)}`, () => mkdir(root, { recursive: true }));
  for (let count = 1; ; count++) {
    const free = count === 1 ? wanted : `${wanted}-${count}`;
    const folder = resolve(root, free);
    if (await doing(`create ${folder}`, () => stands(folder))) continue;
    await tell({ folder, name: free });
    if (await doing(`create ${folder}`, () => moved(prepared, folder))) return { folder, name: free };
  }
}

/** Makes a folder, unless it is there already. */
export async function keepFolder(folder: string): Promise<void> {
  await doing(`create ${folder}`, () => mkdir(folder, { recursive: true }));
}

interface Project {
  readonly folder: string;
  readonly name: string;
}

/**
 * Creates the folder that keeps a run: `<root>/.runs/<id>`. Only its owner may look in, for it may hold the texts of a
 * private repository.
 */
export async function createRunFolder(root: string, id: string): Promise<string> {
  const folder = resolve(root, ".runs", fileName(id));
  await doing(`create ${dirname(folder)}`, () => mkdir(dirname(folder), { recursive: true }));
  if (await doing(`create ${folder}`, () => created(folder, 0o700))) return folder;
  throw new DiskError(`The run folder ${folder} exists already.`, { hint: "Start the run again; it gets a new id." });
}

/**
 * Writes files below a project folder, each one whole or not at all. Paths come from a model: those that are not plain
 * paths of new or regular files inside the folder are left out, with a warning.
 */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<{ written: string[]; warnings: readonly string[] }> {
  const { accepted, warnings } = await acceptFiles(folder, files);
  return { written: await writeAccepted(folder, accepted), warnings };
}

/** Writes files that were accepted, and gives their paths. */
export async function writeAccepted(folder: string, accepted: Readonly<Record<string, string>>): Promise<string[]> {
  const written = Object.keys(accepted);
  for (const [path, text] of Object.entries(accepted)) {
    await doing(`write ${path} in ${folder}`, async () => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeWholeFile(join(folder, path), text, { mode, syncing: false });
    });
  }
  for (const below of new Set(written.map((path) => dirname(join(folder, path))))) await syncFolder(below);
  return written;
}

/** What of these files would be written, by the paths that they get, with a warning for everything else. */
export async function acceptFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<{ accepted: Readonly<Record<string, string>>; warnings: readonly string[] }> {
  const warnings: string[] = [];
  const texts = new Map<string, string>();
  const paths = Object.entries(files).flatMap(([raw, text]) => {
    const cleaned = cleanPath(raw);
    if ("refused" in cleaned) {
      warnings.push(`A file was not written: ${cleaned.refused}.`);
      return [];
    }
    if (cleaned.note) warnings.push(`${cleaned.note}.`);
    if (!texts.has(cleaned.path)) texts.set(cleaned.path, text);
    return [cleaned.path];
  });
  const { kept, refused } = uniquePaths(paths);
  warnings.push(...refused.map(({ reason }) => `A file was not written: ${reason}.`));

  const accepted: [string, string][] = [];
  for (const path of kept) {
    const problem = await doing(`write ${path} in ${folder}`, () => obstacle(folder, path));
    if (problem) warnings.push(`A file was not written: ${path} ${problem}.`);
    else accepted.push([path, texts.get(path) ?? ""]);
  }
  return { accepted: Object.fromEntries(accepted), warnings };
}

/** Writes a file of the run itself, whose name may hold anything (a key such as `WriteCode/src/a.js/1.1`); gives its name. */
export async function writeRunFile(folder: string, name: string, text: string): Promise<string> {
  const file = fileName(name);
  await doing(`write ${file} in ${folder}`, () => writeWholeFile(join(folder, file), text, { mode }));
  return file;
}

/** Whether something of that name exists, whatever it is. */
async function stands(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** False if something stands at that place by now. */
async function moved(prepared: string, folder: string): Promise<boolean> {
  try {
    await rename(prepared, folder);
  } catch (error) {
    if (await stands(folder)) return false;
    // the run folder may be on another disk
    if (errorCode(error) !== "EXDEV") throw error;
    if (!(await created(folder))) return false;
    await rm(prepared, { recursive: true });
  }
  await syncFolder(dirname(folder));
  return true;
}

/** False if something of that name exists, whatever it is. */
async function created(folder: string, access = 0o777): Promise<boolean> {
  try {
    await mkdir(folder, access);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** What is in the way of a file, if anything; nothing is reached through a link. */
async function obstacle(folder: string, path: string): Promise<string | undefined> {
  const names = path.split("/");
  let parent = folder;
  for (const [index, name] of names.entries()) {
    const last = index === names.length - 1;
    const there = (await readdir(parent)).filter((entry) => folded(entry) === folded(name));
    const here = join(parent, name);
    if (there.length === 0) return undefined;
    if (!there.includes(name)) return `differs only in case from the existing ${there[0]}`;
    const found = await lstat(here);
    if (found.isSymbolicLink()) return `leads through the link ${names.slice(0, index + 1).join("/")}`;
    if (last && !found.isFile()) return "exists and is not a file";
    if (!last && !found.isDirectory())
      return `needs the folder ${names.slice(0, index + 1).join("/")}, which is a file`;
    parent = here;
  }
  return undefined;
}

/** One plain file name for any text; different texts give different names. */
function fileName(text: string): string {
  const plain = text.replaceAll("/", "+");
  if (/^\w[\w.+-]{0,99}$/.test(plain) && !text.includes("+") && !plain.endsWith(".")) return plain;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
  return `${plain.replace(/[^\w+-]+/g, "_").slice(0, 80)}_${hash}`;
}

const reasons: Record<string, { reason: string; hint: string }> = {
  ENOSPC: {
    reason: "no space is left on the disk",
    hint: "Free some space, or choose another place with --workspace.",
  },
  EDQUOT: { reason: "the disk quota is used up", hint: "Free some space, or choose another place with --workspace." },
  EACCES: { reason: "permission denied", hint: "Make the folder writable, or choose another with --workspace." },
  EPERM: { reason: "not permitted", hint: "Make the folder writable, or choose another with --workspace." },
  EROFS: { reason: "the disk is read-only", hint: "Choose another place with --workspace." },
  ENAMETOOLONG: { reason: "the path is too long", hint: "Choose a place with a shorter path with --workspace." },
  ENOENT: { reason: "a folder of the path is gone", hint: "Something else removed it; run again." },
  ENOTDIR: { reason: "a part of the path is a file", hint: "Choose another place with --workspace." },
  EEXIST: { reason: "a file of that name is in the way", hint: "Choose another place with --workspace." },
};

const doing = <T>(task: string, work: () => Promise<T>): Promise<T> =>
  onDisk(work, (code) => {
    const known = reasons[code] ?? { reason: "the disk reported an error", hint: "Check the disk, then run again." };
    return { message: `Cannot ${task}: ${known.reason} (${code}).`, hint: known.hint };
  });
