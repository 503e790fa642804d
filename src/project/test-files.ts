import type { Commands } from "./commands.ts";

/** A test file that is to be written: where it stands, and the line that runs it alone. */
export type TestFile = {
  readonly path: string;
  readonly line: string;
  /** The source it tests. */
  readonly of: string;
  /** What its writer must know about runner and imports. */
  readonly advice: string;
};

/** A file of the design. */
interface Source {
  readonly path: string;
  readonly exports: readonly { readonly name: string }[];
  readonly depends_on: readonly string[];
}

/** The product, as far as its tests depend on it. */
interface Tested {
  readonly commands: Commands;
  readonly files: readonly Source[];
  /** Which of the files are to be tested. */
  readonly wanted: (path: string) => boolean;
}

/** So many sources get a test of their own; those that offer most come first. */
const most = 8;

/** The tests of a product, in its own language and the runner that comes with it: one for each source that offers something. */
export function testFilesOf({ commands, files, wanted }: Tested): TestFile[] {
  const offering = files.filter(({ path, exports }) => exports.length > 0 && wanted(path));
  return offering
    .toSorted((a, b) => b.exports.length - a.exports.length)
    .flatMap(({ path }) => testFileOf(path, { commands, files }) ?? [])
    .slice(0, most);
}

/** The command that runs all of them; empty where there is none. */
export function testCommandOf(tests: readonly TestFile[]): string {
  const [first] = tests;
  if (!first) return "";
  if (first.path.endsWith(".py")) return "python3 -m unittest discover -s tests -t .";
  if (first.path.endsWith("_test.go")) return "go test ./...";
  if (first.path.endsWith(".rs")) return "cargo test";
  const compiled = tests.flatMap(({ line }) => (line.startsWith("node --test dist/") ? [line.slice(12)] : []));
  return compiled.length > 0 ? `npm run build && node --test ${compiled.join(" ")}` : "node --test";
}

/** Files that the tests need and that are ours. */
export function testHelpers(tests: readonly TestFile[]): Record<string, string> {
  return {
    ...(tests.some(({ path }) => path.endsWith(".py")) ? { "tests/__init__.py": "" } : {}),
    ...(tests.some(({ path }) => path.endsWith(".test.mjs")) ? { [scriptLoader]: loader } : {}),
  };
}

/** A test of a bug in an existing repository, beside the file that it is most likely in; undefined for an unknown runner. */
export function reproductionFile(
  files: Readonly<Record<string, string>>,
  nearest: readonly string[],
): TestFile | undefined {
  const paths = Object.keys(files);
  const ofScripts = nearest.filter((path) => /\.(?:[cm]?js|py|go)$/.test(path) && !/(?:^|[/_.])tests?[/_.]/.test(path));
  const [of] = ofScripts;
  if (of === undefined) return undefined;
  const commands = { page: paths.includes(scriptLoader) ? "index.html" : "" };
  const sources = paths.map((path) => ({ path, exports: [], depends_on: [] }));
  const usual = testFileOf(of, { commands, files: sources });
  if (!usual) return undefined;
  const named = (count: number): TestFile => {
    const name = `reproduction${count > 1 ? `_${count}` : ""}`;
    const rename = (text: string) =>
      text.replace(/(?<=(?:^|[/.])(?:test_)?)(?!test)[\w-]+(?=(?:\.test\.\w+|_test\.go|\.py)?$)/, name);
    const line = usual.path.endsWith(".go") ? usual.line : rename(usual.line);
    return { path: rename(usual.path), line, of, advice: ofReproduction(usual) };
  };
  for (let count = 1; ; count++) if (files[named(count).path] === undefined) return named(count);
}

/** Where the fault lies is not known yet, so the test may import what it likes. */
function ofReproduction({ path, advice }: TestFile): string {
  if (path.endsWith(".py"))
    return "Use unittest. Import what you need from the modules of the project, as they import each other.";
  if (path.endsWith(".js"))
    return "Use node:test and node:assert/strict. Import what you need by its path from this folder, such as ../src/x.js.";
  return advice;
}

interface Around {
  readonly commands: Pick<Commands, "page">;
  readonly files: readonly Source[];
}

