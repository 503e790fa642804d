import type { SourceLanguage } from "./source.ts";

/** The language of a file that there is a parser for, by its name. */
export function sourceLanguage(path: string): SourceLanguage | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return byName.get(name) ?? byExtension.get(name.slice(name.lastIndexOf(".") + 1));
}

const byName = new Map<string, SourceLanguage>([
  ["gemfile", "ruby"],
  ["rakefile", "ruby"],
]);

const extensions: Record<SourceLanguage, string> = {
  javascript: "js mjs cjs jsx",
  typescript: "ts mts cts tsx",
  python: "py pyw pyi",
  html: "html htm",
  css: "css",
  json: "json jsonc json5 webmanifest geojson",
  yaml: "yaml yml",
  go: "go",
  rust: "rs",
  java: "java",
  c: "c h",
  cpp: "cpp cc cxx c++ hpp hh hxx",
  php: "php",
  ruby: "rb",
  csharp: "cs",
};

const byExtension = new Map(
  Object.entries(extensions).flatMap(([language, list]) =>
    list.split(" ").map((extension) => [extension, language as SourceLanguage] as const),
  ),
);
