import { type Documents, promisedOf } from "../../actions/code-plan.ts";
import { changedFile, type EditRequest, editCode } from "../../actions/edit-code.ts";
import type { ChangeRequest } from "../../actions/existing.ts";
import type { Change } from "../../actions/plan-change.ts";
import type { Desk } from "../../src/desk.ts";
import type { CodeMap } from "../../src/project/code-map.ts";
import { withinRoom } from "../../src/project/within-room.ts";
import type { Change as Correction } from "./mend-files.ts";
import { rewriteEach } from "./rewrite-each.ts";

export type Files = Readonly<Record<string, string>>;

/** What became of files: their text, or null where they are gone. */
export type Made = Readonly<Record<string, string | null>>;

/** Characters of other files that one edit is shown. */
const room = 9_000;

/** How the changes of a plan are made, one file at a time. */
export function createEdits(
  desk: Desk,
  {
    request,
    changes,
    map: { nearest, neighbours },
    documents,
  }: {
    readonly request: ChangeRequest;
    readonly changes: readonly Change[];
    readonly map: Pick<CodeMap, "nearest" | "neighbours">;
    readonly documents: Documents | undefined;
  },
) {
  const changeOf = (path: string) => changes.find((change) => change.path === path) as Change;
  const requestFor = (path: string, files: Files, comments: readonly string[] = []): EditRequest => ({
    request,
    change: changeOf(path),
    before: files[path] ?? "",
    others: changes.filter((change) => change.path !== path),
    used: withinRoom(companions(path), files, room),
    agreed: documents ? agreedOf(documents, path) : "",
    comments,
  });

  const companions = (path: string) => {
    const all = [...changeOf(path).depends_on, ...(neighbours[path] ?? []), ...nearest];
    return [...new Set(all)].filter((other) => other !== path);
  };

  return {
    /** The file as the plan wants it, seen beside these others. */
    make: async (path: string, files: Files): Promise<string | null> =>
      changeOf(path).action === "delete" ? null : desk.ask(editCode, requestFor(path, files), path),
    /** Files anew in which a check found something. */
    mend: (files: Files, corrections: readonly Correction[]): Promise<Record<string, string>> => {
      const comments = new Map(corrections.map((correction) => [correction.path, correction.comments]));
      return rewriteEach(desk, [...comments.keys()], files, (path) =>
        desk.ask(editCode, requestFor(path, files, comments.get(path)), path),
      );
    },
    publish(made: Made): void {
      if (Object.keys(made).length > 0) desk.publish(changedFile, undefined, { ...made });
    },
  };
}

/** What the documents say of a file, and what all files agree on. */
const agreedOf = (documents: Documents, path: string): string => {
  const { shared_knowledge } = documents.tasks;
  const shared = shared_knowledge ? [`All files agree on this: ${shared_knowledge}`] : [];
  return [promisedOf(documents, path), ...shared].filter(Boolean).join("\n\n");
};
