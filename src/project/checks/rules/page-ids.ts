import type { Source } from "../../code/source.ts";
import type { Finding } from "../finding.ts";
import { type Page, pagesOf } from "../pages.ts";
import type { Project } from "../project.ts";
import { listed, meant } from "../wording.ts";

/** The elements that scripts look up by id exist in a page that loads them, or are made by a script. */
export function* pageIds(project: Project): Generator<Finding> {
  const pages = pagesOf(project);
  const loading = new Map<string, Page[]>();
  for (const page of pages) {
    for (const { path } of page.loaded) loading.set(path, [...(loading.get(path) ?? []), page]);
  }
  for (const [path, own] of loading) {
    const source = project.sources.get(path);
    if (!source || own.some((page) => page.source.problems.length > 0)) continue;
    const ids = own.flatMap(({ source: page }) => page.ids.map(({ id }) => id));
    const known = new Set(ids);
    const scripts = [...new Set(own.flatMap(({ loaded }) => loaded))];
    const told = new Set<string>();
    for (const { id, line } of source.idsWanted) {
      if (told.has(id) || told.size > mostIds) continue;
      told.add(id);
      if (known.has(id) || scripts.some((script) => makes(project, script, id))) continue;
      const near = meant(id, known);
      const names = own.map((page) => page.path);
      const hint =
        near === undefined
          ? `; ${listed(names)} has the ids ${listed([...known], 12)}`
          : `; ${near} was probably meant`;
      const where = names.length === 1 ? `${names[0]} has no such id` : `none of ${listed(names)} has such an id`;
      const message = `${path} looks up the element ${id}, but ${where} and no script makes it${known.size > 0 ? hint : ""}`;
      yield { path, line, kind: "reference", message, about: names.filter((name) => name !== path) };
    }
  }
}

/** More than a page can have come from a program. */
const mostIds = 1_000;

/** Whether a script gives an element this id, or may: also where it does so by a function of its own. */
function makes(project: Project, { path, idsMade }: Source, id: string): boolean {
  if (idsMade.some((made) => (made.endsWith("*") ? id.startsWith(made.slice(0, -1)) : made === id))) return true;
  const text = project.files.get(path) ?? "";
  const plain = id.replaceAll(/[^\w-]/g, "\\$&");
  return new RegExp(
    `\\bid["']?\\s*[:=,]\\s*\\\\?["'\`]${plain}["'\`\\\\]|["'\`]${plain}["'\`]\\)?(?:\\?\\.|\\s*(?:\\|\\||\\?\\?))`,
  ).test(text);
}
