import { isBranch } from "./coerce/validate.ts";
import { fences, isMarkdown } from "./fences.ts";
import { keptPath, pathAlone } from "./file-path.ts";
import { fold } from "./fold.ts";
import { problem } from "./problems.ts";
import type { Extra, Path, Problem, Repair } from "./reading.ts";
import { type RepairOptions, repair } from "./repair.ts";
import type { WrittenFiles } from "./written-files.ts";

const lists = new Set(["files", "filelist", "codefiles", "sourcefiles", "documents", "output", "result", "文件"]);
const paths = new Set(["path", "file", "filename", "filepath", "name", "路径", "文件名", "文件路径"]);
const contents = new Set(
  ["content", "contents", "code", "source", "sourcecode", "filecontent", "text", "body"].concat(["内容", "代码"]),
);

/** One file of a JSON answer and where it stood there. */
interface Entry {
  readonly written: string;
  readonly code: unknown;
  readonly at: Path;
  /** What else was said about the file. */
  readonly others: readonly (readonly [string, unknown])[];
}

/** The files of an answer in JSON: `{"files": [{"path", "content"}]}`, such a list alone, or code by path. */
export function filesInJson(text: string, options: RepairOptions): WrittenFiles | undefined {
  const reading = repair(text, undefined, options);
  const found = reading.ok ? entriesOf(reading.value, []) : undefined;
  if (!reading.ok || !found || found.entries.length === 0) return undefined;
  const { entries, others } = found;
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  const extras: Extra[] = [...others];
  const repairs: Repair[] = [];
  const report = (kind: Repair["kind"], path: Path, more: Partial<Repair> = {}) =>
    repairs.push({ kind, path, span: [0, text.length], lossy: false, ...more });
  report("wrapper", []);
  for (const [index, { written, code, others: rest }] of entries.entries()) {
    const path = keptPath(written) ?? written;
    for (const [key, value] of rest) extras.push({ path: [path, key], value });
    const lines = Array.isArray(code) && code.every((line) => typeof line === "string") ? code.join("\n") : code;
    if (typeof lines !== "string") {
      const isCut = reading.truncated && index === entries.length - 1;
      if (!isCut) problems.push(problem("missing", "missing (expected its content as a text)", [path]));
      continue;
    }
    const inner = withoutFence(lines, path);
    const before = files.get(path);
    if (lines !== code) report("text", [path]);
    if (inner !== lines) report("fence", [path]);
    if (before !== undefined && before !== inner)
      report("version", [path], { lossy: true, note: "another version was left out", candidates: [before, inner] });
    files.set(path, inner);
  }
  for (const { path } of extras) report("extra", path, { lossy: true });
  return {
    files,
    problems,
    extras,
    repairs: [...repairs, ...placed(reading.repairs, entries)],
    truncated: reading.truncated,
  };
}

/** The repairs of the JSON as those of the files that they were in. */
function placed(repairs: readonly Repair[], entries: readonly Entry[]): Repair[] {
  const depth = entries[0]?.at.length ?? 0;
  const keyOf = (path: Path) => JSON.stringify(path.slice(0, depth));
  const files = new Map(entries.map(({ at, written }) => [keyOf(at), keptPath(written) ?? written]));
  return repairs.map((one) => {
    const file = one.path.length >= depth && depth > 0 ? files.get(keyOf(one.path)) : undefined;
    return { ...one, path: file === undefined ? [] : [file] };
  });
}

interface Entries {
  readonly entries: readonly Entry[];
  readonly others: readonly Extra[];
}

function entriesOf(value: unknown, at: Path): Entries | undefined {
  if (Array.isArray(value)) {
    const entries = value.flatMap((item, index) => entryOf(item, [...at, index]) ?? []);
    return entries.length === value.length ? { entries, others: [] } : undefined;
  }
  if (!isBranch(value)) return undefined;
  const members = Object.entries(value);
  if (members.every(([key, code]) => pathAlone(key) !== undefined && isCode(code)))
    return {
      entries: members.map(([key, code]) => ({ written: key, code, at: [...at, key], others: [] })),
      others: [],
    };
  const single = at.length === 0 ? entryOf(value, at) : undefined;
  if (single) return { entries: [single], others: [] };
  const list = members.find(([key, inner]) => lists.has(fold(key)) && isBranch(inner));
  const inner = list && at.length < 2 ? entriesOf(list[1], [...at, list[0]]) : undefined;
  const others = members.filter((member) => member !== list).map(([key, other]) => ({ path: [key], value: other }));
  return inner && { entries: inner.entries, others: [...inner.others, ...others] };
}

const isCode = (code: unknown) => typeof code === "string" || Array.isArray(code);

function entryOf(item: unknown, at: Path): Entry | undefined {
  if (!isBranch(item) || Array.isArray(item)) return undefined;
  const members = Object.entries(item);
  const path = members.find(([key, value]) => paths.has(fold(key)) && typeof value === "string");
  const code = members.find(([key, value]) => contents.has(fold(key)) && isCode(value));
  if (typeof path?.[1] !== "string") return undefined;
  const others = members.filter((member) => member !== path && member !== code);
  return { written: path[1], code: code?.[1], at, others };
}

/** Code that was put into a fence within its text. */
function withoutFence(code: string, path: string): string {
  if (isMarkdown(path) || !/^\s*(?:`{3}|~{3})/.test(code)) return code;
  const [block, another] = fences(code);
  const isWhole = block && !another && (code.slice(0, block.start) + code.slice(block.end)).trim() === "";
  return isWhole ? block.content : code;
}
