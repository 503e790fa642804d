import type { Reference, Source } from "../code/source.ts";
import { folderOf, pathFrom } from "./paths.ts";
import type { Project } from "./project.ts";
import { isTemplate } from "./template.ts";

/** A page with the scripts of the project that it loads, in their order. */
export interface Page {
  readonly path: string;
  readonly source: Source;
  readonly text: string;
  /** Whether a browser opens it from disk, without a server. */
  readonly fromDisk: boolean;
  /** Loaded by script tags, as modules or not. */
  readonly scripts: readonly Script[];
  /** These and what they import. */
  readonly loaded: readonly Source[];
  /** Whether a script comes from elsewhere or could not be found, so that what it does is not known. */
  readonly partly: boolean;
}

export interface Script {
  readonly source: Source;
  readonly reference: Reference;
}

/** The pages of a project that are written as they are shown, not filled in by a server. */
export function pagesOf(project: Project): Page[] {
  return [...project.sources.values()].flatMap((source) => {
    const text = project.files.get(source.path) ?? "";
    if (source.language !== "html" || isTemplate(text, source.path)) return [];
    const tags = source.refers.filter(({ kind }) => kind === "script" || kind === "module");
    const scripts = tags.flatMap((reference) => {
      const target = targetOf(project, source.path, reference.to);
      const script = target === undefined ? undefined : project.sources.get(target);
      return script ? [{ source: script, reference }] : [];
    });
    const loaded = withImports(project, [source, ...scripts.map((script) => script.source)]);
    const others = /<script[^>]{1,300}\bsrc\s*=\s*["']?(?:https?:)?\/\//i.test(text);
    const fromDisk = source.path === project.page;
    const partly = others || scripts.length < tags.length || loaded.some(({ open }) => open);
    return [{ path: source.path, source, text, fromDisk, scripts, loaded, partly }];
  });
}

/** The file of the project that a page means by a relative address. */
export function targetOf(project: Project, page: string, to: string): string | undefined {
  const path = pathFrom(folderOf(page), to);
  return path !== undefined && project.paths.has(path) ? path : undefined;
}

function withImports(project: Project, first: readonly Source[]): Source[] {
  const found = new Map<string, Source>();
  const waiting = [...first];
  for (let source = waiting.pop(); source; source = waiting.pop()) {
    if (found.has(source.path)) continue;
    found.set(source.path, source);
    for (const { from } of source.imports) {
      const target = project.resolve(source.path, from, "javascript");
      const next = target === undefined ? undefined : project.sources.get(target);
      if (next) waiting.push(next);
    }
  }
  return [...found.values()];
}
