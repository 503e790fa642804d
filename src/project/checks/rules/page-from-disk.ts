import type { Finding } from "../finding.ts";
import { type Page, pagesOf } from "../pages.ts";
import { extensionOf } from "../paths.ts";
import type { Project } from "../project.ts";

/** A page that is opened from disk loads nothing that a browser gives to servers alone: modules, files by script. */
export function* pageFromDisk(project: Project): Generator<Finding> {
  for (const page of pagesOf(project)) {
    if (!page.fromDisk) continue;
    yield* modules(page);
    yield* absolute(page);
    for (const { path } of page.loaded) yield* loadedFiles(project, path);
  }
}

function* modules({ path, source }: Page): Generator<Finding> {
  for (const { to, line, kind } of source.refers) {
    if (kind !== "module") continue;
    const message = `${path} loads ${to} as a module, which a browser refuses when the page is opened from disk; ordinary scripts work`;
    yield { path, line, kind: "reference", message };
  }
  const [first] = source.imports.filter(({ from }) => from.startsWith("."));
  if (first === undefined) return;
  const message = `${path} imports ${first.from}, which a browser refuses when the page is opened from disk; ordinary scripts work`;
  yield { path, line: first.line, kind: "reference", message };
}

function* absolute({ path, text }: Page): Generator<Finding> {
  for (const [index, line] of text.split("\n").entries()) {
    if (line.length > 2_000) continue;
    for (const [, to = ""] of line.matchAll(
      /<(?:script|link|img)\b[^<>]{0,200}?\s(?:src|href)\s*=\s*["'](\/[^/"'][^"']*)["']/gi,
    )) {
      const message = `${path} refers to ${to}, which is the root of the disk when the page is opened from there; ${to.slice(1)} is relative to the page`;
      yield { path, line: index + 1, kind: "reference", message };
    }
  }
}

/** `fetch("data.json")` and its older kind. */
function* loadedFiles(project: Project, path: string): Generator<Finding> {
  const text = project.files.get(path) ?? "";
  for (const [index, line] of text.split("\n").entries()) {
    if (line.length > 1_000 || /^\s*(?:\/\/|\*)/.test(line)) continue;
    const address = /\bfetch\s*\(\s*["'`]([^"'`${}]+)["'`]|\.open\s*\(\s*["']GET["']\s*,\s*["']([^"']+)["']/.exec(line);
    const to = address?.[1] ?? address?.[2];
    if (to === undefined || /^(?:\w+:|\/\/)/.test(to)) continue;
    if (!/^(?:json|csv|txt|html?|md|xml|tsv|svg)$/.test(extensionOf(to.replace(/[?#].*$/, "")))) continue;
    const message = `${path} fetches ${to}, which a browser refuses when the page is opened from disk; the data must stand in a script`;
    yield { path, line: index + 1, kind: "reference", message };
  }
}
