/**
 * Shortens a prompt to a share of its length, for a model whose context it does not fit. Only the parts under these
 * headings give way, in this order, each down to its first and last lines; what was left out is marked. Sections begin
 * with `#` at the start of a line and end before the next heading of the same or a higher rank.
 */
export function shorten(prompt: string, spare: readonly string[], share: number): string {
  const target = Math.floor(prompt.length * share);
  return spare.reduce((text, heading) => {
    const excess = text.length - target;
    return excess > 0 ? withoutMiddle(text, heading, excess) : text;
  }, prompt);
}

/** Characters of a shortened section that stay at least. */
const least = 400;

function withoutMiddle(text: string, heading: string, excess: number): string {
  const section = sectionOf(text, heading);
  if (!section) return text;
  const body = text.slice(section.from, section.to);
  const kept = Math.max(least, body.length - excess - 60);
  if (kept >= body.length) return text;
  // Whole lines, where there is more than one; halves of emoji never.
  const head = body.slice(0, Math.ceil(kept / 2)).replace(/(?<=[^\n]\n+)[^\n]*$|\p{Surrogate}/gu, "");
  const tail = body.slice(body.length - Math.floor(kept / 2)).replace(/^[^\n]*\n+(?=[^\n])|\p{Surrogate}/gu, "");
  const left = body.length - head.length - tail.length;
  return `${text.slice(0, section.from)}${head.replace(/(?<=[^\n])$/, "\n")}[... ${left} characters left out here ...]\n${tail}${text.slice(section.to)}`;
}

/** Where the text of a section begins and ends; fenced code in it is not searched for headings. */
function sectionOf(text: string, heading: string): { from: number; to: number } | undefined {
  const rank = heading.length - heading.replace(/^#+/, "").length;
  let at = 0;
  let from: number | undefined;
  let fence = "";
  for (const line of text.split("\n")) {
    const mark = /^(`{3,}|~{3,})/.exec(line)?.[1] ?? "";
    if (fence === "" && mark !== "") fence = mark;
    else if (fence !== "" && line.trim() === fence) fence = "";
    else if (fence === "") {
      const found = /^(#+) /.exec(line)?.[1]?.length ?? 0;
      if (from !== undefined && found > 0 && found <= rank) return { from, to: at };
      if (from === undefined && found > 0 && line.startsWith(heading)) from = at + line.length + 1;
    }
    at += line.length + 1;
  }
  return from === undefined || from >= text.length ? undefined : { from, to: text.length };
}
