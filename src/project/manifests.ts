import { type Commands, classOf } from "./commands.ts";
import { isPage, type Language } from "./languages.ts";
import type { Package } from "./packages.ts";
import type { Product } from "./product.ts";

/** Writes the package files of all languages of a product; the first one decides where two want the same file. */
export function manifests({
  product,
  languages,
  packages,
  commands,
}: {
  readonly product: Product;
  readonly languages: readonly Language[];
  readonly packages: Partial<Record<Language, readonly Package[]>>;
  readonly commands: Commands;
}): Record<string, string> {
  const [main] = languages;
  const files = languages.flatMap((language) => {
    const own = packages[language] ?? [];
    if (language === main) return Object.entries(manifest(language, { product, packages: own, commands }));
    // scripts beside another language are for the browser; the commands of the product are not theirs
    if (language === "javascript" && own.length === 0) return [];
    return Object.entries(
      manifest(language, { product, packages: own, commands: { ...commands, build: "", run: "", test: "" } }),
    );
  });
  return Object.fromEntries(files.reverse());
}

/** What a package file is written from. */
interface Needs {
  readonly product: Product;
  readonly packages: readonly Package[];
  readonly commands: Commands;
}

/** The package files of one language: its own kind only, and none where it needs none. */
function manifest(language: Language, needs: Needs): Record<string, string> {
  const { product, packages } = needs;
  switch (language) {
    case "javascript":
      return needs.commands.page && packages.length === 0 ? {} : { "package.json": packageJson(needs, false) };
    case "typescript":
      return {
        "package.json": packageJson(needs, true),
        ...(product.files.some(({ path }) => path === "tsconfig.json") ? {} : { "tsconfig.json": tsconfig(needs) }),
      };
    case "python":
      return packages.length === 0 ? {} : { "requirements.txt": lines(packages.map((one) => one.name + one.version)) };
    case "go":
      return { "go.mod": goMod(needs) };
    case "rust":
      return { "Cargo.toml": cargoToml(needs) };
    case "java":
      return packages.length === 0 ? {} : { "pom.xml": pomXml(needs) };
    case "csharp":
      return { [`${product.name}.csproj`]: csproj(needs) };
    case "php":
      return packages.length === 0 ? {} : { "composer.json": composerJson(needs) };
    case "ruby":
      return packages.length === 0 ? {} : { Gemfile: gemfile(needs) };
    default:
      return {};
  }
}

const lines = (list: readonly string[]) => `${list.join("\n")}\n`;

const indent = (list: readonly string[], depth: number) => list.map((line) => " ".repeat(depth) + line).join("\n");

const developing =
  /^(?:@types\/.+|typescript|tsx|ts-node|ts-jest|jest|vitest|mocha|chai|supertest|nodemon|prettier|eslint.*)$/;

function packageJson({ product, packages, commands }: Needs, typescript: boolean): string {
  const own = typescript ? [...missing(packages, "typescript", "^5"), ...missing(packages, "@types/node", "^20")] : [];
  const all = [...packages, ...own].sort((a, b) => (a.name < b.name ? -1 : 1));
  const versions = (list: readonly Package[]) => Object.fromEntries(list.map(({ name, version }) => [name, version]));
  const script = (name: string, command: string) => (command ? { [name]: command } : {});
  const entry = typescript ? compiled(product) : product.entryPoint;
  const start = /\.[cm]?jsx?$/.test(entry) ? `node ${entry}` : isPage(entry) ? "vite" : "";
  const tested = commands.test ? scriptOf(commands.test) || "node --test" : "";
  const built = scriptOf(commands.build) || (typescript ? "tsc" : "");
  const parts = {
    scripts: {
      ...script("start", commands.page ? "" : scriptOf(commands.run) || start),
      ...script("build", built),
      ...script("test", tested),
    },
    dependencies: versions(all.filter(({ name }) => !developing.test(name))),
    devDependencies: versions(all.filter(({ name }) => developing.test(name))),
  };
  const used = Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0);
  const head = { name: product.name, version: "0.1.0", private: true, type: typescript ? "commonjs" : "module" };
  return `${JSON.stringify({ ...head, ...Object.fromEntries(used) }, null, 2)}\n`;
}

const missing = (packages: readonly Package[], name: string, version: string): Package[] =>
  packages.some((one) => one.name === name) ? [] : [{ name, version }];

/** What stands behind a script: the command without the calls of npm that would call the script again. */
const scriptOf = (command: string) =>
  command
    .split(" && ")
    .filter((part) => !/^npm\b/.test(part))
    .join(" && ");

/** Where the compiler puts the entry point. */
function compiled(product: Product): string {
  const root = sourceRoot(product);
  const path = root !== "." ? product.entryPoint.slice(root.length + 1) : product.entryPoint;
  return /\.[cm]?tsx?$/.test(path) ? `dist/${path.replace(/\.([cm]?)tsx?$/, ".$1js")}` : path;
}

