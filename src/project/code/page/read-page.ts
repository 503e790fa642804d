import type { Finding, IdUse, Import, Reference, SourceParts } from "../source.ts";
import { type Element, elementsOf, parsePage } from "./elements.ts";
import { pageProblems } from "./problems.ts";
import { readStyle } from "./read-style.ts";
import { referencesOf } from "./references.ts";
import { partsOfScripts } from "./scripts.ts";

/** Reads a page with the scripts and styles that stand in it. */
export async function readPage(path: string, text: string): Promise<SourceParts> {
  const { document, errors } = await parsePage(text);
  const elements = elementsOf(document);
  const scripts = await partsOfScripts(path, text, elements);
  const styles = await Promise.all(elements.filter(({ tagName }) => tagName === "style").map(styleOf));
  const collected = [...scripts, ...styles];
  const problems = [...pageProblems(text, elements, errors), ...collected.flatMap((part) => part.problems ?? [])];
  const ids = elements.flatMap((element): IdUse[] => {
    const id = element.attrs.find(({ name }) => name === "id")?.value;
    return id && !isTemplated(id) ? [{ id, line: element.line }] : [];
  });
  return {
    checkedBy: "parse5",
    problems: byLine(problems),
    imports: collected.flatMap((part): readonly Import[] => part.imports ?? []),
    declares: collected.flatMap((part) => part.declares ?? []),
    unfinished: collected.flatMap((part) => part.unfinished ?? []),
    ids,
    idsWanted: collected.flatMap((part) => part.idsWanted ?? []),
    idsMade: [...new Set(collected.flatMap((part) => part.idsMade ?? []))],
    refers: byLine<Reference>([...elements.flatMap(referencesOf), ...collected.flatMap((part) => part.refers ?? [])]),
    importMap: collected.flatMap((part) => part.importMap ?? []),
  };
}

const byLine = <T extends Finding | Reference>(list: readonly T[]): T[] => list.toSorted((a, b) => a.line - b.line);

const isTemplated = (value: string) => /\{\{|\{%|<%|<\?|\$\{/.test(value);

async function styleOf({ content, contentLine }: Element): Promise<SourceParts> {
  return isTemplated(content) ? {} : readStyle(content, contentLine);
}
