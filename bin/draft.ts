import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiskError } from "../src/errors.ts";
import { jsonFault } from "./json-fault.ts";
import { readTextFile } from "./read-text.ts";

/** What a draft holds: what it began with, other JSON, or something that cannot be taken. */
export type Look =
  | { readonly is: "same" }
  | { readonly is: "changed"; readonly text: string }
  | { readonly is: "broken"; readonly why: string };

/** A JSON text in a file of its own, for an editor. The file is made when it is first asked for. */
export interface Draft {
  file(): Promise<string>;
  look(): Promise<Look>;
  /** Puts back what it began with. */
  restore(): Promise<void>;
  /** Removes the file, unless it holds changes that were not `taken`: then it stays, and its place is given. */
  leave(taken: boolean): Promise<string | undefined>;
}

/** A draft of the text, in a file named like the document. */
export function draftOf(document: string, text: string): Draft {
  let place: { readonly folder: string; readonly file: string } | undefined;

  return {
    async file() {
      if (place) return place.file;
      const folder = await mkdtemp(join(tmpdir(), "metagpt-review-"));
      place = { folder, file: join(folder, fileName(document)) };
      await writeFile(place.file, withLineEnd(text));
      return place.file;
    },
    look,
    async restore() {
      if (place) await writeFile(place.file, withLineEnd(text));
    },
    async leave(taken) {
      if (!place) return undefined;
      if (!taken && (await look()).is !== "same") return place.file;
      await rm(place.folder, { recursive: true, force: true });
      return undefined;
    },
  };

  async function look(): Promise<Look> {
    if (!place) return { is: "same" };
    try {
      const { text: found, damaged } = await readTextFile(place.file, "the document");
      if (plain(found) === plain(text)) return { is: "same" };
      if (damaged) return { is: "broken", why: "it was not saved as UTF-8" };
      const fault = jsonFault(found);
      return fault === undefined ? { is: "changed", text: found } : { is: "broken", why: fault };
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      return { is: "broken", why: error.message };
    }
  }
}

/** An editor may end lines in its own way. */
const plain = (text: string) => text.replaceAll("\r\n", "\n").trimEnd();

const withLineEnd = (text: string) => (text.endsWith("\n") ? text : `${text}\n`);

/** `docs/prd.md` as `prd.json`, so that the editor knows what it is. */
function fileName(document: string): string {
  const name = document.split(/[\\/]/).at(-1) ?? "";
  const stem = name.replace(/\.[^.]*$/, "").replace(/[^\p{L}\p{N}_.-]/gu, "-");
  return `${stem.replace(/^[.-]+/, "").slice(0, 60) || "document"}.json`;
}
