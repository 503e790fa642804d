import { type Fence, fences, isMarkdown } from "./fences.ts";
import { headingLevel, type Naming, namingOf, pathOfComment, pathOfInfo } from "./file-path.ts";
import { extensionOf, isLanguageOf, isTextFile } from "./language.ts";
import { problem } from "./problems.ts";
import type { Problem, Repair, RepairKind, Span } from "./reading.ts";
import type { WrittenFiles } from "./written-files.ts";

/** How surely a block is the file: its path is given, or a sentence before the code or before some text names it. */
type Sureness = "given" | "said" | "guessed";

interface Named {
  readonly path: string;
  readonly sure: Sureness;
  /** Nothing but the first line of the code names it. */
  readonly byComment: boolean;
}

/** A block with what was said between it and the one before. */
interface Section {
  readonly block: Fence;
  readonly before: Span;
  readonly named: Named | undefined;
}

/** The files of an answer whose fenced blocks are named; undefined where none is. */
export function filesInFences(text: string, truncated: boolean): WrittenFiles | undefined {
  const sections = sectionsOf(text, blocksOf(text, truncated));
  if (!sections.some(({ named }) => named)) return withinOne(text, sections, truncated);
  const last = sections.at(-1);
  const chosen = new Map<string, Section & { named: Named }>();
  const repairs: Repair[] = [];
  const problems: Problem[] = [];
  const report = (kind: RepairKind, span: Span, more: Partial<Repair> = {}) =>
    repairs.push({ kind, path: [], span, lossy: false, ...more });
  for (const section of sections) {
    const { block, before, named } = section;
    const isCut = truncated && section === last && !block.closed;
    if (isProse(text, section)) report("prose", before);
    if (!named) {
      report("block", [block.start, block.end], { lossy: true, note: "a block without a path was left out" });
      continue;
    }
    const path = [named.path];
    const earlier = chosen.get(named.path);
    if (earlier && sureness.indexOf(named.sure) > sureness.indexOf(earlier.named.sure)) {
      report("block", [block.start, block.end], { path, lossy: true, note: "a block beside the file was left out" });
      continue;
    }
    if (isCut) report("truncated", [block.from, block.end], { path, lossy: true });
    else if (!block.closed) report("unclosed", [block.start, block.end], { path });
    if (named.byComment) report("path", commentSpan(block), { path });
    if (isCut && block.content.trim() === "") continue;
    if (earlier) {
      const candidates = [earlier.block.content, block.content] as const;
      const differ = candidates[0].trimEnd() !== candidates[1].trimEnd();
      report("version", [earlier.block.start, earlier.block.end], {
        path,
        lossy: differ,
        note: differ ? "another version was left out" : "the same once more",
        ...(differ && { candidates }),
      });
    }
    chosen.set(named.path, { ...section, named });
  }
  const end = last?.block.end ?? 0;
  if (/[\p{L}\p{N}]/u.test(text.slice(end))) report("prose", [end, text.length]);
  if (truncated && last?.block.closed) report("truncated", [end, text.length], { lossy: true });
  for (const { block, named } of chosen.values())
    if (/^(?:diff|patch)\b/i.test(block.info) && !/^(?:diff|patch)$/.test(extensionOf(named.path)))
      problems.push(problem("no-code", "is written as a diff; the whole file is needed", [named.path]));
  const files = new Map([...chosen].map(([path, { block }]) => [path, block.content]));
  return { files, problems, repairs, extras: [], truncated };
}

const sureness: readonly Sureness[] = ["given", "said", "guessed"];

/** An answer that was put as a whole into a fence of its own. */
function withinOne(text: string, sections: readonly Section[], truncated: boolean): WrittenFiles | undefined {
  const [section, another] = sections;
  if (!section || another) return undefined;
  const { block, before } = section;
  if (!(isMarkdown(block.info) || block.info === "") || block.content !== text.slice(block.from, block.to))
    return undefined;
  const inner = filesInFences(block.content, truncated && !block.closed);
  if (!inner) return undefined;
  const moved = inner.repairs.map((one): Repair => {
    return { ...one, span: [one.span[0] + block.from, one.span[1] + block.from] };
  });
  const fence: Repair = { kind: "fence", path: [], span: [block.start, block.from], lossy: false };
  const prose: Repair = { kind: "prose", path: [], span: before, lossy: false };
  return { ...inner, truncated, repairs: [...(isProse(text, section) ? [prose] : []), fence, ...moved] };
}

/** Blocks, where a file that was never closed ends before the next one. */
function blocksOf(text: string, truncated: boolean): Fence[] {
  const found = fences(text, { truncated });
  const last = found.at(-1);
  const swallows = truncated && last && !last.closed && !isMarkdown(last.info) && namedFences(last.content).length > 0;
  return (swallows ? fences(text) : found).flatMap((block) => apart(text, block));
}

