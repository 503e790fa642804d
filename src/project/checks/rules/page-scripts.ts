import type { Source } from "../../code/source.ts";
import type { Finding } from "../finding.ts";
import { type Page, pagesOf, type Script } from "../pages.ts";
import { fileNameOf, isTest } from "../paths.ts";
import { type Project, understood } from "../project.ts";

/** The classic scripts of a page can be loaded as such, and each finds the names it uses, in the order of their tags. */
export function* pageScripts(project: Project): Generator<Finding> {
  const pages = pagesOf(project);
  for (const page of pages) {
    for (const script of page.scripts) yield* modulesAsScripts(page, script);
    if (page.scripts.every(({ reference }) => reference.kind === "script")) {
      yield* unloaded(project, page, pages);
      yield* tooEarly(project, page);
    }
  }
}

function* modulesAsScripts(page: Page, { source, reference }: Script): Generator<Finding> {
  if (reference.kind !== "script" || source.form !== "module" || /\.[cm]?tsx?$|\.jsx$/.test(source.path)) return;
  const right = page.fromDisk
    ? "a page opened from disk needs ordinary scripts without import and export"
    : 'it needs <script type="module">';
  const message = `${page.path} loads ${source.path} as an ordinary script, but that file uses import or export; ${right}`;
  const { path, line } = {
    path: page.fromDisk ? source.path : page.path,
    line: page.fromDisk ? undefined : reference.line,
  };
  yield {
    path,
    ...(line !== undefined && { line }),
    kind: "reference",
    message,
    about: [page.fromDisk ? page.path : source.path],
  };
}

/** What a script of the page uses of a file that the page does not load. */
function* unloaded(project: Project, page: Page, pages: readonly Page[]): Generator<Finding> {
  const here = new Set(page.loaded.map(({ path }) => path));
  const known = new Set(page.loaded.flatMap(({ declares }) => declares.map(({ name }) => name)));
  for (const other of project.sources.values()) {
    if (here.has(other.path) || other.form !== "script" || isTest(other.path) || !understood(project, other.path))
      continue;
    // loaded by an address that a server knows
    if (page.text.includes(fileNameOf(other.path))) continue;
    const offers = namesOf(other).filter((name) => name.length > 3 && !known.has(name));
    if (offers.length === 0 || alsoOffered(project, other, offers)) continue;
    const beside = pages.filter(({ loaded }) => loaded.includes(other)).flatMap(({ loaded }) => loaded);
    for (const user of page.loaded) {
      // what one page loads with it, another one may not need
      if (beside.includes(user)) continue;
      const name = offers.find((one) => user.words.has(one) && usedIn(project.files.get(user.path) ?? "", one));
      if (name === undefined) continue;
      const message = `${page.path} does not load ${other.path}, whose ${name} is used by ${user.path}`;
      yield {
        path: page.path,
        kind: "reference",
        message,
        about: [other.path, user.path].filter((path) => path !== page.path),
      };
      break;
    }
  }
}

/** Two files of one name, such as an old and a new version: which is meant is not known. */
const alsoOffered = (project: Project, other: Source, offers: readonly string[]) =>
  [...project.sources.values()].some(
    (third) =>
      third.path !== other.path && third.declares.some(({ name, exported }) => exported && offers.includes(name)),
  );

const namesOf = ({ declares }: Source) =>
  declares.filter(({ name, exported }) => exported && !name.includes(".")).map(({ name }) => name);

/** Whether a text calls a global name, makes one of it or reads its members, and does not declare it itself. */
function usedIn(text: string, name: string): boolean {
  const plain = name.replaceAll("$", "\\$");
  const declared = new RegExp(
    `(?:\\b(?:const|let|var|function\\*?|class|catch)\\s*\\(?\\s*|[{(,]\\s*)${plain}\\s*(?:[,)=}:;]|=>|$)|\\bfunction\\s+${plain}\\b|\\b${plain}\\s*(?:=>|=[^=])|typeof\\s+${plain}\\b|\\bimport\\b[^;\n"']*\\b${plain}\\b|^\\s*(?:async\\s+)?${plain}\\s*\\([^)]*\\)\\s*\\{`,
    "m",
  );
  return (
    new RegExp(`(?<![.\\w$"'\`/-])(?:new\\s+)?${plain}(?:\\(|\\.\\w)`).test(withoutComments(text)) &&
    !declared.test(text)
  );
}

const withoutComments = (text: string) => text.replaceAll(/^\s*(?:\/\/|\*|\/\*|<!--).*$/gm, "");

/** What a script uses while it is loaded, although a later one declares it. */
function* tooEarly(project: Project, page: Page): Generator<Finding> {
  if (/<script\b[^>]{0,300}\s(?:defer|async)\b/i.test(page.text)) return;
  for (const [index, { source, reference }] of page.scripts.entries()) {
    const lines = atOnce(project.files.get(source.path) ?? "");
    for (const later of page.scripts.slice(index + 1)) {
      const earlier = page.scripts.slice(0, index + 1).flatMap((script) => namesOf(script.source));
      const name = namesOf(later.source).find(
        (one) => source.words.has(one) && !earlier.includes(one) && lines.some((line) => neededBy(line, one)),
      );
      if (name === undefined) continue;
      const message = `${page.path} loads ${source.path} before ${later.source.path}, but it uses ${name} of that file at once`;
      yield {
        path: page.path,
        line: reference.line,
        kind: "reference",
        message,
        about: [source.path, later.source.path],
      };
      break;
    }
  }
}

/** The lines of a script that run while it is loaded, as far as the layout shows: not indented, no function. */
const atOnce = (text: string) =>
  text
    .split("\n")
    .filter(
      (line) =>
        line.length < 300 &&
        /^[\w$(]/.test(line) &&
        !/=>|\bfunction\b|addEventListener|typeof|^(?:async|import|export)\b/.test(line),
    );

function neededBy(line: string, name: string): boolean {
  const plain = name.replaceAll("$", "\\$");
  const code = line.replace(/\/\/.*$/, "");
  return new RegExp(`(?<![.\\w$"'\`])(?:(?:new|extends)\\s+${plain}\\b|${plain}(?:\\(|\\.\\w))`).test(code);
}
