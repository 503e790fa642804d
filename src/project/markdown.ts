/** One line of text in which nothing is read as HTML, an image or the end of a table cell; code spans keep their words. */
export function inline(text: string): string {
  return oneLine(text)
    .split(/(`+[^`]+`+)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll("<", "&lt;").replaceAll("![", "!\\[")))
    .join("")
    .replace(/(\\*)\|/g, "$1$1\\|");
}

/** A code span on one line, whatever backticks the text has. */
export function code(text: string): string {
  const line = oneLine(text);
  const ticks = "`".repeat(longestRun(line) + 1);
  return line === "" ? "" : line.includes("`") ? `${ticks} ${line} ${ticks}` : `${ticks}${line}${ticks}`;
}

/** A list that keeps the words as they are; further lines of an item stay inside it. */
export function bulletList(items: readonly string[]): string {
  return items
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map((item) => `- ${item.replace(/\r?\n/g, "\n  ").replace(/[ \t]+$/gm, "")}`)
    .join("\n");
}

/** A row of a table; lines inside a cell stay lines. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells
    .map((cell) =>
      cell
        .trim()
        .split(/\s*\n\s*/)
        .map(inline)
        .join("<br>"),
    )
    .join(" | ")} |`;
}

/** A table with a heading row. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [tableRow(head), tableRow(head.map(() => "---")), ...rows.map(tableRow)].join("\n");
}

/** A code block whose fence is longer than any fence inside. */
export function fenced(text: string, language = ""): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language.replace(/[^\w+#.-]/g, "")}\n${text.replace(/\n+$/, "")}\n${fence}`;
}

const oneLine = (text: string) => text.replace(/[\s\p{Cc}]+/gu, " ").trim();

const longestRun = (text: string) => Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));

/** Prose as it came; a fence that it leaves open is closed, so that it cannot swallow what follows. */
export function prose(text: string): string {
  let open = "";
  for (const [, fence = "", info = ""] of text.matchAll(/^ {0,3}(`{3,}|~{3,})([^\n]*)$/gm)) {
    if (open === "") open = fence;
    else if (fence.startsWith(open) && info.trim() === "") open = "";
  }
  return open === "" ? text : `${text.trimEnd()}\n${open}`;
}
