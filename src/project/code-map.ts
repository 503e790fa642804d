import { sourceLanguage } from "./code/language.ts";
import { focusScores } from "./code/map/focus.ts";
import { linksOf } from "./code/map/links.ts";
import { rank } from "./code/map/rank.ts";
import { readSource } from "./code/read-source.ts";
import type { ResolveOptions } from "./code/resolve-import.ts";
import type { Source } from "./code/source.ts";

/** A repository within a prompt: the map, and the source files that matter most, the first first. */
export type CodeMap = {
  readonly map: string;
  readonly nearest: readonly string[];
  /** Path -> the files it works with, the closest first. */
  readonly neighbours: Readonly<Record<string, readonly string[]>>;
};

/**
 * A map of a repository for a prompt, at most `room` characters long: first the files that matter for `focus` with what
 * they import and offer, then the names of others, then how many are left out. The same input gives the same map.
 */
export async function codeMap(
  files: Readonly<Record<string, string>>,
  { focus, room }: { readonly focus: string; readonly room: number },
): Promise<CodeMap> {
  const texts = new Map(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const paths = new Set(texts.keys());
  const sources = await readAll(texts);
  const scores = focusScores(focus, texts, sources);
  const seeds = new Map([...paths].map((path) => [path, (0.2 + (scores.get(path) ?? 0)) * weightOf(path)]));
  const links = linksOf(sources, paths, optionsOf(texts));
  const ranks = rank([...paths], links, seeds);
  const order = [...paths]
    .map((path) => ({ path, rank: (ranks.get(path) ?? 0) * weightOf(path) }))
    .sort((a, b) => b.rank - a.rank || (a.path < b.path ? -1 : 1));
  const ranked = order.map(({ path }) => path);
  const nearest = ranked.filter((path) => sources.has(path)).slice(0, most);
  return {
    map: drawn(ranked, texts, sources, room),
    nearest,
    neighbours: neighboursOf(nearest, links),
  };
}

/** Of each of these files those that it refers to, then those that refer to it. */
function neighboursOf(paths: readonly string[], links: ReadonlyMap<string, ReadonlyMap<string, number>>) {
  const strongest = (found: Iterable<readonly [string, number]>) =>
    [...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([path]) => path);
  const referring = (to: string) =>
    [...links].flatMap(([from, targets]) => (targets.has(to) ? [[from, targets.get(to) ?? 0] as const] : []));
  return Object.fromEntries(
    paths.map((path) => {
      const all = [...strongest(links.get(path) ?? []), ...strongest(referring(path))];
      return [path, [...new Set(all)].slice(0, mostNeighbours)];
    }),
  );
}

const mostNeighbours = 8;

/** So many files are told to be near. */
const most = 30;

/** Data takes part by its name alone. */
async function readAll(texts: ReadonlyMap<string, string>): Promise<Map<string, Source>> {
  const sources = new Map<string, Source>();
  for (const [path, text] of texts) {
    const language = sourceLanguage(path);
    if (language === undefined || language === "json" || language === "yaml" || /\.min\.\w+$/.test(path)) continue;
    sources.set(path, await readSource(path, text));
  }
  return sources;
}

/** Tests and what is not code are rarely what has to be known first. */
const weightOf = (path: string): number =>
  /(?:^|[/_.-])(?:tests?|specs?|__tests__|fixtures|mocks?|examples?|vendor)(?:[/_.-]|$)/i.test(path)
    ? 0.3
    : sourceLanguage(path) === undefined || /\.(?:json|ya?ml)$|\.min\.\w+$|-lock\./i.test(path)
      ? 0.2
      : 1;

function optionsOf(texts: ReadonlyMap<string, string>): ResolveOptions {
  const goPath = [...texts.keys()].find((path) => /(?:^|\/)go\.mod$/.test(path));
  const goModule = goPath === undefined ? undefined : /^module[ \t]+(\S+)/m.exec(texts.get(goPath) ?? "")?.[1];
  const rustCrate = /^name\s*=\s*"([^"]+)"/m.exec(texts.get("Cargo.toml") ?? "")?.[1];
  return {
    ...(goPath !== undefined && goModule !== undefined && { goModule, goFolder: goPath.slice(0, -"go.mod".length) }),
    ...(rustCrate !== undefined && { rustCrate }),
  };
}

function drawn(
  order: readonly string[],
  texts: ReadonlyMap<string, string>,
  sources: ReadonlyMap<string, Source>,
  room: number,
): string {
  const reserve = 60;
  const blocks: string[] = [];
  let left = room - reserve;
  let next = 0;
  // three quarters of the room for what files say, the rest for names
  for (; next < order.length; next++) {
    const path = order[next] ?? "";
    const block = blockOf(path, texts.get(path) ?? "", sources.get(path));
    if (left - block.length - 2 < room / 4 - reserve) break;
    blocks.push(block);
    left -= block.length + 2;
  }
  const names: string[] = [];
  for (; next < order.length; next++) {
    const name = order[next] ?? "";
    if (left - name.length - 1 < 0) break;
    names.push(name);
    left -= name.length + 1;
  }
  const missing = order.length - next;
  const more = missing > 0 ? [`(${missing} more ${missing === 1 ? "file is" : "files are"} not shown)`] : [];
  return [...blocks, ...(names.length > 0 ? [names.join("\n")] : []), ...more].join("\n\n").slice(0, Math.max(0, room));
}

/** Of one file. */
const mostSignatures = 40;

function blockOf(path: string, text: string, source: Source | undefined): string {
  const lines = text === "" ? 0 : text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  const imports = [...new Set(source?.imports.map(({ from }) => from))];
  const shown = (source?.declares ?? []).filter(
    ({ name, kind, exported, imported, signature }) =>
      exported &&
      !imported &&
      !(name.includes(".") && kind === "variable") &&
      !/^(?:private|protected)\b/.test(signature),
  );
  const signatures = [
    ...new Set(shown.map(({ name, signature }) => `${name.includes(".") ? "    " : "  "}${signature}`)),
  ];
  return [
    `${path} (${lines} ${lines === 1 ? "line" : "lines"})`,
    ...(imports.length > 0 ? [`  imports ${imports.slice(0, 20).join(", ")}`] : []),
    ...signatures.slice(0, mostSignatures),
    ...(signatures.length > mostSignatures ? [`  (${signatures.length - mostSignatures} more)`] : []),
  ].join("\n");
}
