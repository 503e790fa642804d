import { ofPython } from "../../standard-library.ts";
import { extensionOf, stemOf } from "../paths.ts";
import { type Call, isPlainPath } from "./shell.ts";

/** What a call needs to be there. */
export type Need =
  | { readonly type: "file"; readonly path: string; readonly also: readonly string[] }
  | { readonly type: "script"; readonly name: string }
  | { readonly type: "manifest"; readonly path: string }
  | { readonly type: "target"; readonly name: string };

/** The files that a call names or cannot do without, paths from the folder it is called in. */
export function needsOf({ program, words }: Call): Need[] {
  switch (program) {
    case "node":
    case "nodemon":
    case "tsx":
    case "ts-node":
    case "electron":
      return scriptFile(words);
    case "deno":
    case "bun":
      return words[0] === "run" ? runner(words.slice(1)) : [];
    case "npm":
    case "yarn":
    case "pnpm":
      return ofPackage(words, program);
    case "python":
    case "python3":
    case "py":
      return ofPythonCall(words);
    case "streamlit":
      return words[0] === "run" ? files(words.slice(1, 2)) : [];
    case "uvicorn":
    case "gunicorn":
    case "hypercorn":
      return words
        .filter((word) => /^[A-Za-z_][\w.]*:\w+(?:\(\))?$/.test(word))
        .slice(0, 1)
        .flatMap((word) => module(word.split(":")[0] ?? "", true));
    case "pip":
    case "pip3":
      return words.flatMap((word, index) => (words[index - 1] === "-r" ? files([word]) : []));
    case "pytest":
      return files(
        words
          .filter(
            (word, index) => !word.startsWith("-") && !(words[index - 1] ?? "").startsWith("-") && /[/.]/.test(word),
          )
          .map((word) => word.replace(/::.*$/, "")),
      );
    case "bash":
    case "sh":
    case "ruby":
    case "source":
      return runner(words);
    case "php":
      return words[0] === "-S" ? [] : runner(words);
    case "java":
      return words
        .filter((word) => word.endsWith(".java"))
        .slice(0, 1)
        .flatMap((word) => files([word]));
    case "javac":
    case "gcc":
    case "g++":
    case "cc":
    case "c++":
    case "clang":
    case "clang++":
    case "rustc":
      return files(
        words.filter((word, index) => words[index - 1] !== "-o" && /\.(?:java|c|cc|cpp|cxx|rs)$/.test(word)),
      );
    case "go":
      return ofGo(words);
    case "cargo":
      return /^(?:run|build|test|check|install)$/.test(words[0] ?? "")
        ? [{ type: "manifest", path: "Cargo.toml" }]
        : [];
    case "mvn":
    case "./mvnw":
      return [{ type: "manifest", path: "pom.xml" }];
    case "make":
      return [
        { type: "manifest", path: "Makefile" },
        ...words.filter((word) => /^[a-z][\w-]*$/.test(word)).map((name) => ({ type: "target" as const, name })),
      ];
    case "cp":
      return /^\.env\./.test(words[0] ?? "") ? [{ type: "file", path: words[0] ?? "", also: [] }] : [];
    default:
      return /^\.\/[\w./-]+\.(?:sh|py|js|mjs|rb)$/.test(program) ? files([program]) : [];
  }
}

const file = (path: string, also: readonly string[] = []): Need => ({
  type: "file",
  path: path.replace(/^\.\//, ""),
  also,
});

const files = (words: readonly string[]): Need[] => words.filter(isPlainPath).map((word) => file(word));

/** The first word that is no option; undefined where an option says that there is none. */
function firstWord(words: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (/^(?:-e|-p|-c|--eval|--print|--test|--check|-v|--version)$/.test(word)) return undefined;
    if (
      /^(?:-r|--require|--import|--loader|--env-file|-P|--project|--watch|-w|--exec|-x|-L|--ext)$/.test(
        words[index - 1] ?? "",
      )
    )
      continue;
    if (!word.startsWith("-")) return word;
  }
  return undefined;
}

