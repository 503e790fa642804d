import { lstat, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Git } from "../git.ts";
import { staysInside } from "./disk.ts";

interface Texts {
  readonly files: Readonly<Record<string, string>>;
  readonly leftOut: readonly string[];
}

/** No file above this size is read, nor more than this altogether. */
const largest = { file: 200_000, together: 50_000_000 };

/** Reads the text files that git tracks, or would track, following no links. */
export async function readTexts(
  git: Git,
  folder: string,
  { untracked }: { readonly untracked: boolean },
): Promise<Texts> {
  const files = new Map<string, string>();
  const leftOut = new Set<string>();
  const real = folderCheck(folder);
  let size = 0;
  for (const path of await listed(git, untracked)) {
    const reason = reasonByName(path);
    if (reason) {
      leftOut.add(reason);
      continue;
    }
    const found = (await real(dirname(path))) ? await lstat(join(folder, path)).catch(() => undefined) : undefined;
    if (!found) continue;
    const text = found.isFile() && found.size <= largest.file ? await textOf(join(folder, path)) : undefined;
    if (!found.isFile()) leftOut.add(`${path} (no plain file)`);
    else if (found.size > largest.file) leftOut.add(`${path} (${Math.ceil(found.size / 1000)} kB)`);
    else if (text === undefined) leftOut.add(`${path} (binary)`);
    else if (minified(path, text)) leftOut.add(`${path} (minified)`);
    else if (size + text.length > largest.together) leftOut.add(`${path} (too much altogether)`);
    else {
      files.set(path, text);
      size += text.length;
    }
  }
  return { files: Object.fromEntries(files), leftOut: [...leftOut] };
}

/**
 * What stands in the work tree and must not be written by anybody who has not read it: tracked files besides `read`, links,
 * submodules, and all that git does not track, ignored or not. A folder stands for all that is in it.
 */
export async function closedPaths(git: Git, read: Readonly<Record<string, string>>): Promise<string[]> {
  const tracked = (await git(["ls-files", "-z"])).split("\0");
  // without the usual exclusions, so that ignored files are among them
  const others = (await git(["ls-files", "-z", "--others", "--directory"])).split("\0");
  const closed = [...tracked.filter((path) => read[path] === undefined), ...others];
  return [...new Set(closed.map((path) => path.replace(/\/$/, "")).filter((path) => path !== ""))].sort();
}

async function listed(git: Git, untracked: boolean): Promise<string[]> {
  const staged = (await git(["ls-files", "-z", "--stage"])).split("\0");
  const tracked = staged.flatMap((entry) => {
    const [, mode, path] = /^(\d+) [0-9a-f]+ \d\t(.*)$/s.exec(entry) ?? [];
    // a submodule is a repository of its own
    return mode === undefined || mode === "160000" ? [] : [path ?? ""];
  });
  const others = untracked ? (await git(["ls-files", "-z", "--others", "--exclude-standard"])).split("\0") : [];
  return [...new Set([...tracked, ...others])].filter(staysInside).sort();
}

const foreign =
  /^(?:node_modules|bower_components|jspm_packages|vendor|third[_-]party|site-packages|\.?venv|Pods|\.yarn|__pycache__)$/i;
const locks =
  /^(?:package-lock\.json|npm-shrinkwrap\.json|packages\.lock\.json|pnpm-lock\.yaml|bun\.lockb?|go\.sum|gradle\.lockfile|(?:yarn|deno|poetry|Pipfile|uv|pdm|Cargo|composer|Gemfile|Podfile|flake|mix|pubspec)\.lock)$/i;

/** What to say of a path that is left out for its name: of a foreign folder once. */
function reasonByName(path: string): string | undefined {
  const names = path.split("/");
  const at = names.slice(0, -1).findIndex((name) => foreign.test(name));
  if (at >= 0) return `${names.slice(0, at + 1).join("/")}/ (foreign code)`;
  if (locks.test(names.at(-1) ?? "")) return `${path} (lock file)`;
  return /\.min\.(?:[cm]?js|css)$|\.(?:[cm]?js|css)\.map$/i.test(path) ? `${path} (minified)` : undefined;
}

/** Says of folders whether they can be reached without a link. */
function folderCheck(root: string) {
  const known = new Map<string, boolean>([[".", true]]);
  return async function real(path: string): Promise<boolean> {
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = (await real(dirname(path))) ? await lstat(join(root, path)).catch(() => undefined) : undefined;
    known.set(path, found?.isDirectory() === true);
    return found?.isDirectory() === true;
  };
}

/** The text of a file with its byte order mark; undefined if it is none. */
async function textOf(file: string): Promise<string | undefined> {
  const bytes = await readFile(file);
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function minified(path: string, text: string): boolean {
  if (!/\.(?:[cm]?js|css)$/i.test(path) || text.length < 5000) return false;
  return text.length / text.split("\n").length > 400;
}