const fenceLine = /^(?:`{3,}|~{3,})(.*)$/gm;

/** The lines within a text that open the block of a named file. */
const namedFences = (code: string) =>
  [...code.matchAll(fenceLine)].filter(
    ({ 1: info = "", index }) =>
      info.trim() !== "" && (pathOfInfo(info.trim()) ?? namingOf(lineBefore(code, index).text)?.plainly) !== undefined,
  );

function apart(text: string, block: Fence): Fence[] {
  if (isMarkdown(block.info) || block.content !== text.slice(block.from, block.to)) return [block];
  const inner = namedFences(block.content);
  const hasPairs = [...block.content.matchAll(fenceLine)].some(({ 1: info = "" }) => info.trim() === "");
  if (inner.length === 0 || hasPairs) return [block];
  const parts: Fence[] = [];
  let open = { start: block.start, from: block.from, info: block.info };
  for (const { 0: line, 1: info = "", index } of inner) {
    const before = lineBefore(block.content, index);
    const to = block.from + (namingOf(before.text)?.plainly ? before.start : index);
    parts.push({ ...open, to, end: to, closed: false, content: text.slice(open.from, to) });
    const start = block.from + index;
    open = { start, from: Math.min(start + line.length + 1, block.to), info: info.trim() };
  }
  return [...parts, { ...block, ...open, content: text.slice(open.from, block.to) }];
}

/** The last line with words before a place, and where it begins. */
function lineBefore(text: string, at: number): { text: string; start: number } {
  const before = text.slice(Math.max(0, at - 1000), at).trimEnd();
  const start = before.lastIndexOf("\n") + 1;
  return { text: before.slice(start), start: Math.max(0, at - 1000) + start };
}

function sectionsOf(text: string, blocks: readonly Fence[]): Section[] {
  let end = 0;
  let waiting: Naming | undefined;
  return blocks.map((block) => {
    const before: Span = [end, block.start];
    end = block.end;
    const said = saidBefore(text.slice(...before));
    const above = said.above ?? (said.turned ? undefined : waiting);
    const named = nameOf(block, said.beside, above);
    waiting = named ? undefined : above;
    return { block, before, named };
  });
}

interface Said {
  /** In the line right before the block. */
  readonly beside?: Naming | undefined;
  /** Further up, as a heading or a line of its own. */
  readonly above?: Naming | undefined;
  /** A heading speaks of something else. */
  readonly turned: boolean;
}

/** What the lines between two blocks say of the second one's path. */
function saidBefore(gap: string): Said {
  const lines = gap.slice(-4000).split("\n").reverse();
  let beside: Naming | undefined;
  let shallowest = Number.POSITIVE_INFINITY;
  let first = true;
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const naming = isListed(lines, index) ? undefined : namingOf(line);
    if (first) beside = naming;
    first = false;
    if (naming?.plainly && (naming.level ?? 1) < shallowest) return { beside, above: naming, turned: true };
    shallowest = Math.min(shallowest, headingLevel(line) ?? shallowest);
  }
  return { beside, turned: shallowest < Number.POSITIVE_INFINITY };
}

/** Whether a line stands in a list of paths, which is about no block. */
const isListed = (lines: readonly string[], index: number): boolean =>
  isPathItem(lines[index]) && (isPathItem(lines[index - 1]) || isPathItem(lines[index + 1]));

const isPathItem = (line: string | undefined): boolean =>
  line !== undefined && /^\s*(?:[-+•*]|\d{1,3}[.)])\s/.test(line) && namingOf(line) !== undefined;

/** The path of a block: from its fence, the line beside it, its first comment, or a heading further up. */
function nameOf(block: Fence, beside: Naming | undefined, above: Naming | undefined): Named | undefined {
  const fits = ({ path }: Naming) => !isAside(block.info, path);
  const plain = beside?.plainly && fits(beside) ? beside.path : undefined;
  const isDocument = isMarkdown(block.info) || (block.info === "" && /^(?:`{3}|~{3})/m.test(block.content));
  const comment = isDocument ? undefined : pathOfComment(block.content);
  const given = [pathOfInfo(block.info), plain, comment, above && fits(above) ? above.path : undefined];
  const [path, ...others] = given.filter((one) => one !== undefined);
  if (path !== undefined) {
    // The same file by a longer path.
    const fuller = others.find((other) => other.endsWith(`/${path}`)) ?? path;
    const byComment = given[0] === undefined && plain === undefined && comment === path;
    return { path: fuller, sure: "given", byComment };
  }
  if (!beside || !fits(beside)) return undefined;
  if (block.info === "") return { path: beside.path, sure: "guessed", byComment: false };
  return isLanguageOf(block.info, beside.path) ? { path: beside.path, sure: "said", byComment: false } : undefined;
}

/** Whether a block is beside a file rather than the file: how to run it, what it prints. */
const isAside = (info: string, path: string): boolean =>
  /^(?:bash|sh|shell|zsh|console|terminal|powershell|cmd|bat|text|plaintext|txt|output|log)\b/i.test(info) &&
  extensionOf(path) !== "" &&
  !isLanguageOf(info, path) &&
  !isTextFile(path);

/** Whether more is said before a block than the paths of files. */
const isProse = (text: string, { before }: Section): boolean =>
  text
    .slice(...before)
    .split("\n")
    .some((line) => /[\p{L}\p{N}]/u.test(line) && !namingOf(line)?.plainly);

/** The first line that is not blank. */
function commentSpan({ content, from }: Fence): Span {
  const start = content.search(/\S/);
  const end = content.indexOf("\n", start);
  return [from + start, from + (end < 0 ? content.length : end)];
}
