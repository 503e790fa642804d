import type { Finding, SourceParts } from "../source.ts";
import { lineFinder, nestsTooDeeply } from "../text.ts";

/** Reads JSON. Files that may have comments, such as `tsconfig.json`, are read as JavaScript values. */
export async function readData(path: string, text: string): Promise<SourceParts> {
  if (nestsTooDeeply(text)) return {};
  if (mayHaveComments(path)) return { checkedBy: "@babel/parser", problems: await lenientProblems(text) };
  const checkedBy = "JSON.parse";
  try {
    JSON.parse(text.replace(/^\uFEFF/, ""));
    return { checkedBy, problems: [] };
  } catch (error) {
    return { checkedBy, problems: [{ line: lineOf(error, text), message: messageOf(error) }] };
  }
}

const mayHaveComments = (path: string) =>
  /\.(?:jsonc|json5)$|(?:^|\/)(?:[tj]sconfig[^/]*|\.eslintrc|\.babelrc|\.?devcontainer|\.swcrc|angular|biome|deno)\.json$|(?:^|\/)\.vscode\//i.test(
    path,
  );

/** The error names a place only in its text, and none where the text ends too early. */
function lineOf(error: unknown, text: string): number {
  const place = / at position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
  const line = lineFinder(text);
  if (place !== undefined) return line(Number(place));
  const snippet = /Unexpected token '?(.)'?, (?:\.\.\.)?"([\s\S]*?)"(?:\.\.\.)? is not valid JSON/u.exec(String(error));
  const at = snippet ? text.indexOf(snippet[2] ?? "") : -1;
  return line(at >= 0 ? at + Math.max(0, (snippet?.[2] ?? "").indexOf(snippet?.[1] ?? "")) : text.trimEnd().length - 1);
}

const messageOf = (error: unknown): string =>
  error instanceof RangeError
    ? "it is nested too deeply to be read"
    : String(error instanceof Error ? error.message : error).replace(
        /,? (?:in JSON )?at position \d+.*$|, (?:\.\.\.)?"[\s\S]*$/,
        "",
      );

async function lenientProblems(text: string): Promise<Finding[]> {
  const { parseExpression } = await import("@babel/parser");
  try {
    parseExpression(text.replace(/^\uFEFF/, ""));
    return [];
  } catch (error) {
    const { message = "", loc } = error as { message?: string; loc?: { line: number } };
    return [{ line: loc?.line ?? 1, message: message.replace(/\s*\(\d+:\d+\)$/, "") }];
  }
}

/** Reads YAML, of one document or several. */
export async function readYaml(text: string): Promise<SourceParts> {
  const { parseAllDocuments } = await import("yaml");
  const checkedBy = "yaml";
  // a template is none before it is filled in
  if (nestsTooDeeply(text)) return {};
  if (/^[^#\n]*(?:\{\{-?[ .]|\{%)/m.test(text)) return {};
  try {
    const documents = parseAllDocuments(text, { prettyErrors: true, logLevel: "silent", uniqueKeys: true });
    const problems = [...documents].flatMap(({ errors }) =>
      errors.map(({ message, linePos }) => ({
        line: linePos?.[0].line ?? 1,
        message: (message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, ""),
      })),
    );
    return { checkedBy, problems };
  } catch (error) {
    return { checkedBy, problems: [{ line: 1, message: messageOf(error) }] };
  }
}
