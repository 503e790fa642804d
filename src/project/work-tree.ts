import { basename } from "node:path";
import { openProject, writeFiles } from "../workspace.ts";
import { unifiedDiff } from "./edits/index.ts";
import { type History, openHistory } from "./history.ts";
import type { Repository } from "./repository/index.ts";
import { withChanges } from "./with-changes.ts";

/** Where a run puts its files: path -> text, or null for a file that goes. */
type Files = Readonly<Record<string, string | null>>;

/** The place that a run works in. Opened once, then committed to. */
export interface WorkTree {
  open(name: string): Promise<{ readonly name: string; readonly folder: string; readonly warnings: readonly string[] }>;
  commit(
    message: string,
    files: Files,
  ): Promise<{
    readonly written: string[];
    readonly hash: string;
    readonly warnings: readonly string[];
    /** Set where the commit is the first of a new branch. */
    readonly branch?: string;
  }>;
}

/** A new folder of the workspace with a history of its own. */
export const newProject = (workspace: string, run: string): WorkTree =>
  ownProject((name) => openProject(workspace, name), run);

/** A project that an earlier run began, with the name that it has. */
export const begunProject = (project: { readonly folder: string; readonly name: string }, run: string): WorkTree =>
  ownProject(async () => project, run);

function ownProject(
  find: (name: string) => Promise<{ readonly folder: string; readonly name: string }>,
  run: string,
): WorkTree {
  let project: { folder: string; history: History } | undefined;
  return {
    async open(name) {
      const opened = await find(name);
      project = { folder: opened.folder, history: await openHistory(opened.folder, { run }) };
      const warnings = project.history.available
        ? []
        : ["git is not installed: the files are written, but without a history"];
      return { folder: opened.folder, name: opened.name, warnings };
    },
    async commit(message, files) {
      if (!project) throw new Error("a document was published before the project was opened");
      const { written, warnings } = await writeFiles(project.folder, withChanges({}, files));
      return { written, warnings, hash: await project.history.commit(message, written) };
    },
  };
}

/** A repository that exists; the first commit begins a branch. Files that no document names stay as they are. */
export function changedRepository(repository: Repository, run: string): WorkTree {
  let branch: { readonly name: string; made: boolean } | undefined;
  return {
    async open(name) {
      branch = { name, made: false };
      return { name: basename(repository.folder), folder: repository.folder, warnings: [] };
    },
    async commit(message, files) {
      if (!branch) throw new Error("a file was published before the repository was opened");
      const began = branch.made ? "" : await repository.branchOff(branch.name);
      branch.made = true;
      const texts = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text ?? undefined]));
      const hash = await repository.commit(message, texts, run);
      return { written: hash === "" ? [] : Object.keys(files), hash, warnings: [], ...(began && { branch: began }) };
    },
  };
}

/** What a run would have done. */
export interface DryRun extends WorkTree {
  /** As a unified diff. */
  diff(): Promise<string>;
}

/** A repository that is only looked at, as it was read: what would be written is kept, to be shown. */
export function dryRun(folder: string, files: Readonly<Record<string, string>>): DryRun {
  const changed: Record<string, string | undefined> = {};
  return {
    open: async () => ({ name: "dry run", folder, warnings: [] }),
    async commit(_message, written) {
      for (const [path, text] of Object.entries(written)) changed[path] = text ?? undefined;
      return { written: [], hash: "", warnings: [] };
    },
    async diff() {
      const before = Object.keys(changed).flatMap((path) => (files[path] === undefined ? [] : [[path, files[path]]]));
      return unifiedDiff(Object.fromEntries(before), changed);
    },
  };
}
