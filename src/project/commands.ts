import { isPage, type Language } from "./languages.ts";
import type { Package } from "./packages.ts";
import type { Product } from "./product.ts";

/** How the product is installed, built, run and tested, one command each; empty where there is nothing to do. */
export interface Commands {
  readonly install: readonly string[];
  readonly build: string;
  readonly run: string;
  readonly test: string;
  /** The page that a browser opens, where that is how it runs. */
  readonly page: string;
}

/** Takes the commands of the design where they are plain ones, and finds others where they are not. */
export function commandsOf(product: Product, languages: readonly Language[], packages: Packages): Commands {
  const [main] = languages;
  const page = pageOf(product, main, packages);
  const installed = languages.filter((language) => language === "typescript" || packages[language]?.length);
  const python = installed.includes("python") ? "python" : "python3";
  const builds =
    main === "typescript" ||
    plainCommand(product.buildCommand)
      .split(" && ")
      .some((part) => part !== "" && !ofNpm.test(part));
  const written = (command: string, script: string) =>
    plainCommand(command)
      .split(" && ")
      .map((part) => part.replace(/^(?:python3?|py)(?= )/, python))
      .map((part) => (ofNpm.test(part) ? (/build|compile/.test(part) ? "npm run build" : script) : part))
      .filter((part, index, parts) => (builds || part !== "npm run build") && parts.indexOf(part) === index)
      .join(" && ");
  const run = written(product.runCommand, "npm start");
  const compiles = main === "typescript" && !/\b(?:tsx|ts-node|deno|bun|npm run build)\b/.test(run);
  return {
    install: installed.flatMap((language) => installers[language] ?? []),
    build: written(product.buildCommand, "npm run build") || (compiles ? "npm run build" : ""),
    run: page ? (isServer(run) ? run : "") : run || (main ? started(main, product, python) : ""),
    test: written(product.testCommand, "npm test"),
    page,
  };
}

type Packages = Partial<Record<Language, readonly Package[]>>;

const ofNpm = /^(?:npm|yarn|pnpm)\b/;

/** All of it in one line, for a shell on this platform. */
export function commandLine({ install, build, run, page }: Commands, platform: NodeJS.Platform): string {
  const open = page && !run ? `${openers[platform] ?? "xdg-open"} ${quoted(page)}` : "";
  const line = [...install, build, run, open].filter((command) => command !== "").join(" && ");
  return platform === "win32"
    ? line.replaceAll("python3 ", "python ").replaceAll(". .venv/bin/activate", ".venv\\Scripts\\activate")
    : line;
}

const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: "open", win32: "start" };

const installers: Partial<Record<Language, readonly string[]>> = {
  javascript: ["npm install"],
  typescript: ["npm install"],
  python: ["python3 -m venv .venv", ". .venv/bin/activate", "pip install -r requirements.txt"],
  go: ["go mod tidy"],
  php: ["composer install"],
  ruby: ["bundle install"],
};

const programs =
  /^(?:node|npm|npx|yarn|pnpm|bun|deno|python3?|py|pytest|uvicorn|gunicorn|flask|streamlit|poetry|uv|go (?:run|build|test|generate|vet)|cargo|rustc|javac?|mvn|gradle|dotnet|php|composer|ruby|bundle|rails|rackup|rspec|rake|gcc|g\+\+|cc|c\+\+|clang|clang\+\+|make|cmake|ctest|swiftc?|kotlinc?|cd|\.{1,2}\/[\w./-]+)(?= |$)/;

const installing =
  /^(?:npm (?:install|ci|i)|yarn(?: install)?|pnpm (?:install|i)|(?:python3? -m )?pip3? install|go mod |composer install|bundle install|python3? -m venv|dotnet restore)(?= |$|(?<= ))/;

/** A command line without anything a shell would do besides running known programs; empty if it is something else. */
export function plainCommand(text: string): string {
  const line = text
    .trim()
    .replace(/^`+|`+$/g, "")
    .replace(/^\$ /, "")
    .trim();
  if (line.length > 200 || !/^[\w@%+=:,./ "'&*-]*$/.test(line)) return "";
  // a sentence that begins like a command
  if (/ (?:the|then|and|is|your|sure|to|or|with) /i.test(line)) return "";
  if (line === "") return "";
  const parts = line.split(" && ");
  if (parts.some((part) => part.includes("&") || !(programs.test(bare(part)) || installing.test(bare(part)))))
    return "";
  return parts.filter((part) => !installing.test(bare(part))).join(" && ");
}

/** Without variables set in front, as in `PORT=80 node server.js`. */
const bare = (part: string) => part.replace(/^(?:[A-Z_]+=[\w./:-]+ )+/, "");

const isServer = (run: string) =>
  /^(?:npx (?:-y |--yes )?(?:serve|http-server|live-server)|python3? -m http\.server|php -S)\b/.test(run);

/** The page to open, unless it is served or built by a program of Node.js. */
function pageOf({ files, entryPoint, runCommand }: Product, main: Language | undefined, packages: Packages): string {
  if (main !== "javascript" && main !== "typescript") return "";
  const pages = files.map(({ path }) => path).filter(isPage);
  const page = pages.find((path) => path === entryPoint) ?? pages.find((path) => /(?:^|\/)index\.html?$/i.test(path));
  if (page === undefined) return "";
  const run = bare(plainCommand(runCommand));
  const onNode = /^(?:node|npm|npx|yarn|pnpm|bun|deno)\b/.test(run) && !isServer(run);
  const packaged = packages[main] !== undefined;
  const served = isPage(entryPoint) || entryPoint === "" ? packaged && onNode : packaged || onNode;
  return served ? "" : page;
}

/** The usual way to start a program of this language. */
function started(language: Language, product: Product, python: string): string {
  const entry = product.entryPoint && quoted(product.entryPoint);
  const sources = (pattern: RegExp) =>
    product.files
      .map(({ path }) => path)
      .filter((path) => pattern.test(path))
      .map(quoted)
      .join(" ");
  const folder = entry.includes("/") ? `./${entry.replace(/\/[^/]*$/, "")}` : ".";
  const java = sources(/\.java$/);
  switch (language) {
    case "python":
      return entry && `${python} ${entry}`;
    case "javascript":
    case "typescript":
      return "npm start";
    case "go":
      return `go run ${folder}`;
    case "rust":
      return "cargo run";
    case "csharp":
      return "dotnet run";
    case "java":
      return java.includes(" ")
        ? `javac -d out ${java} && java -cp out ${classOf(product.entryPoint)}`
        : `java ${java}`;
    case "php":
      return /(?:^|\/)index\.php$/.test(entry) ? `php -S localhost:8000 -t ${folder}` : entry && `php ${entry}`;
    case "ruby":
      return entry && `ruby ${entry}`;
    case "c":
      return `cc -o ${product.name} ${sources(/\.c$/)} -lm && ./${product.name}`;
    case "cpp":
      return `c++ -std=c++17 -o ${product.name} ${sources(/\.(?:cpp|cc|cxx)$/)} && ./${product.name}`;
    case "kotlin":
      return `kotlinc ${sources(/\.kt$/)} -include-runtime -d ${product.name}.jar && java -jar ${product.name}.jar`;
    case "swift":
      return `swiftc -o ${product.name} ${sources(/\.swift$/)} && ./${product.name}`;
  }
}

/** `src/main/java/com/example/App.java` is the class `com.example.App`. */
export const classOf = (path: string): string =>
  path
    .replace(/^(?:src\/main\/java|src)\//, "")
    .replace(/\.java$/, "")
    .replaceAll("/", ".");

const quoted = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path}'`);