const sourceRoot = ({ files }: Product) => {
  const sources = files.map(({ path }) => path).filter((path) => /\.[cm]?tsx?$/.test(path));
  return sources.length > 0 && sources.every((path) => path.startsWith("src/")) ? "src" : ".";
};

function tsconfig({ product, commands }: Needs): string {
  const browser = commands.page !== "" || product.files.some(({ path }) => isPage(path) || path.endsWith(".tsx"));
  const modules = browser
    ? { module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom", "dom.iterable"], jsx: "react-jsx" }
    : { module: "commonjs", lib: ["es2022"] };
  const rest = { strict: true, esModuleInterop: true, skipLibCheck: true };
  const root = sourceRoot(product);
  const compilerOptions = { target: "es2022", ...modules, rootDir: root, outDir: "dist", ...rest };
  return `${JSON.stringify({ compilerOptions, include: [root === "." ? "**/*" : root], exclude: ["dist", "node_modules"] }, null, 2)}\n`;
}

function goMod({ product, packages }: Needs): string {
  // without an exact version, or with one that its path does not allow, `go mod tidy` finds the package by the imports
  const required = packages.flatMap(({ name, version }) => {
    const major = Number.parseInt(version, 10);
    const fits = major < 2 ? !/\/v\d+$/.test(name) : name.endsWith(`/v${major}`);
    return /^\d+\.\d+\.\d+/.test(version) && fits ? [`${name} v${version}`] : [];
  });
  return lines([
    `module ${product.name}`,
    "",
    "go 1.21",
    ...(required.length > 0 ? ["", "require (", ...required.map((one) => `\t${one}`), ")"] : []),
  ]);
}

function cargoToml({ product, packages }: Needs): string {
  const { entryPoint } = product;
  const elsewhere = /\.rs$/.test(entryPoint) && !/^src\/(?:main|lib)\.rs$/.test(entryPoint);
  return lines([
    "[package]",
    `name = "${product.name}"`,
    'version = "0.1.0"',
    'edition = "2021"',
    ...(elsewhere ? ["", "[[bin]]", `name = "${product.name}"`, `path = "${entryPoint}"`] : []),
    "",
    "[dependencies]",
    ...packages.map(({ name, version }) => `${name} = "${version}"`),
  ]);
}

function pomXml({ product, packages }: Needs): string {
  const nested = product.files.some(({ path }) => path.startsWith("src/main/java/"));
  const source = product.files.some(({ path }) => path.startsWith("src/")) ? "src" : ".";
  const dependency = ({ name, version }: Package) => {
    const [group = "", artifact = ""] = name.split(":");
    const parts = [
      `<groupId>${group}</groupId>`,
      `<artifactId>${artifact}</artifactId>`,
      `<version>${version}</version>`,
    ];
    return `    <dependency>\n${indent(parts, 6)}\n    </dependency>`;
  };
  return lines([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<project xmlns="http://maven.apache.org/POM/4.0.0">',
    "  <modelVersion>4.0.0</modelVersion>",
    `  <groupId>${product.name}</groupId>`,
    `  <artifactId>${product.name}</artifactId>`,
    "  <version>0.1.0</version>",
    "  <properties>",
    "    <maven.compiler.release>17</maven.compiler.release>",
    "    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>",
    `    <exec.mainClass>${classOf(product.entryPoint).replace(/[^\w.$]/g, "")}</exec.mainClass>`,
    "  </properties>",
    ...(nested ? [] : ["  <build>", `    <sourceDirectory>${source}</sourceDirectory>`, "  </build>"]),
    "  <dependencies>",
    ...packages.map(dependency),
    "  </dependencies>",
    "</project>",
  ]);
}

const csproj = ({ packages }: Needs) =>
  lines([
    '<Project Sdk="Microsoft.NET.Sdk">',
    "  <PropertyGroup>",
    "    <OutputType>Exe</OutputType>",
    "    <TargetFramework>net8.0</TargetFramework>",
    "    <Nullable>enable</Nullable>",
    "    <ImplicitUsings>enable</ImplicitUsings>",
    "  </PropertyGroup>",
    ...(packages.length === 0
      ? []
      : [
          "  <ItemGroup>",
          ...packages.map(({ name, version }) => `    <PackageReference Include="${name}" Version="${version}" />`),
          "  </ItemGroup>",
        ]),
    "</Project>",
  ]);

const composerJson = ({ product, packages }: Needs) =>
  `${JSON.stringify(
    {
      name: `metagpt/${product.name}`,
      type: "project",
      require: Object.fromEntries(packages.map(({ name, version }) => [name, version])),
    },
    null,
    4,
  )}\n`;

const gemfile = ({ packages }: Needs) =>
  lines([
    'source "https://rubygems.org"',
    "",
    ...packages.map(({ name, version }) => (version ? `gem "${name}", "${version}"` : `gem "${name}"`)),
  ]);
