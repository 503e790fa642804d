import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Git } from "./git.ts";

/** What a run committed before it was broken off. */
export interface Past {
  /**
   * The commit in which a step of the run was done already: the newest of that step, if exactly these files are in it
   * (undefined is a file that is gone). A step that had changed nothing has none, but counts as done, with no hash, as
   * long as the steps after it may be done.
   */
  find(
    step: string,
    files: Readonly<Record<string, string | undefined>>,
  ): Promise<{ readonly hash: string } | undefined>;
}

export const noPast: Past = { find: async () => undefined };

interface Commit {
  readonly hash: string;
  readonly run: string;
  readonly step: string;
  /** What it changed: path -> the content, empty where the file went. */
  readonly blobs: ReadonlyMap<string, string>;
}

/** Reads it with one look at the history, since a commit where there was none of the run yet, or from the beginning. */
export async function readPast(
  git: Git,
  { run, since = "" }: { readonly run: string; readonly since?: string },
): Promise<Past> {
  if ((await git(["rev-parse", "--verify", "--quiet", "HEAD"])).trim() === "") return noPast;
  const commits = await commitsOf(git, since);
  const own = commits.flatMap((commit, at) =>
    run !== "" && commit.run === run && commit.step !== "" ? [[commit.step, at] as const] : [],
  );
  if (own.length === 0) return noPast;
  const newest = new Map(own);
  const blobAt = lookUp(git, commits);
  /** How far the steps have come that were done already; undefined after the first that was not. */
  let reached: number | undefined = -1;
  /** Path -> the commit of the newest step so far that has written it, or infinity where that is being done anew. */
  const written = new Map<string, number>();

  const holds = async (at: number, files: Readonly<Record<string, string | undefined>>) => {
    for (const [path, text] of Object.entries(files)) {
      const blob = await blobAt(at, path);
      if (text === undefined ? blob !== "" : !(await isOf(git, blob, path, text))) return false;
    }
    return true;
  };
  return {
    async find(step, files) {
      const at = newest.get(step) ?? reached;
      const paths = Object.keys(files);
      // what an earlier step has just written again is older than what this one had written
      const behind = at === undefined || paths.some((path) => (written.get(path) ?? -1) > at);
      const done = !behind && (await holds(at, files));
      for (const path of paths) written.set(path, done ? at : Number.POSITIVE_INFINITY);
      if (done) {
        if (reached !== undefined) reached = Math.max(reached, at);
        return { hash: newest.has(step) ? (commits[at]?.hash ?? "") : "" };
      }
      reached = undefined;
      return undefined;
    },
  };
}

/** How git is asked for what a commit says of itself in its last paragraph. */
export const trailerField = (name: string): string => `%(trailers:key=${name},valueonly,separator=%x20)`;

/** The commits of the branch, oldest first. */
async function commitsOf(git: Git, since: string): Promise<Commit[]> {
  const format = `%x01%H%x00${trailerField("Metagpt-Run")}%x00${trailerField("Metagpt-Step")}`;
  const shown = ["--reverse", "--first-parent", "-m", "--root", "--raw", "--no-abbrev", "--no-renames", "-z"];
  const range = since === "" ? "HEAD" : `${since}..HEAD`;
  const fields = (await git(["log", ...shown, `--format=${format}`, range])).split("\0");
  const commits: (Commit & { readonly blobs: Map<string, string> })[] = [];
  for (let at = 0; at < fields.length; ) {
    const field = fields[at] ?? "";
    if (field.startsWith("\u0001")) {
      const [run = "", step = ""] = fields.slice(at + 1, at + 3);
      commits.push({ hash: field.slice(1), run: run.trim(), step: step.trim(), blobs: new Map() });
      at += 3;
    } else if (/^\n?:/.test(field)) {
      const [, , , blob = "", status = ""] = field.trim().split(" ");
      commits.at(-1)?.blobs.set(fields[at + 1] ?? "", status === "D" ? "" : blob);
      at += 2;
    } else at += 1;
  }
  return commits;
}

/** What stood at a path after the commit of that number: empty for nothing. What stood before the first is looked up once. */
function lookUp(git: Git, commits: readonly Commit[]): (at: number, path: string) => Promise<string> {
  const changes = new Map<string, { readonly at: number; readonly blob: string }[]>();
  for (const [at, { blobs }] of commits.entries()) {
    for (const [path, blob] of blobs) {
      const known = changes.get(path);
      if (known) known.push({ at, blob });
      else changes.set(path, [{ at, blob }]);
    }
  }
  let before: Promise<ReadonlyMap<string, string>> | undefined;
  return async (at, path) => {
    const last = changes.get(path)?.findLast((change) => change.at <= at);
    if (last) return last.blob;
    before ??= treeBefore(git, commits[0]?.hash ?? "HEAD");
    return (await before).get(path) ?? "";
  };
}

async function treeBefore(git: Git, commit: string): Promise<ReadonlyMap<string, string>> {
  const parent = (await git(["rev-parse", "--verify", "--quiet", `${commit}^`])).trim();
  if (parent === "") return new Map();
  const entries = (await git(["ls-tree", "-r", "-z", "--full-tree", parent])).split("\0");
  return new Map(
    entries.flatMap((entry) => {
      const [, blob, path] = /^\d+ \w+ ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
      return blob === undefined || path === undefined ? [] : [[path, blob]];
    }),
  );
}

/** Whether a text is kept as that content, be it in the form that the line ends and filters of the repository give it. */
async function isOf(git: Git, blob: string, path: string, text: string): Promise<boolean> {
  if (blob === "") return false;
  const hash = createHash(blob.length === 64 ? "sha256" : "sha1");
  const bytes = Buffer.from(text);
  if (hash.update(`blob ${bytes.length}\0`).update(bytes).digest("hex") === blob) return true;
  const aside = await mkdtemp(join(tmpdir(), "metagpt-text-"));
  try {
    await writeFile(join(aside, "text"), bytes);
    return (await git(["hash-object", `--path=${path}`, join(aside, "text")])).trim() === blob;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
