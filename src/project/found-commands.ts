import type { Commands } from "./commands.ts";
import type { Language } from "./languages.ts";

/** How a repository that nobody described is installed, built, run and tested, told from its own files; empty where that is unclear. */
export function foundCommands(files: Readonly<Record<string, string>>): {
  readonly commands: Commands;
  readonly languages: readonly Language[];
} {
  const nothing = { install: [], build: "", run: "", test: "", page: "" };
  if (files["package.json"] !== undefined) return { commands: ofNode(files), languages: ["javascript"] };
  if (files["go.mod"] !== undefined) {
    const main = /^package main$/m.test(files["main.go"] ?? "");
    const commands = { ...nothing, build: "go build ./...", test: "go test ./...", run: main ? "go run ." : "" };
    return { commands, languages: ["go"] };
  }
  if (files["Cargo.toml"] !== undefined) {
    const run = files["src/main.rs"] === undefined ? "" : "cargo run";
    return { commands: { ...nothing, build: "cargo build", test: "cargo test", run }, languages: ["rust"] };
  }
  if (Object.keys(files).some((path) => path.endsWith(".py")))
    return { commands: ofPython(files), languages: ["python"] };
  const page = pageOf(files);
  return { commands: { ...nothing, page }, languages: page ? ["javascript"] : [] };
}

const pageOf = (files: Readonly<Record<string, string>>) => (files["index.html"] === undefined ? "" : "index.html");

function ofNode(files: Readonly<Record<string, string>>): Commands {
  const { scripts = {}, dependencies = {}, devDependencies = {} } = manifestOf(files["package.json"] ?? "");
  const packages = Object.keys({ ...dependencies, ...devDependencies }).length > 0;
  const tests = Object.keys(files).some((path) => /\.test\.[cm]?js$|(?:^|\/)test\/.*\.[cm]?js$/.test(path));
  const real = scripts.test !== undefined && !/no test specified/.test(scripts.test);
  return {
    install: packages ? ["npm install"] : [],
    build: scripts.build === undefined ? "" : "npm run build",
    run: scripts.start === undefined ? "" : "npm start",
    test: real ? "npm test" : tests ? "node --test" : "",
    page: scripts.start === undefined && !packages ? pageOf(files) : "",
  };
}

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: object;
  readonly devDependencies?: object;
}

function manifestOf(text: string): Manifest {
  try {
    const manifest: unknown = JSON.parse(text);
    return typeof manifest === "object" && manifest !== null ? manifest : {};
  } catch {
    return {};
  }
}

function ofPython(files: Readonly<Record<string, string>>): Commands {
  const paths = Object.keys(files);
  const listed = files["requirements.txt"] !== undefined;
  const install = listed ? ["python3 -m venv .venv", ". .venv/bin/activate", "pip install -r requirements.txt"] : [];
  const python = listed ? "python" : "python3";
  const tests = paths.filter((path) => /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/.test(path));
  const pytest = /^pytest\b/m.test(files["requirements.txt"] ?? "");
  const inFolder = tests.every((path) => path.startsWith("tests/")) && files["tests/__init__.py"] !== undefined;
  const unittest = inFolder ? `${python} -m unittest discover -s tests -t .` : `${python} -m unittest discover`;
  const entry = ["main.py", "app.py", "cli.py", "__main__.py"].find((path) => files[path] !== undefined);
  return {
    install,
    build: "",
    run: entry === undefined ? "" : `${python} ${entry}`,
    test: tests.length === 0 ? "" : pytest ? `${python} -m pytest -q` : unittest,
    page: "",
  };
}
