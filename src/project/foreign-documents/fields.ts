/** The fields of a document of MetaGPT by their names in small letters. */
export type Fields = ReadonlyMap<string, unknown>;

/** An object that is no array; undefined for everything else. */
export const plainObject = (value: unknown): object | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;

export const fieldsOf = (document: object): Fields =>
  new Map(
    Object.entries(document).map(([name, value]) => [
      name
        .trim()
        .toLowerCase()
        .replace(/[\s_]+/g, " "),
      value,
    ]),
  );

/** The first of these fields that is there; what was refined in a later request stands before what was said at first. */
export function field(fields: Fields, ...names: readonly string[]): unknown {
  for (const name of names) {
    for (const key of [`refined ${name}`, name]) {
      const value = fields.get(key);
      if (value !== undefined && value !== null && value !== "") return value;
    }
  }
  return undefined;
}

/** A value as one text. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim().slice(0, longest);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map(lineOf).join("\n").slice(0, longest);
  return lineOf(value);
}

/** A value as a list of texts: a text gives its lines, without the marks of a list. */
export function listOf(value: unknown): string[] {
  const items = Array.isArray(value) ? value.slice(0, most).map(lineOf) : textOf(value).split("\n");
  return items.map((item) => item.replace(/^\s*(?:[-*+]|\d{1,3}[.)])\s+/, "").trim()).filter((item) => item !== "");
}

/** A value as a table: `[["P0", "text"], ...]`. */
export function rowsOf(value: unknown): string[][] {
  const rows = Array.isArray(value) ? value.slice(0, most) : [];
  return rows.map((row) => {
    if (Array.isArray(row)) return row.slice(0, 10).map(lineOf);
    const object = plainObject(row);
    return object ? Object.values(object).slice(0, 10).map(lineOf) : [lineOf(row)];
  });
}

const longest = 20_000;
const most = 300;

function lineOf(value: unknown): string {
  if (typeof value === "string") return value.trim().slice(0, longest);
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return String(value);
  try {
    return JSON.stringify(value).slice(0, longest);
  } catch {
    // nested deeper than it can be written
    return "";
  }
}
