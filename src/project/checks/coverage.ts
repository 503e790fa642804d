import type { SourceLanguage } from "../code/source.ts";
import { extensionOf } from "./paths.ts";
import type { Project } from "./project.ts";

/** Which parser read the files of each kind. */
export function checkedBy(project: Project): Record<string, string> {
  const found = new Map<string, string>();
  for (const { language, checkedBy: parser } of project.sources.values()) {
    if (language && parser) found.set(names[language], parser);
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The source files that nobody read: of other languages, or too large. */
export const unchecked = (project: Project): string[] =>
  [...project.files.keys()].filter((path) => !project.sources.has(path) && isSource.test(extensionOf(path))).sort();

const names: Record<SourceLanguage, string> = {
  javascript: "JavaScript",
  typescript: "TypeScript",
  python: "Python",
  html: "HTML",
  css: "CSS",
  json: "JSON",
  yaml: "YAML",
  go: "Go",
  rust: "Rust",
  java: "Java",
  c: "C",
  cpp: "C++",
  php: "PHP",
  ruby: "Ruby",
  csharp: "C#",
};

const isSource =
  /^(?:[cm]?[jt]sx?|pyw?|html?|css|go|rs|java|[ch](?:pp|xx|c|h|\+\+)?|php|rb|cs|kts?|swift|vue|svelte|sh|bash|ps1|bat|sql|lua|dart|scala|r|pl|hs|exs?|erl|clj|fs|vb|jl|zig|nim|glsl|vert|frag|wgsl|scss|sass|less|graphql|proto|toml|xml)$/;
