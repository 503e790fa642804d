import type { Declaration, Source } from "../../code/source.ts";
import { type DesignName, designName } from "../design-name.ts";
import type { Contract, Finding } from "../finding.ts";
import { mayInherit } from "../inheritance.ts";
import { folderOf, stemOf } from "../paths.ts";
import { type Project, understood } from "../project.ts";
import { arityOf } from "../signature.ts";
import { listed, meant } from "../wording.ts";

/** Every export of the design exists, by its name and with a number of parameters that its callers can count on. */
export function* designedExports(project: Project): Generator<Finding> {
  for (const contract of project.contracts) {
    const source = understood(project, contract.path);
    if (!source || !isCode(source) || project.files.get(contract.path)?.trim() === "") continue;
    const lost = new Set<string>();
    for (const one of contract.exports) {
      // types of languages without them live in comments
      if (/^(?:javascript|python|ruby|php)$/.test(source.language ?? "") && /type|interface|shape/i.test(one.kind))
        continue;
      const wanted = designName(one);
      if (!wanted || (wanted.owner !== undefined && lost.has(wanted.owner))) continue;
      const found = declarationsOf(source, wanted);
      if (found.length === 0) {
        if (mayHave(project, source, wanted)) continue;
        lost.add(wanted.name);
        yield { path: source.path, kind: "export", message: absent(source, wanted) };
      } else if (found.every(({ exported }) => !exported) && isHidden(source, wanted)) {
        lost.add(wanted.name);
        const [first] = found;
        const message = `${source.path} declares ${wanted.name} but does not export it, as the design promises`;
        yield { path: source.path, ...(first && { line: first.line }), kind: "export", message };
      } else {
        const finding = wrongArity(source, one, wanted, found);
        if (finding) yield finding;
      }
    }
  }
}

const isCode = ({ language }: Source) => language !== undefined && !/^(?:html|css|json|yaml)$/.test(language);

const full = ({ owner, name }: DesignName) => (owner === undefined ? name : `${owner}.${name}`);

/** What the design may mean: the member of a class, or a name of the module itself (`storage.load` in storage.py). */
function declarationsOf(source: Source, wanted: DesignName): Declaration[] {
  const exact = source.declares.filter(({ name }) => name === full(wanted));
  if (exact.length > 0 || wanted.owner === undefined || declares(source, wanted.owner)) return exact;
  return isModuleName(source, wanted.owner) ? source.declares.filter(({ name }) => name === wanted.name) : [];
}

const declares = (source: Source, wanted: string) => source.declares.some(({ name }) => name === wanted);

function isModuleName({ path }: Source, owner: string): boolean {
  const same = (a: string) => a.toLowerCase().replaceAll(/[-_]/g, "") === owner.toLowerCase().replaceAll(/[-_]/g, "");
  return same(stemOf(path)) || same(stemOf(folderOf(path).slice(0, -1)));
}

/** Whether a name that is declared nowhere may yet be there. */
function mayHave(project: Project, source: Source, { owner, name }: DesignName): boolean {
  const { language, words, path } = source;
  if (owner !== undefined) {
    // fields, values of an enumeration and what is assigned to a prototype are words of the file; what is inherited is not
    if (words.has(name) || !declares(source, owner)) return words.has(name) || !words.has(owner);
    return mayInherit(project, source, owner, name);
  }
  if (name === "default") return source.form !== "module";
  if (language === "c" || language === "cpp") return words.has(name);
  if (language === "go") return words.has(name) && neighbours(project, path).some((other) => declares(other, name));
  if (!words.has(name)) return passesAllOn(source);
  // a language in which names are only declared by declaring them
  return (
    !/^(?:javascript|typescript|python|rust)$/.test(language ?? "") ||
    passesAllOn(source) ||
    isMadeByCall(project, path, name)
  );
}

/** `window.x = …`, `setattr(…, "x", …)`, `macro!(x)`: names that no declaration shows. */
function isMadeByCall(project: Project, path: string, name: string): boolean {
  const text = project.files.get(path) ?? "";
  const plain = name.replaceAll("$", "\\$");
  return new RegExp(
    `["'.]${plain}["']?\\s*[\\]=,)]|\\b${plain}\\s*[:=]|export\\b[^;]{0,300}\\b${plain}\\b|\\bas\\s+${plain}\\b|!\\s*[({\\[][^;]{0,200}\\b${plain}\\b`,
  ).test(text);
}

const passesAllOn = ({ imports }: Source) => imports.some(({ again }) => again);

const neighbours = (project: Project, path: string) =>
  [...project.sources.values()].filter((other) => other.language === "go" && folderOf(other.path) === folderOf(path));

/** Whether a name that its file declares stays inside it. */
function isHidden(source: Source, { owner, name }: DesignName): boolean {
  if (owner !== undefined) return false;
  if (source.language === "rust") return !/(?:^|\/)(?:main|lib)\.rs$/.test(source.path);
  if (!/^(?:javascript|typescript)$/.test(source.language ?? "") || source.form === "script") return false;
  return !source.declares.some((one) => one.name === "default" && one.signature.includes(name));
}

function absent(source: Source, wanted: DesignName): string {
  const { owner } = wanted;
  const inside = source.declares.flatMap(({ name, exported, imported }) => {
    if (imported) return [];
    if (owner === undefined) return exported && !name.includes(".") && name !== "default" ? [name] : [];
    return name.startsWith(`${owner}.`) ? [name.slice(owner.length + 1)] : [];
  });
  const others = inside.filter((name) => !name.startsWith("_") && name !== "constructor");
  const near = meant(wanted.name, others);
  const ordered = near === undefined ? others : [near, ...others.filter((name) => name !== near)];
  const what = owner === undefined ? `does not export ${wanted.name}` : `has no ${full(wanted)}`;
  return `${source.path} ${what}, which the design promises; ${owner ?? "it"} has ${listed(ordered)}`;
}

function wrongArity(
  source: Source,
  { signature }: Contract["exports"][number],
  wanted: DesignName,
  found: readonly Declaration[],
): Finding | undefined {
  const makers = ["constructor", "__init__"].map((name) => `${full(wanted)}.${name}`);
  const ofClass = found.every(({ kind }) => kind === "class");
  const called = ofClass ? source.declares.filter(({ name }) => makers.includes(name)) : found;
  const designed = arityOf(signature, wanted.name, source.language);
  const [first] = called;
  if (designed === undefined || first === undefined) return undefined;
  if (called.some(({ parameters }) => parameters === undefined || fits(parameters, designed, source))) return undefined;
  const message = `${source.path}: ${full(wanted)} takes ${count(first.parameters)}, but the design promises ${signature.trim().slice(0, 160)}`;
  return { path: source.path, line: first.line, kind: "arity", message };
}

type Arity = NonNullable<Declaration["parameters"]>;

/** Whether a call that the design allows can be one that the function takes. */
function fits(actual: Arity, designed: Arity, { language }: Source): boolean {
  const most = actual.most ?? Infinity;
  const scripted = language === "javascript" || language === "typescript";
  if (actual.least > (designed.most ?? Infinity) || most < designed.least) return false;
  // what JavaScript is not given is undefined, and what it does not ask for is not looked at
  return scripted || (actual.least <= designed.least && most >= (designed.most ?? designed.least));
}

function count(arity: Arity | undefined): string {
  if (arity === undefined) return "other arguments";
  const { least, most } = arity;
  const number = most === least ? `${least}` : most === undefined ? `at least ${least}` : `${least} to ${most}`;
  return `${number} argument${number === "1" ? "" : "s"}`;
}
