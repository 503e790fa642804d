import type { Commands } from "./commands.ts";
import type { Language } from "./languages.ts";
import type { TestFile } from "./test-files.ts";
import type { TrialStep } from "./trial.ts";

/** What there is to try out. */
interface Tried {
  readonly commands: Commands;
  readonly languages: readonly Language[];
  readonly code: Readonly<Record<string, string>>;
  readonly tests: readonly TestFile[];
  /** The line that runs all tests that a repository had before; empty for none. */
  readonly suite?: string;
}

/** What is done to see whether a product works: install, build, each test file by itself, all tests, and the start, in this order. */
export function trialSteps({ commands, languages, code, tests, suite = "" }: Tried): TrialStep[] {
  const inPython = (line: string) => (hasVenv(commands) ? `. .venv/bin/activate && ${line}` : line);
  const install = installLines(commands, languages, code);
  return [
    ...install.map((line): TrialStep => ({ what: "install", line })),
    ...(commands.build ? [{ what: "build", line: inPython(commands.build) } as const] : []),
    ...tests.map(({ path, line }): TrialStep => ({ what: "test", line: inPython(line), subject: path })),
    ...(suite ? [{ what: "test", line: inPython(suite) } as const] : []),
    ...startOf(commands, code, inPython),
  ];
}

const hasVenv = ({ install }: Commands) => install.some((line) => line.includes("venv"));

/** Without anything that would run foreign code on the way: no scripts of packages, no building of wheels. */
const careful: Readonly<Record<string, string>> = {
  "npm install": "npm install --ignore-scripts --no-audit --no-fund",
  ". .venv/bin/activate": "",
  "pip install -r requirements.txt":
    ".venv/bin/pip install --only-binary :all: --disable-pip-version-check -r requirements.txt",
  "composer install": "composer install --no-scripts --no-plugins",
};

function installLines({ install }: Commands, languages: readonly Language[], code: Tried["code"]): string[] {
  const fetched = languages.includes("rust") && /^\[dependencies\]\n\S/m.test(code["Cargo.toml"] ?? "");
  return [...install.map((line) => careful[line] ?? line), fetched ? "cargo fetch" : ""].filter((line) => line !== "");
}

/** How it is started, and looked at: as a page in a browser, as a server that is asked, or as a program. */
function startOf({ page, run }: Commands, code: Tried["code"], inPython: (line: string) => string): TrialStep[] {
  if (page) return [{ what: "start", line: `open ${page}`, probe: { does: "page", file: page, chromium: "?" } }];
  if (run === "") return [];
  const line = inPython(run);
  const serves = /^(?:npx )?(?:vite|next|serve|http-server)\b/.test(run) || Object.values(code).some(listens);
  return [{ what: "start", line, probe: serves ? { does: "server", line } : { does: "program", line } }];
}

/** Whether a source waits for connections. */
const listens = (text: string) =>
  /\.listen\(|createServer\(|\bserve\(\{|Flask\(__name__|FastAPI\(|uvicorn\.run|HTTPServer\(|ListenAndServe|TcpListener|ServerSocket\(|HttpServer\.create/.test(
    text,
  );
