import { foreignDesign } from "./design.ts";
import { type Fields, fieldsOf, plainObject } from "./fields.ts";
import { fileFinder } from "./files.ts";
import { foreignPrd } from "./prd.ts";
import { foreignTasks } from "./tasks.ts";

/** The documents of a repository in the shapes of our own, still to be checked; each only where there is one. */
interface Documents {
  readonly prd?: unknown;
  readonly design?: unknown;
  readonly tasks?: unknown;
  readonly source: "metagpt" | "ours" | "none";
}

/**
 * Finds the requirements, the design and the tasks that a repository was made from: ours, or those of MetaGPT for Python,
 * the newest of several. What MetaGPT does not write down, such as what a file exports, is empty.
 */
export function readForeignDocuments(files: Readonly<Record<string, string>>): Documents {
  const found = Object.entries(places).flatMap(([kind, place]) => {
    const newest = newestOf(Object.keys(files), place);
    const document = newest === undefined ? undefined : parsed(files[newest] ?? "");
    return document === undefined ? [] : [{ kind, document }];
  });
  if (found.length === 0) return { source: "none" };
  const by = (kind: string) => found.find((one) => one.kind === kind)?.document;
  const documents = { prd: by("prd"), design: by("design"), tasks: by("tasks") };
  if (!found.some(({ document }) => isMetagpt(document))) return { ...present(documents), source: "ours" };

  const fields = (document: object | undefined): Fields | undefined => document && fieldsOf(document);
  const [prd, design, tasks] = [fields(documents.prd), fields(documents.design), fields(documents.tasks)];
  const find = fileFinder(design ?? new Map(), tasks ?? new Map(), Object.keys(files));
  return {
    ...present({
      prd: prd && foreignPrd(prd),
      design: (design || tasks) && foreignDesign(design ?? new Map(), tasks ?? new Map(), find),
      tasks: tasks && foreignTasks(tasks, design ?? new Map(), find),
    }),
    source: "metagpt",
  };
}

/** Where a document stands: one file for the project, or in older versions of MetaGPT one for every request. */
const places = {
  prd: { one: /^docs\/prd\.json$/, many: /^docs\/prds?\/([^/]+)\.json$/ },
  design: { one: /^docs\/system_design\.json$/, many: /^docs\/system_designs?\/([^/]+)\.json$/ },
  tasks: { one: /^docs\/(?:task|project_schedule)\.json$/, many: /^docs\/tasks?\/([^/]+)\.json$/ },
};

/** Names are points in time, so the last of the longest is the newest. */
function newestOf(paths: readonly string[], { one, many }: (typeof places)["prd"]): string | undefined {
  const single = paths.find((path) => one.test(path));
  if (single !== undefined) return single;
  const named = paths.flatMap((path) => {
    const [, name] = many.exec(path) ?? [];
    return name === undefined ? [] : [{ path, name }];
  });
  named.sort((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  return named.at(-1)?.path;
}

function parsed(text: string): object | undefined {
  if (text.length > 1_000_000) return undefined;
  try {
    return plainObject(JSON.parse(text.replace(/^\uFEFF/, "")));
  } catch {
    return undefined;
  }
}

/** Its keys are written as titles, ours in small letters. */
const isMetagpt = (document: object) => Object.keys(document).some((key) => /^[A-Z][A-Za-z ]*$/.test(key));

function present({ prd, design, tasks }: Omit<Documents, "source">): Omit<Documents, "source"> {
  return {
    ...(prd !== undefined && { prd }),
    ...(design !== undefined && { design }),
    ...(tasks !== undefined && { tasks }),
  };
}
