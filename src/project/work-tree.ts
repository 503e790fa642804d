import { basename } from "node:path";
import { acceptFiles, writeAccepted } from "../workspace.ts";
import { claimProject, type Place, readPlace, writePlace } from "./claim-project.ts";
import { noPast, type Past } from "./committed-steps.ts";
import { unifiedDiff } from "./edits/index.ts";
import { handEdits } from "./hand-edits.ts";
import { type History, openHistory, projectGit } from "./history.ts";
import { leftOverIn } from "./leftovers.ts";
import type { Repository } from "./repository/index.ts";
import { clearLocks } from "./stale-locks.ts";
import { announce, brokenOff } from "./under-way.ts";
import { withChanges } from "./with-changes.ts";

/** One commit of a run. */
interface Step {
  /** Its identity within the run. */
  readonly key: string;
  readonly message: string;
  /** Path -> text, or null for a file that goes. */
  readonly files: Readonly<Record<string, string | null>>;
}

interface Committed {
  readonly written: readonly string[];
  readonly hash: string;
  readonly warnings: readonly string[];
  /** Set where the commit is the first of a new branch. */
  readonly branch?: string;
  /** The step was done before the run was broken off: nothing was written, and nothing committed. */
  readonly already?: true;
  /** What a person had changed meanwhile, committed before. */
  readonly byHand?: { readonly message: string; readonly files: readonly string[]; readonly hash: string };
}

interface Opened {
  readonly name: string;
  readonly folder: string;
  readonly warnings: readonly string[];
  /** Set where the run had begun a branch before. */
  readonly branch?: string;
}

/** The place that a run works in. Opened once, then committed to; both find what was done before the run was broken off. */
export interface WorkTree {
  open(name: string): Promise<Opened>;
  commit(step: Step): Promise<Committed>;
}

/** A new folder of the workspace with a history of its own; the same folder when the run goes on. */
export const newProject = (of: {
  readonly workspace: string;
  readonly run: string;
  readonly runFolder: string;
}): WorkTree => ownProject((name) => claimProject(of, name), of);

/** A project that an earlier run began, with the name that it has. */
export const begunProject = (
  project: { readonly folder: string; readonly name: string },
  run: string,
  runFolder: string,
): WorkTree => ownProject(async () => ({ ...project, resumed: true }), { run, runFolder });

interface Own {
  readonly folder: string;
  readonly history: History;
  readonly past: Past;
  /** What a person may have changed is still to be recorded. */
  unseen: boolean;
}

function ownProject(
  find: (name: string) => Promise<{ readonly folder: string; readonly name: string; readonly resumed: boolean }>,
  { run, runFolder }: { readonly run: string; readonly runFolder: string },
): WorkTree {
  let project: Own | undefined;
  return {
    async open(name) {
      const { folder, name: own, resumed } = await find(name);
      if (resumed) await clearLocks(folder);
      const history = await openHistory(folder, { run });
      project = { folder, history, past: resumed ? await history.past() : noPast, unseen: resumed };
      const warnings = history.available ? [] : ["git is not installed: the files are written, but without a history"];
      return { folder, name: own, warnings };
    },
    async commit({ key, message, files }) {
      if (!project) throw new Error("a document was published before the project was opened");
      const { folder, history, past } = project;
      const { accepted, warnings } = await acceptFiles(folder, withChanges({}, files));
      const before = await past.find(key, accepted);
      if (before) return { written: [], hash: before.hash, warnings: [], already: true };
      const byHand = project.unseen && history.available ? await commitByHand(project, accepted, runFolder) : undefined;
      project.unseen = false;
      const forget = await announce(runFolder, accepted);
      const written = await writeAccepted(folder, accepted);
      const hash = await history.commit(message, written, key);
      await forget();
      return { written, warnings, hash, ...(byHand && { byHand }) };
    },
  };
}

/** Records what a person has changed while the run was stopped, so that nothing of it is lost. */
async function commitByHand(
  { folder, history }: Own,
  writes: Readonly<Record<string, string>>,
  runFolder: string,
): Promise<Committed["byHand"]> {
  const leftOver = await leftOverIn(folder, runFolder);
  const ours = await brokenOff(runFolder, folder);
  const git = projectGit(folder);
  const files = await handEdits({ git, folder, writes, ours, leftOver });
  const message = "Changed by hand while the run was stopped";
  const hash = await history.commit(message, files);
  return hash === "" ? undefined : { message, files, hash };
}

/** A repository that exists; the first commit begins a branch. Files that no document names stay as they are. */
export function changedRepository(
  repository: Repository,
  {
    run,
    runFolder,
    held = {},
  }: {
    readonly run: string;
    readonly runFolder: string;
    /** Its text files as the run began with them, be they committed or not. */
    readonly held?: Readonly<Record<string, string>>;
  },
): WorkTree {
  let place: Place | undefined;
  let past = noPast;
  /** Given where the run goes on: only what it found, or wrote itself, is overwritten. */
  let known: Readonly<Record<string, string>> | undefined;
  let ours: ReadonlySet<string> = new Set();
  let wanted = "";

  const begin = async (base: string, branch: string) => {
    place = { folder: repository.folder, name: basename(repository.folder), base, branch };
    await writePlace(runFolder, place);
    await repository.standOn({ base, branch });
    return branch;
  };
  return {
    async open(name) {
      wanted = name;
      const about = { name: basename(repository.folder), folder: repository.folder, warnings: [] };
      place = await readPlace(runFolder);
      const { base = repository.head, branch } = place ?? {};
      if (!place) await writePlace(runFolder, { folder: about.folder, name: about.name, base });
      else known = held;
      if (branch === undefined) {
        if (place) await repository.standAt(base);
        return about;
      }
      await repository.standOn({ base, branch });
      ours = await brokenOff(runFolder, about.folder);
      past = await repository.past(run, base);
      return { ...about, branch };
    },
    async commit({ key, message, files }) {
      const texts = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text ?? undefined]));
      const before = await past.find(key, texts);
      if (before) return { written: [], hash: before.hash, warnings: [], already: true };
      const began = place?.branch === undefined ? await begin(...(await repository.newBranch(wanted))) : undefined;
      const forget = await announce(runFolder, texts);
      const hash = await repository.commit(message, texts, run, { step: key, ...(known && { known, ours }) });
      await forget();
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
    async commit({ files: written }) {
      for (const [path, text] of Object.entries(written)) changed[path] = text ?? undefined;
      return { written: [], hash: "", warnings: [] };
    },
    async diff() {
      const before = Object.keys(changed).flatMap((path) => (files[path] === undefined ? [] : [[path, files[path]]]));
      return unifiedDiff(Object.fromEntries(before), changed);
    },
  };
}
