import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";

/** A repository as it stands: every file, its history, and what git finds wrong with it. */
export interface Snapshot {
  /** Path -> bytes, those that git does not know among them. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** The subjects of its commits, the oldest first. */
  readonly log: readonly string[];
  /** Trees that came back after another one: what a commit did was undone and done again, or it did nothing. */
  readonly repeated: readonly string[];
  /** Mode, blob and path of every file of the newest commit. */
  readonly tree: string;
  /** What `git status --porcelain` says: nothing where all is committed. */
  readonly status: string;
  /** What `git fsck --strict` complains of. */
  readonly fsck: string;
  /** Locks that nobody holds any more. */
  readonly locks: readonly string[];
}

/** Looks at a repository and changes nothing. */
export function snapshotOf(folder: string): Snapshot {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
  const inside = /^\.git\//;
  const states = git(folder, "log", "--reverse", "--format=%T %s").split("\n").filter(Boolean);
  const trees = states.map((state) => state.slice(0, state.indexOf(" ")));
  return {
    files: new Map(paths.filter((path) => !inside.test(path)).map((path) => [path, readFileSync(join(folder, path))])),
    log: states.map((state) => state.slice(state.indexOf(" ") + 1)),
    repeated: states.filter((_, at) => trees.indexOf(trees[at] ?? "") < at),
    tree: git(folder, "ls-tree", "-r", "HEAD"),
    status: git(folder, "status", "--porcelain", "--ignored"),
    fsck: git(folder, "fsck", "--strict", "--no-dangling"),
    locks: paths.filter((path) => inside.test(path) && path.endsWith(".lock")),
  };
}

/** What is wrong with a repository whatever it should hold, in words. */
export const damages = ({ status, fsck, log, repeated, locks }: Snapshot): string[] => [
  ...(status === "" ? [] : [`git status says\n${status}`]),
  ...(fsck === "" ? [] : [`git fsck says\n${fsck}`]),
  ...(log.some((subject) => /by hand/.test(subject))
    ? ["nobody has changed anything by hand, but the log says so"]
    : []),
  ...repeated.map((state) => `a commit brought back what was there before: ${state}`),
  ...locks.map((lock) => `${lock} was left behind`),
];

/** How a repository differs from the one it should equal, in words. Its log can be left out. */
export function differences(found: Snapshot, wanted: Snapshot, { log = true }: { log?: boolean } = {}): string[] {
  const paths = [...new Set([...found.files.keys(), ...wanted.files.keys()])].sort();
  const files = paths.flatMap((path) => {
    const [is, shouldBe] = [found.files.get(path), wanted.files.get(path)];
    if (!shouldBe) return [`${path} is there and should not be`];
    if (!is) return [`${path} is missing`];
    return is.equals(shouldBe) ? [] : [`${path} has other bytes`];
  });
  const said = (what: string, is: string, shouldBe: string) =>
    is === shouldBe ? [] : [`${what} is\n${is}\nand should be\n${shouldBe}`];
  return [
    ...files,
    ...(log ? said("the log", found.log.join("\n"), wanted.log.join("\n")) : []),
    ...said("the newest tree", found.tree, wanted.tree),
  ];
}

/** What git prints, its complaints too. */
function git(folder: string, ...args: string[]): string {
  const env = { PATH: process.env.PATH ?? "", GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: "1" };
  try {
    return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", env, stdio: "pipe" });
  } catch (error) {
    return `git ${args[0]} failed: ${error instanceof Error ? error.message : error}`;
  }
}
