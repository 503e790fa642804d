import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, sep } from "node:path";
import { searchPath } from "./environment.ts";
import { isInside } from "./inside.ts";

/** Programs and libraries of the system, and what they read of /etc; none of it is anybody's own. */
export const systemFolders = ["/usr", "/opt", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store"];

/**
 * Toolchains that stand elsewhere, mostly in the user's home: the folders of PATH, and the folders around the programs
 * they lead to. Never the home itself, nor a folder in which people keep anything but programs.
 */
export function toolchainFolders(folder: string): string[] {
  const directories = searchPath(folder);
  const programs = directories.flatMap((directory) => known.flatMap((name) => real(join(directory, name))));
  const found = [...directories, ...programs.map(dirname)].flatMap((directory) => around(directory));
  if (programs.some((program) => basename(dirname(dirname(program))) === ".cargo"))
    found.push(process.env.RUSTUP_HOME ?? join(homedir(), ".rustup"));
  const roots = [...new Set(found.flatMap(real))].filter(
    (root) => !systemFolders.some((system) => isInside(root, system)) && !tooWide(root, folder),
  );
  return roots.filter((root) => !roots.some((other) => other !== root && isInside(root, other))).sort();
}

/** The programs whose links are followed. */
const known =
  "node npm npx pnpm yarn bun deno python python3 pip uv go gofmt cargo rustc java javac mvn gradle gcc cc g++ clang make cmake ruby bundle php composer dotnet kotlinc swift git".split(
    " ",
  );

/** Folders that hold nothing but toolchains; they stand in a home, though not always in one's own. */
const managers =
  ".pyenv .nvm .rbenv .rvm .asdf .volta .bun .deno .sdkman .nodenv .goenv .jenv .fnm .rustup .dotnet .phpenv .jabba miniconda3 anaconda3 miniforge3 mambaforge".split(
    " ",
  );

/** A folder of programs, or the whole installation that it is a part of. */
function around(directory: string): string[] {
  const parts = directory.split(sep);
  const manager = parts.findIndex((part) => managers.includes(part));
  if (manager > 0) return [parts.slice(0, manager + 1).join(sep)];
  const home = real(homedir())[0];
  const installation = dirname(directory);
  const isInstallation =
    basename(directory) === "bin" &&
    depth(installation) >= (home !== undefined && isInside(installation, home) ? depth(home) + 2 : 2) &&
    (existsSync(join(installation, "lib")) ||
      existsSync(join(installation, "pyvenv.cfg")) ||
      existsSync(join(installation, "package.json")));
  return [isInstallation ? installation : directory];
}

const depth = (path: string) => path.split(sep).filter((name) => name !== "").length;

/** Whether it would open the home, the project's surroundings, or what is not about programs at all. */
function tooWide(root: string, folder: string): boolean {
  const personal = [...real(homedir()), folder, ...real(process.cwd())];
  return (
    depth(root) < 2 || personal.some((path) => isInside(path, root)) || /^\/(?:etc|proc|sys|dev|run|boot)\//.test(root)
  );
}

function real(path: string): string[] {
  try {
    return [realpathSync(path)];
  } catch {
    return [];
  }
}