/** What Node.js runs: an ending may be left out. */
function scriptFile(words: readonly string[]): Need[] {
  const word = firstWord(words.filter((one) => !one.startsWith("--watch")));
  if (word === undefined || !isPlainPath(word) || word === "inspect" || word === "watch") return [];
  const path = word.replace(/^\.\//, "").replace(/\/$/, "");
  const endings = [".js", ".mjs", ".cjs", ".ts", ".json", "/index.js", "/index.ts"];
  return extensionOf(path) === ""
    ? [{ type: "file", path, also: endings.map((ending) => path + ending) }]
    : [file(path)];
}

function runner(words: readonly string[]): Need[] {
  const word = firstWord(words);
  return word !== undefined && isPlainPath(word) && extensionOf(word) !== "" ? [file(word)] : [];
}

function ofPackage(words: readonly string[], program: string): Need[] {
  const [first = "", second] = words.filter((word) => !word.startsWith("-"));
  if (words.some((word) => /^(?:--prefix|-C|--cwd|-w|--workspace|-g|--global)$/.test(word))) return [];
  const manifest: Need = { type: "manifest", path: "package.json" };
  if (first === "run" || first === "run-script")
    return second === undefined || !/^[\w:.-]+$/.test(second) ? [] : [manifest, { type: "script", name: second }];
  if (/^(?:start|test)$/.test(first)) return [manifest, { type: "script", name: first }];
  if (/^(?:install|ci|i)$/.test(first) && second === undefined) return [manifest];
  if (program === "npm" || !/^(?:dev|build|serve|lint|preview)$/.test(first)) return [];
  return [manifest, { type: "script", name: first }];
}

function ofPythonCall(words: readonly string[]): Need[] {
  const at = words.indexOf("-m");
  const script = words.findIndex((word) => !word.startsWith("-"));
  if (at < 0 || (script >= 0 && script < at)) {
    const word = firstWord(words);
    return word !== undefined && isPlainPath(word) && extensionOf(word).startsWith("py") ? [file(word)] : [];
  }
  const name = words[at + 1] ?? "";
  if (name === "uvicorn" || name === "pip" || name === "pytest")
    return needsOf({ program: name, words: words.slice(at + 2) });
  return module(name, false);
}

/** The file of a module; one of a library is nobody's to find, so it must be clear that it is the project's. */
function module(name: string, surely: boolean): Need[] {
  const top = name.split(".")[0] ?? "";
  if (!/^[A-Za-z_][\w.]*$/.test(name) || ofPython.has(top.toLowerCase())) return [];
  const path = name.replaceAll(".", "/");
  if (!surely && !name.includes(".")) return [];
  const also = [
    `${path}/__main__.py`,
    `${path}/__init__.py`,
    `src/${path}.py`,
    `src/${path}/__main__.py`,
    `src/${path}/__init__.py`,
  ];
  return [{ type: "file", path: `${path}.py`, also }];
}

function ofGo(words: readonly string[]): Need[] {
  const [first = "", ...rest] = words;
  if (!/^(?:run|build|test|vet)$/.test(first)) return [];
  const named = rest.filter((word, index) => !word.startsWith("-") && rest[index - 1] !== "-o");
  const sources = named.filter((word) => word.endsWith(".go"));
  if (sources.length > 0) return files(sources);
  const folder = named[0]?.replace(/^\.\//, "").replace(/\/$/, "") ?? "";
  const manifest: Need = { type: "manifest", path: "go.mod" };
  const isFolder = named[0]?.startsWith("./") && isPlainPath(folder) && !folder.includes("...");
  return [
    manifest,
    ...(isFolder ? [{ type: "file" as const, path: `${folder}/*.go`, also: [`${folder}/${stemOf(folder)}.go`] }] : []),
  ];
}
