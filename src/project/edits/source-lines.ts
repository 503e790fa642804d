/** A text in lines that remembers how they end. */
export interface SourceLines {
  readonly lines: readonly string[];
  readonly mark: "" | "\uFEFF";
  /** The end of each line as it is; empty for a last line without one. */
  readonly ends: readonly string[];
}

/** Takes a text apart at its line ends; the byte order mark stands apart. */
export function sourceLines(source: string): SourceLines {
  const mark = source.startsWith("\uFEFF") ? "\uFEFF" : "";
  const pieces = source.slice(mark.length).split(/(\r?\n)/);
  const lines: string[] = [];
  const ends: string[] = [];
  for (let at = 0; at < pieces.length; at += 2) {
    const [line = "", end = ""] = [pieces[at], pieces[at + 1]];
    if (end === "" && line === "") continue;
    lines.push(line);
    ends.push(end);
  }
  return { lines, ends, mark };
}

/** The lines of a text without line ends; the line feed after the last one begins no further line. */
export const linesOf = (text: string): readonly string[] => sourceLines(text).lines;

/** How most of the lines end. */
export function usualEnd({ ends }: SourceLines): string {
  const carriage = ends.filter((end) => end === "\r\n").length;
  return carriage * 2 > ends.filter((end) => end !== "").length ? "\r\n" : "\n";
}

/** Whether the last line ends; a text without lines has no say, and the next one will end. */
export const endsItsLastLine = ({ ends }: SourceLines): boolean => ends.at(-1) !== "";

/**
 * A text that takes the place of a whole file: it gets the byte order mark, the line ends and the final line end of the
 * file, so that lines which say the same stay the same to the byte.
 */
export function rewritten(source: string, text: string): string {
  if (source === "") return text;
  const before = sourceLines(source);
  const end = usualEnd(before);
  const body = linesOf(text.replace(/^\uFEFF/, "")).join(end);
  return before.mark + body + (body !== "" && endsItsLastLine(before) ? end : "");
}
