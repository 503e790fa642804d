import { looksLikeCode, missingPart, refuses } from "./code-look.ts";
import { type Fence, fences, isMarkdown } from "./fences.ts";
import { extensionOf, isLanguageOf, isTextFile, namesPath } from "./language.ts";
import { problem } from "./problems.ts";
import type { Reading, Repair, RepairKind } from "./reading.ts";
import { stripReasoning } from "./reasoning.ts";

/** The source of one file and how it was found. */
interface Source {
  readonly text: string;
  readonly kinds: readonly RepairKind[];
}

/**
 * The source of one file out of an answer: the block that names the file, else one in its language, else the longest;
 * without a fence the answer itself where it is code. Its text is not changed but for ending in one line break.
 */
export function readCode(
  text: string,
  { path, truncated = false }: { readonly path: string; readonly truncated?: boolean },
): Reading<string> {
  const failed = (what: string): Reading<string> => ({
    ok: false,
    problems: [problem("no-code", `${path}: ${what}`)],
    partial: undefined,
    truncated,
  });
  if (text.trim() === "") return failed("the answer is empty");
  const whole = text.replaceAll("\r\n", "\n");
  const answer = stripReasoning(whole);
  if (answer.trim() === "") return failed("there is only reasoning and no code");

  const found = fromJson(answer, path) ?? fenced(answer, path, truncated) ?? unfenced(answer, path);
  if (!found) return failed("there is no code in the answer, only prose");
  const source = fromJson(found.text, path) ?? found;
  if (source.text.trim() === "" && !/(?:^|\/)__init__\.py$/.test(path)) return failed("the code is empty");
  const gap = isTextFile(path) ? undefined : missingPart(source.text);
  if (gap) return failed(`${gap} stands for code that is missing; the whole file is needed`);

  const kinds = new Set<RepairKind>([
    ...(answer === whole ? [] : (["reasoning"] as const)),
    ...found.kinds,
    ...source.kinds,
  ]);
  if (truncated) kinds.add("truncated");
  const repairs = [...kinds].map((kind): Repair => {
    return { kind, path: [], span: [0, text.length], lossy: kind === "block" || kind === "truncated" };
  });
  const lossy = repairs.some((repair) => repair.lossy);
  return { ok: true, value: withOneLineBreak(source.text), repairs, lossy, truncated, extras: [] };
}

/** Code that was put into a JSON object, under its own name or a usual one. */
function fromJson(text: string, path: string): Source | undefined {
  if (!text.trimStart().startsWith("{") || extensionOf(path) === "json") return undefined;
  const members = parsedObject(text);
  const [code, another] = members.filter(
    ([key, value]) =>
      typeof value === "string" &&
      (namesPath(key, path) || /^(?:source_?)?(?:code|content|file_content|source)$/i.test(key)),
  );
  if (typeof code?.[1] !== "string" || another) return undefined;
  const inner = fenced(code[1], path, false);
  return { text: inner?.text ?? code[1], kinds: ["wrapper"] };
}

function parsedObject(text: string): [string, unknown][] {
  try {
    return Object.entries(JSON.parse(text));
  } catch {
    return [];
  }
}

function fenced(text: string, path: string, truncated: boolean): Source | undefined {
  const forMarkdown = isMarkdown(path);
  const markdown = (info: string) => isMarkdown(info) || (forMarkdown && (info === "" || namesPath(info, path)));
  const blocks = fences(text, { markdown, truncated });
  if (forMarkdown && !blocks.some((block) => isWholeDocument(text, block, path))) return undefined;
  const ranked = blocks
    .map((block) => ({ block, rank: rankOf(text, block, path) }))
    .sort((a, b) => b.rank - a.rank || b.block.content.length - a.block.content.length);
  const [best] = ranked;
  if (!best) return undefined;
  const { block } = best;
  const around = text.slice(0, block.start) + text.slice(block.end);
  const kinds: RepairKind[] = [];
  if (blocks.length > 1) kinds.push("block");
  else if (around.trim() !== "") kinds.push("prose");
  if (!block.closed && !truncated) kinds.push("unclosed");
  return { text: block.content, kinds };
}

/** Whether a block holds a Markdown file, rather than being an example inside one that came without a fence. */
function isWholeDocument(text: string, block: Fence, path: string): boolean {
  const before = text.slice(0, block.start);
  if (namesPath(block.info, path) || namesPath(lineBefore(text, block), path)) return true;
  return (isMarkdown(block.info) || block.info === "") && !/^#{1,6}\s/m.test(before);
}

/** 4: its info string names the file; 3: a line at its head does; 2: it is in the file's language; 0: in another. */
function rankOf(text: string, block: Fence, path: string): number {
  if (namesPath(block.info, path)) return 4;
  if (block.info !== "" && extensionOf(path) !== "" && !isLanguageOf(block.info, path)) return 0;
  const firstLine = block.content.slice(0, 200).split("\n", 1)[0] ?? "";
  const comment = /^\s*(?:\/\/|#|--|\/\*|<!--)/.test(firstLine) ? firstLine : "";
  if (namesPath(comment, path) || namesPath(lineBefore(text, block), path)) return 3;
  return block.info === "" ? 1 : 2;
}

function lineBefore(text: string, block: Fence): string {
  const before = text.slice(Math.max(0, block.start - 500), block.start).trimEnd();
  return before.slice(before.lastIndexOf("\n") + 1);
}

function unfenced(text: string, path: string): Source | undefined {
  const code = text.replace(
    /^(?:here|sure|below|certainly|of course|the following|好的|以下|这是)[^\n]{0,200}[:：.!]\s*\n/i,
    "",
  );
  if (refuses(code) || !(isTextFile(path) || looksLikeCode(code))) return undefined;
  const kinds: readonly RepairKind[] = code === text ? ["unfenced"] : ["prose", "unfenced"];
  return { text: code.replace(/^(?:[ \t]*\n){1,50}/, ""), kinds };
}

/** A file ends in one line break. */
export function withOneLineBreak(text: string): string {
  let end = text.length;
  while (text[end - 1] === "\n") end--;
  return `${text.slice(0, end)}\n`;
}
