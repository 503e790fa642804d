/** One `key = value` of a TOML file; the value as written, without comments. */
export interface TomlEntry {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** The entries of a TOML file as far as manifests need them: lists may go over several lines, other values do not. */
export function tomlEntries(text: string): TomlEntry[] {
  const entries: TomlEntry[] = [];
  let section = "";
  let open: { key: string; line: number; parts: string[] } | undefined;
  for (const [index, raw] of text.split("\n").entries()) {
    const line = withoutComment(raw).trim();
    if (open) {
      open.parts.push(line);
      if (!line.endsWith("]")) continue;
      entries.push({ section, key: open.key, value: open.parts.join("\n"), line: open.line });
      open = undefined;
      continue;
    }
    const heading = /^\[{1,2}([^[\]]+)\]{1,2}$/.exec(line)?.[1];
    if (heading !== undefined) section = heading.replaceAll(/["' ]/g, "");
    const [, name, value] = /^["']?([\w.@/-]+)["']?\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    if (value.startsWith("[") && !value.endsWith("]")) open = { key: name, line: index + 1, parts: [value] };
    else entries.push({ section, key: name, value, line: index + 1 });
  }
  return entries;
}

/** The texts of a list, each with the line it stands in. */
export const textsOf = ({ value, line }: TomlEntry): { text: string; line: number }[] =>
  value.split("\n").flatMap((part, index) =>
    [...part.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, double, single]) => ({
      text: double ?? single ?? "",
      line: line + index,
    })),
  );

function withoutComment(line: string): string {
  const mark = line.indexOf("#");
  if (mark < 0) return line;
  const before = line.slice(0, mark);
  const quotes = (before.match(/"/g)?.length ?? 0) % 2 || (before.match(/'/g)?.length ?? 0) % 2;
  return quotes ? line : before;
}
