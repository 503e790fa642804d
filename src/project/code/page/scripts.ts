import { readData } from "../data/read-data.ts";
import { readScript } from "../javascript/read-script.ts";
import type { SourceParts } from "../source.ts";
import { attribute, type Element } from "./elements.ts";

/** What the scripts within a page say, its inline handlers among them. */
export async function partsOfScripts(path: string, text: string, elements: readonly Element[]): Promise<SourceParts[]> {
  const templated = /\{\{|\{%|<%|<\?(?:php|=)/.test(text);
  const parts: SourceParts[] = [];
  for (const element of elements) {
    if (element.tagName === "script" && element.content.trim() !== "" && attribute(element, "src") === undefined) {
      parts.push(await scriptOf(path, element));
    }
    for (const { name, value } of element.attrs) {
      if (!/^on[a-z]+$/.test(name) || value.trim() === "") continue;
      const handler = await readScript(path, `function handler(event) {${value}\n}`, {
        sourceType: "script",
        startLine: element.line,
      });
      parts.push({
        idsWanted: handler.idsWanted ?? [],
        idsMade: handler.idsMade ?? [],
        problems: (handler.problems ?? []).map(({ message }) => ({ line: element.line, message })),
      });
    }
  }
  return templated ? parts.map((part) => ({ ...part, problems: [] })) : parts;
}

async function scriptOf(path: string, element: Element): Promise<SourceParts> {
  const { content, contentLine: startLine } = element;
  const type = (attribute(element, "type") ?? "").trim().toLowerCase();
  if (type === "importmap")
    return { importMap: importMapOf(content), problems: await dataProblems(content, startLine) };
  if (/^application\/(?:ld\+)?json$|^speculationrules$/.test(type))
    return { problems: await dataProblems(content, startLine) };
  if (type === "module") return readScript(path, content, { sourceType: "module", startLine });
  if (type === "text/babel" || type === "text/jsx") return readScript(path, content, { startLine });
  if (type === "" || /(?:java|ecma)script$/.test(type))
    return readScript(path, content, { sourceType: "script", startLine });
  return {};
}

async function dataProblems(content: string, startLine: number) {
  const { problems = [] } = await readData("page.json", content);
  return problems.map(({ line, message }) => ({ line: line + startLine - 1, message }));
}

function importMapOf(content: string): { from: string; to: string }[] {
  try {
    const map: unknown = JSON.parse(content);
    const imports = typeof map === "object" && map !== null && "imports" in map ? map.imports : undefined;
    return Object.entries(imports ?? {}).flatMap(([from, to]) => (typeof to === "string" ? [{ from, to }] : []));
  } catch {
    return [];
  }
}