function testFileOf(of: string, { commands, files }: Around): TestFile | undefined {
  const paths = files.map(({ path }) => path);
  const [, folder = "", name = "", ending = ""] = /^(?:(.*)\/)?([^/]+)\.(\w+)$/.exec(of) ?? [];
  const flat = [...(folder ? folder.split("/") : []), name].join("_").replace(/[^\w]+/g, "_");
  const up = folder === "" ? "" : `${folder}/`;
  switch (ending) {
    case "js":
    case "mjs": {
      const page = commands.page !== "";
      const path = page ? `test/${flat}.test.mjs` : `test/${flat}.test.js`;
      return { path, line: `node --test ${path}`, of, advice: page ? ofPage(of, files) : ofNode(of) };
    }
    case "ts": {
      const root = paths.filter((path) => path.endsWith(".ts")).every((path) => path.startsWith("src/"));
      const compiled = `dist/${root ? of.slice(4) : of}`.replace(/\.ts$/, ".test.js");
      const path = `${up}${name}.test.ts`;
      return { path, line: `node --test ${compiled}`, of, advice: ofTypescript(name) };
    }
    case "py": {
      if (name === "__init__" || name === "__main__") return undefined;
      const module = of.replace(/\.py$/, "").replaceAll("/", ".");
      return {
        path: `tests/test_${flat}.py`,
        line: `python3 -m unittest tests.test_${flat}`,
        of,
        advice: ofPython(module),
      };
    }
    case "go":
      return { path: `${up}${name}_test.go`, line: `go test ${folder ? `./${folder}` : "."}`, of, advice: ofGo };
    case "rs":
      if (!paths.includes("src/lib.rs")) return undefined;
      return { path: `tests/${flat}.rs`, line: `cargo test --test ${flat}`, of, advice: ofRust };
    default:
      return undefined;
  }
}

const scriptLoader = "test/load-scripts.mjs";

const ofNode = (of: string) =>
  `Use node:test and node:assert/strict. Import what you test from "../${of}". If it needs files, make a temporary folder below os.tmpdir().`;

/** The scripts of a page come in one scope, so a test has to load what its file builds on too. */
function ofPage(of: string, files: readonly Source[]): string {
  const source = (path: string) => files.find((file) => file.path === path);
  const scripts = new Set<string>();
  const add = (path: string, above: readonly string[]) => {
    if (above.includes(path)) return;
    for (const need of source(path)?.depends_on ?? []) if (/\.m?js$/.test(need)) add(need, [...above, path]);
    scripts.add(path);
  };
  add(of, []);
  const names = [...new Set((source(of)?.exports ?? []).map(({ name }) => name.split(".")[0]))].join(", ") || "Name";
  const quoted = (list: Iterable<string>) => [...list].map((one) => JSON.stringify(one)).join(", ");
  return [
    "Use node:test and node:assert/strict. The sources are classic scripts of a page, not modules; get their global names by",
    `import { loadScripts } from "./load-scripts.mjs";`,
    `const { ${names} } = loadScripts([${quoted(scripts)}], [${quoted(names.split(", "))}]);`,
    "There is no document, window or canvas. Where the file needs one, give a stand-in of your own as a third argument, an",
    "object of names and values: { document: { getElementById: () => element } }. Test what can be tested like that.",
  ].join("\n");
}

const ofTypescript = (name: string) =>
  `Use node:test and node:assert/strict. Import what you test from "./${name}". The test is compiled with the project.`;

const ofPython = (module: string) =>
  `Use unittest. Import what you test from ${module}. If it needs files, use tempfile; where something must be replaced, unittest.mock.`;

const ofGo = "Use the package testing, in the same package as the source. If it needs files, use t.TempDir.";

const ofRust = "Use #[test] functions; the crate is imported under the name of the package.";

/** Runs classic scripts as a page would, one after the other in one scope; what they make is as if made by the test. */
const loader = `import { readFileSync } from "node:fs";
import vm from "node:vm";

/** Runs these scripts of the page in one scope and gives back the names asked for. */
export function loadScripts(paths, names, globals = {}) {
  const texts = paths.map((path) => readFileSync(new URL(\`../\${path}\`, import.meta.url), "utf8"));
  const before = texts.slice(0, -1).map((text) => \`\${text}\\n;\`).join("\\n");
  const scope = { window: globals, ...globals };
  const run = vm.compileFunction(
    \`\${before}\${texts.at(-1)}\\n;return { \${names.join(", ")} };\`,
    Object.keys(scope),
    { filename: paths.at(-1), lineOffset: 1 - before.split("\\n").length },
  );
  return run.apply(globals, Object.values(scope));
}
`;
