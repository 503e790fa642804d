import { wrapText } from "./columns.ts";
import type { Paint } from "./paint.ts";
import { harmless } from "./width.ts";

/** Markdown as lines for the screen: headings stand out, prose is broken between words, all else stays as it is. */
export function markdownLines(markdown: string, { paint, columns }: { paint: Paint; columns: number }): string[] {
  let fence = "";
  return harmless(markdown)
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [, mark = ""] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
      if (fence !== "") {
        const isEnd = mark.startsWith(fence) && line.trim() === mark;
        if (isEnd) fence = "";
        return [isEnd ? paint.dim(line) : line];
      }
      if (mark !== "") {
        fence = mark;
        return [paint.dim(line)];
      }
      if (line.startsWith("|")) return [/^[|\s:-]+$/.test(line) ? paint.dim(line) : readable(line)];
      const lines = wrapText(readable(line), Math.max(1, columns));
      return /^#{1,6} /.test(line) ? lines.map((part) => paint.bold(part)) : lines;
    });
}

/** Documents write `<` so that no page takes it for HTML; here is none. */
const readable = (line: string) => line.replaceAll("&lt;", "<");
