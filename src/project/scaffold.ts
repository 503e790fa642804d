import { type Commands, commandLine, commandsOf } from "./commands.ts";
import { type Language, languagesOf } from "./languages.ts";
import { manifests } from "./manifests.ts";
import { packagesOf } from "./packages.ts";
import { cleanPath, projectName } from "./path.ts";
import type { Product } from "./product.ts";
import { productReadme } from "./product-readme.ts";

interface Scaffold {
  readonly files: Record<string, string>;
  /** The one line that runs the product on such a system, from its folder. */
  readonly runCommand: (platform: NodeJS.Platform) => string;
  readonly commands: Commands;
  readonly languages: readonly Language[];
}

/**
 * Writes what the Engineer does not: package files of the languages that are used, .gitignore and README. The files are
 * the same on every platform.
 */
export function scaffold(documents: Product): Scaffold {
  const product = trusted(documents);
  const languages = languagesOf(product);
  const packages = packagesOf(languages, product.packages);
  const commands = commandsOf(product, languages, packages);
  const packageFiles = manifests({ product, languages, packages, commands });
  const files = {
    ...packageFiles,
    ".gitignore": gitignore(product, "package.json" in packageFiles ? ["node_modules/"] : [], languages),
    "README.md": productReadme(product, commands, languages),
  };
  return { files, runCommand: (platform) => commandLine(commands, platform), commands, languages };
}

/** The same with names and paths that can be written into any file. */
function trusted(product: Product): Product {
  const clean = (raw: string) => {
    const cleaned = cleanPath(raw);
    return "path" in cleaned ? cleaned.path : "";
  };
  return {
    ...product,
    name: projectName(product.name),
    entryPoint: clean(product.entryPoint),
    files: product.files.map((file) => ({ ...file, path: clean(file.path) })).filter(({ path }) => path !== ""),
  };
}

const leftovers: Record<Language, readonly string[]> = {
  javascript: [],
  typescript: ["dist/"],
  python: ["__pycache__/", ".venv/"],
  go: ["*.exe"],
  rust: ["target/"],
  java: ["*.class", "out/", "target/"],
  csharp: ["bin/", "obj/"],
  php: ["vendor/"],
  ruby: [".bundle/", "vendor/"],
  c: ["*.o", "*.exe"],
  cpp: ["*.o", "*.exe"],
  kotlin: ["*.class", "*.jar"],
  swift: [".build/"],
};

/** Only what is made while the product is built or run; a line that would hide one of its own files is left out. */
function gitignore({ files }: Product, installed: readonly string[], languages: readonly Language[]): string {
  const all = [".DS_Store", ".env", "*.log", ...installed, ...languages.flatMap((language) => leftovers[language])];
  const hides = (line: string) =>
    files.some(({ path }) => (line.startsWith("*") ? path.endsWith(line.slice(1)) : `/${path}/`.includes(`/${line}`)));
  return `${[...new Set(all)].filter((line) => !hides(line)).join("\n")}\n`;
}
