import type { Declaration, Finding, SourceParts } from "../source.ts";
import { nestsTooDeeply, oneLine } from "../text.ts";
import { declarationsOf } from "./declarations.ts";
import { assignments, commonExports, moduleExports, partsOf } from "./exports.ts";
import { idsOf } from "./ids.ts";
import { importsOf } from "./imports.ts";
import { parseScript, type ScriptKind } from "./parse.ts";
import { type File, lineOf, nodesOf, type Parsed } from "./tree.ts";
import { unfinishedOf } from "./unfinished.ts";

/** Reads JavaScript or TypeScript. */
export async function readScript(path: string, text: string, kind: ScriptKind = {}): Promise<SourceParts> {
  if (nestsTooDeeply(text) || manyLabels.test(text)) return {};
  const { file, problems } = await parseScript(path, text, kind);
  const checkedBy = "@babel/parser";
  if (!file) return { checkedBy, problems };
  const parsed: Parsed = { text, file };
  const form = kind.sourceType ?? formOf(file, text);
  const { declares, open } = exported(parsed, form);
  return {
    checkedBy,
    form,
    problems: byLine(problems),
    imports: importsOf(parsed),
    declares: byLine(declares),
    unfinished: unfinishedOf(parsed),
    ...idsOf(parsed),
    ...(open && { open }),
  };
}

/** The parser takes a time for labels on labels that grows with more than their square. */
const manyLabels = /(?:\b[\w$]{1,60}\s{0,20}:\s{0,20}){40}/;

const byLine = <T extends Finding | Declaration>(list: readonly T[]): T[] => list.toSorted((a, b) => a.line - b.line);

function formOf({ program }: File, text: string): NonNullable<SourceParts["form"]> {
  const isModule = program.body.some(({ type }) => /^(?:Import|Export|TSImportEquals|TSExportAssignment)/.test(type));
  if (isModule) return "module";
  if (program.interpreter) return "commonjs";
  const guarded = /typeof\s+(?:module|exports|require)\b/.test(text);
  return !guarded && /\brequire\s*\(\s*["'`]|\bmodule\.exports\b|\bexports\.\w+\s*=/.test(text) ? "commonjs" : "script";
}

function exported(parsed: Parsed, form: SourceParts["form"]): { declares: Declaration[]; open: boolean } {
  const { body } = parsed.file.program;
  if (form === "module") return marked(moduleExports(parsed));
  const common = commonExports(parsed);
  if (form === "commonjs") return marked(common);
  const globals = [...declarationsOf(body, parsed.text), ...globalsOf(parsed)].map((one) => ({
    ...one,
    exported: true,
  }));
  const known = new Set(globals.map(({ name }) => name));
  return { declares: [...globals, ...marked(common).declares.filter(({ name }) => !known.has(name))], open: false };
}

/** Marks what is exported, under the names it is exported as. */
function marked({ declares, names, open }: ReturnType<typeof moduleExports>): {
  declares: Declaration[];
  open: boolean;
} {
  const inner = new Map<string, Declaration>();
  for (const one of declares) if (!inner.has(one.name)) inner.set(one.name, one);
  const outside = new Set([...names].flatMap(([name, local]) => (name === local ? [name] : [])));
  const own = declares.map((one) => {
    const [head = "", ...rest] = one.name.split(".");
    return one.exported || outside.has(head) || (rest.length > 0 && names.get("default") === head)
      ? { ...one, exported: true }
      : one;
  });
  const renamed = [...names].flatMap(([name, local]): Declaration[] => {
    if (name === local) return inner.has(name) ? [] : [elsewhere(name)];
    const known = local === undefined ? undefined : inner.get(local);
    return [known ? { ...known, name, exported: true } : elsewhere(name)];
  });
  return { declares: [...own, ...renamed], open };
}

/** A name that is exported but comes from an import or from within something else. */
const elsewhere = (name: string): Declaration => ({
  name,
  kind: "variable",
  line: 1,
  exported: true,
  imported: true,
  signature: name,
});

/** `window.Game = Game`: what a script makes everybody's, wherever it stands. */
function globalsOf({ file, text }: Parsed): Declaration[] {
  const found: Declaration[] = [];
  for (const { node } of nodesOf(file.program)) {
    if (node.type !== "ExpressionStatement") continue;
    for (const { target, place } of assignments([node])) {
      const parts = partsOf(target);
      const [root, name] = parts ?? [];
      if (parts?.length !== 2 || name === undefined || !/^(?:window|globalThis|self|global|root)$/.test(root ?? ""))
        continue;
      if (/^on[a-z]+$/.test(name)) continue;
      const signature = oneLine(text.slice(place.start ?? 0, place.end ?? 0), 100);
      found.push({ name, kind: "variable", line: lineOf(place), exported: true, signature });
    }
  }
  return found;
}
