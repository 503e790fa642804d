import type { Settled } from "../src/action.ts";
import { cleanPath, uniquePaths } from "../src/project/path.ts";
import type { Design, DesignedFile } from "./write-design.ts";

/** Files that our own code writes from the documents; a design that lists them is not wrong, only too eager. */
const ours =
  /^(?:docs\/(?:prd|system_design|task)\.(?:json|md)|resources\/(?:competitive_analysis|data_api_design|seq_flow)\.mmd)$|^(?:readme(?:\.[\w-]+)*|license(?:\.\w+)?|\.gitignore|package(?:-lock)?\.json|requirements\.txt|go\.mod|go\.sum|cargo\.(?:toml|lock)|composer\.json|gemfile|pom\.xml|[^/]+\.csproj)$/i;

/**
 * Makes a design safe and workable: every path clean, inside the project and unique, every dependency a file of the
 * design, an entry point that exists. Says what it changed; asks again only if no file is left.
 */
export function settleDesign(design: Design): Settled<Design> {
  const warnings: string[] = [];
  const named = cleanFiles(design.files, warnings);
  const files = named.filter(({ path }) => !ours.test(path));
  for (const { path } of named)
    if (ours.test(path)) warnings.push(`the design lists ${path}, which is written from the documents`);
  if (files.length === 0) {
    return {
      document: design,
      problems: ["files: not one usable source file", ...warnings],
    };
  }
  const linked = linkFiles(files);
  return { document: { ...design, files: linked, entry_point: entryPoint(design, linked) }, warnings };
}

/** The files whose paths may be used, under their clean paths. */
function cleanFiles(files: readonly DesignedFile[], warnings: string[]): DesignedFile[] {
  const cleaned = files.flatMap((file) => {
    const result = cleanPath(file.path);
    if ("refused" in result) {
      warnings.push(`a file of the design was refused: ${result.refused}`);
      return [];
    }
    if (result.note) warnings.push(`in the design ${result.note}`);
    return [{ ...file, path: result.path }];
  });
  const { kept, refused } = uniquePaths(cleaned.map(({ path }) => path));
  for (const { reason } of refused) warnings.push(`a file of the design was refused: ${reason}`);
  return kept.map((path) => cleaned.find((file) => file.path === path) as DesignedFile);
}

/** The files with dependencies that exist, each once. */
function linkFiles(files: readonly DesignedFile[]): DesignedFile[] {
  const paths = files.map(({ path }) => path);
  const resolve = (raw: string) => {
    const cleaned = cleanPath(raw);
    const path = "path" in cleaned ? cleaned.path : "";
    return paths.find((other) => other === path) ?? paths.find((other) => path !== "" && other.endsWith(`/${path}`));
  };
  return files.map((file) => {
    const needs = new Set(file.depends_on.flatMap((need) => resolve(need) ?? []));
    needs.delete(file.path);
    return { ...file, depends_on: [...needs] };
  });
}

/** The entry point as the design gave it if that file exists, else the most likely one. */
function entryPoint({ entry_point }: Design, files: readonly DesignedFile[]): string {
  const cleaned = cleanPath(entry_point);
  const wanted = "path" in cleaned ? cleaned.path : "";
  const paths = files.map(({ path }) => path);
  return (
    paths.find((path) => path === wanted) ??
    paths.find((path) => wanted !== "" && path.endsWith(`/${wanted}`)) ??
    paths.find((path) => /(?:^|\/)index\.html$/.test(path)) ??
    paths.find((path) => /(?:^|\/)(?:main|__main__|app|cli|index|server)\.\w+$/.test(path)) ??
    (paths.at(-1) as string)
  );
}
