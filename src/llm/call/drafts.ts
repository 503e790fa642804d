import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileNameOf } from "../about.ts";
import type { About, Delta } from "../provider.ts";

/** What has come of answers under way, for the case that one never ends. */
export interface Drafts {
  begin(about: About): Draft;
}

interface Draft {
  add(delta: Delta): void;
  /** A whole answer is kept elsewhere, so its draft goes; what came of a broken one stays. */
  end(about: { readonly whole: boolean }): Promise<void>;
}

/** Milliseconds for which text is collected before it is written. */
const pause = 500;

/** Keeps drafts in a folder, a text file for each question; a short answer is there before its draft would be. */
export function draftsIn(folder: string): Drafts {
  return {
    begin(about) {
      const file = path.join(folder, `${fileNameOf(about)}.txt`);
      let waiting = "";
      let begun = false;
      let timer: NodeJS.Timeout | undefined;
      let last: Promise<void> = Promise.resolve();

      const write = () => {
        timer = undefined;
        const text = waiting;
        waiting = "";
        // a draft that cannot be written is no reason to lose the answer
        last = last.then(() => keep(text)).catch(() => {});
      };
      const keep = async (text: string) => {
        if (begun) return appendFile(file, text);
        begun = true;
        await mkdir(folder, { recursive: true });
        await writeFile(file, text);
      };

      return {
        add(delta) {
          if (delta.type !== "text") return;
          waiting += delta.text;
          timer ??= setTimeout(write, pause).unref();
        },
        async end({ whole }) {
          clearTimeout(timer);
          if (!whole && waiting !== "") write();
          await last;
          if (whole) await rm(file, { force: true }).catch(() => {});
        },
      };
    },
  };
}
