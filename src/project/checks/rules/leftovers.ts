import type { Finding } from "../finding.ts";
import { extensionOf } from "../paths.ts";
import type { Project } from "../project.ts";

/** No merge marker, Markdown fence, remark of a model, or note in place of code was left in a file. */
export function* leftovers(project: Project): Generator<Finding> {
  for (const [path, text] of project.files) {
    const source = project.sources.get(path);
    // what its parser accepts is a text inside the code
    const strict = source !== undefined && source.language !== "html" && source.language !== "css";
    if (!source && !codeWithoutParser.test(extensionOf(path))) continue;
    const lines = text.split("\n");
    const suspect = !strict || source.problems.length > 0;
    const found = (suspect ? (mergeMarker(lines) ?? wrapping(lines)) : fenced(lines)) ?? placeholder(lines);
    if (found) yield { path, line: found.line, kind: "leftover", message: `${path} ${found.says}` };
  }
}

interface Leftover {
  readonly line: number;
  readonly says: string;
}

const codeWithoutParser = /^(?:kt|kts|swift|vue|svelte|sh|bash|sql|lua|dart|scala|r|scss|sass|less|toml)$/;

function mergeMarker(lines: readonly string[]): Leftover | undefined {
  const index = lines.findIndex((line) => /^(?:<{7}|>{7})(?: |$)/.test(line));
  return index < 0
    ? undefined
    : { line: index + 1, says: "has the markers of an unfinished merge; keep one of the two versions" };
}

/** What a model puts around code, at the beginning or end of a file. */
function wrapping(lines: readonly string[]): Leftover | undefined {
  const written = lines.flatMap((line, index) => (line.trim() === "" ? [] : [index]));
  const edges = [...new Set([...written.slice(0, 2), ...written.slice(-2)])];
  for (const index of edges) {
    const text = (lines[index] ?? "").trim().slice(0, 300);
    if (fence.test(text))
      return { line: index + 1, says: "has a Markdown fence around its code; only the code belongs in the file" };
    if (/^\[\/?(?:CONTENT|CODE)\]$/.test(text))
      return { line: index + 1, says: `has the tag ${text}, which belongs to a chat and not to the code` };
    if (remark.test(text))
      return {
        line: index + 1,
        says: `has a remark to the reader (${JSON.stringify(text.slice(0, 60))}) where only code belongs`,
      };
  }
  return undefined;
}

/** A text may end like a fence, but no code begins with one; to JavaScript the whole may be one odd template. */
function fenced(lines: readonly string[]): Leftover | undefined {
  const first = lines.findIndex((line) => line.trim() !== "");
  return fence.test(lines[first]?.trim() ?? "") ? wrapping(lines.slice(0, first + 1)) : undefined;
}

const fence = /^(?:`{3,}|~{3,})[\w+#.-]*$/;

const remark =
  /^(?:(?:sure|certainly|of course|absolutely|okay|great)[,!.]|(?:here(?:'s| is| are)|below is|this is) (?:the|your|an?|my) .{0,60}(?:code|file|implementation|version|script|content)|i hope (?:this|that)|let me know if|feel free to|(?:以下|下面|这)(?:就)?是.{0,40}(?:代码|实现|内容|文件)|希望.{0,20}帮助|好的[，,！。])/i;

/** A comment that stands for code nobody wrote; what looks like one within a text of Python is none. */
function placeholder(lines: readonly string[]): Leftover | undefined {
  let quoted = false;
  for (const [index, line] of lines.entries()) {
    const marks = line.match(/"""|'''/g)?.length ?? 0;
    if (marks % 2 === 1) quoted = !quoted;
    const comment =
      quoted || line.length > 300 ? undefined : /^\s*(?:\/\/|#|\/\*|<!--|--|;|\{\/\*)\s*(.+)$/.exec(line)?.[1];
    if (comment !== undefined && standsForCode.some((form) => form.test(comment)))
      return { line: index + 1, says: `has the note ${JSON.stringify(comment.slice(0, 80))} in place of code` };
  }
  return undefined;
}

const standsForCode = [
  /^\(?(?:\.{3}|…)\s*\(?(?:the )?(?:rest|remaining|remainder|existing|previous|other|same|unchanged|your)\b.{0,40}\b(?:code|file|implementation|methods?|functions?|logic|class|styles?|content|imports?|handlers?|rules|unchanged|before|above|here|omitted)\b/i,
  /^(?:the )?(?:rest|remainder) of (?:the|your|this|my) (?:existing |original |previous )?(?:code|file|implementation|class|function|methods?|script|logic)\b.{0,20}(?:here|unchanged|remains?|same|goes|omitted|\.{3}|…|\*\/|-->|$)/i,
  /^(?:your |the )?(?:existing|previous) (?:code|implementation|logic|methods?|functions?) (?:(?:goes )?here|(?:remains?|stays?|is) (?:unchanged|the same|as (?:it )?is)|\.{3}|…)/i,
  /^(?:code|implementation|logic) (?:goes here|omitted|unchanged|remains the same)/i,
  /^[（(]?(?:\.{3}|…+)?\s*(?:此处|这里)?省略.{0,20}(?:代码|实现|部分|逻辑)/,
  /^[（(]?(?:\.{3}|…+)?\s*(?:其余|其他|剩余|原有|现有|之前的?)(?:的)?(?:代码|方法|函数|逻辑|实现|部分).{0,6}(?:不变|省略|同上|保持|略|在此|在这里)/,
];
