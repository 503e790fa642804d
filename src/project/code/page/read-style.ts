import type { Finding, Import, Reference, SourceParts } from "../source.ts";
import { nestsTooDeeply } from "../text.ts";
import { localFile } from "./references.ts";

/** Reads a style sheet. What is only unknown to a browser is no problem: it is passed over alone. */
export async function readStyle(text: string, startLine = 1): Promise<SourceParts> {
  if (nestsTooDeeply(text)) return {};
  const css = await import("css-tree");
  const imports: Import[] = [];
  const refers: Reference[] = [];
  const tree = css.parse(text, { positions: true, line: startLine, parseCustomProperty: false, parseValue: true });
  const at = (node: { loc?: { start: { line: number } } | null | undefined }) => node.loc?.start.line ?? startLine;
  css.walk(tree, (node) => {
    if (node.type === "Atrule" && node.name === "import" && node.prelude?.type === "AtrulePrelude") {
      const first = node.prelude.children.first;
      if (first?.type === "String" || first?.type === "Url")
        imports.push({ from: first.value, line: at(node), names: ["*"] });
    }
    if (node.type !== "Url") return;
    const to = localFile(node.value);
    if (to !== undefined)
      refers.push({
        to,
        line: at(node),
        kind: /\.(?:png|jpe?g|gif|svg|webp|avif|bmp|ico)$/i.test(to) ? "image" : "other",
      });
  });
  const imported = new Set(imports.map(({ from }) => from));
  return {
    checkedBy: "css-tree",
    problems: await styleProblems(text, startLine),
    imports,
    refers: refers.filter(({ to }) => !imported.has(to)),
  };
}

const closers: Record<string, string> = { "}": "{", ")": "(", "]": "[" };

/** Brackets without a counterpart, strings and comments without an end, and declarations that run into each other. */
async function styleProblems(text: string, startLine: number): Promise<Finding[]> {
  const { tokenize, tokenNames } = await import("css-tree");
  const found: Finding[] = [];
  const open: { bracket: string; line: number }[] = [];
  let line = startLine;
  let end = 0;
  tokenize(text, (type, start, stop) => {
    line += breaks(text, end, start);
    const here = line;
    line += breaks(text, start, stop);
    end = stop;
    const kind = tokenNames[type] ?? "";
    const char = text[stop - 1] ?? "";
    if (kind === "bad-string-token") found.push({ line: here, message: "a string has no end on its line" });
    if (kind === "bad-url-token") found.push({ line: here, message: "an address in url(…) cannot be read" });
    if (kind === "comment-token" && !/\*\/$/.test(text.slice(Math.max(start + 2, stop - 2), stop))) {
      found.push({ line: here, message: "a comment is never closed" });
    }
    if (kind === "function-token" || /^[({[]-token$/.test(kind)) open.push({ bracket: char, line: here });
    const wanted = /^[)}\]]-token$/.test(kind) ? closers[char] : undefined;
    if (wanted === undefined) return;
    const last = open.pop();
    if (last?.bracket === wanted) return;
    found.push({
      line: here,
      message: last ? `"${char}" closes the "${last.bracket}" of line ${last.line}` : `"${char}" closes nothing`,
    });
  });
  const last = open.at(-1);
  if (last) found.push({ line: last.line, message: `"${last.bracket}" is never closed` });
  return found.length > 0 ? found : runTogether(text, startLine);
}

const breaks = (text: string, from: number, to: number): number => {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
};

/** `color: red` and, on the next line, `top: 0` without a semicolon between them. */
async function runTogether(text: string, startLine: number): Promise<Finding[]> {
  const css = await import("css-tree");
  const found: Finding[] = [];
  const tree = css.parse(text, { positions: true, line: startLine, parseValue: false, parseCustomProperty: false });
  css.walk(tree, (node) => {
    if (node.type !== "Declaration" || node.value.type !== "Raw" || node.property.startsWith("--")) return;
    const value = node.value.value
      .slice(0, 2_000)
      .replace(/\/\*[^*]*(?:\*(?!\/)[^*]*)*\*\//g, (comment) => comment.replace(/[^\n]/g, " "));
    const next = /\n[ \t]*([a-z-]+)[ \t]*:/.exec(
      value.replace(/"[^"]*"|'[^']*'|\([^)]*\)/g, (part) => part.replace(/[^\n]/g, " ")),
    );
    if (!next) return;
    found.push({ line: node.loc?.start.line ?? startLine, message: `a semicolon is missing before \`${next[1]}\`` });
  });
  return found;
}
