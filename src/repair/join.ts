import { type Fence, fences, isMarkdown } from "./fences.ts";
import { stripReasoning } from "./reasoning.ts";

const shortest = 20;
const longest = 2000;
const intro =
  /^\s*(?:continu|here|sure|okay|ok\b|certainly|of course|resum|picking up|the rest|接|继续|好的|以下)[^\n{}<>;；]{0,200}[:：.!…。]*[ \t]*\n+/i;

/**
 * Joins an answer that was cut with its continuation: a fence that is opened again goes on in the open one, what was
 * said before it and what is repeated is left out, and an answer that starts all over replaces the first.
 */
export function joinCut(text: string, more: string): string {
  const thinking = text.trim() !== "" && stripReasoning(text) === "";
  const answer = thinking ? more : stripReasoning(more);
  if (text.trim() === "" || answer.trim() === "") return text.trim() === "" ? answer : text;
  const open = fences(text, { truncated: true }).find((block) => !block.closed);
  const { rest, reopened } = continuation(answer, open);
  if (startsOver(open?.content ?? text, rest)) return answer;
  const added = withoutRepeated(text, rest);
  const gap = reopened && added === rest && /[;{}>]$/.test(text) && /^[^\s]/.test(added) ? "\n" : "";
  return text + gap + added;
}

/** What goes on in the cut text: without an introduction and the fence that was opened again. */
function continuation(more: string, open: Fence | undefined): { rest: string; reopened: boolean } {
  const words = intro.exec(more)?.[0] ?? "";
  // where no fence is opened again, such words may be the rest of a line that was cut
  const apart = /[:：…]\s*\n$|^\s*[^a-z][^\n]*\n\s*\n$/.test(words) ? words : "";
  const fence = /^\s*\n?[ \t]*(`{3,}|~{3,})([^\n`]*)\n/.exec(more.slice(words.length));
  if (!fence || !reopens(fence[2]?.trim() ?? "", more.slice(words.length + fence[0].length), open)) {
    return { rest: more.slice(apart.length), reopened: false };
  }
  const rest = more.slice(words.length + fence[0].length);
  return { rest: open ? rest : withoutClosing(rest, fence[1] ?? "```"), reopened: true };
}

/** Whether a fence at the start of a continuation opens the cut block again: in Markdown it may be an inner one. */
function reopens(info: string, behind: string, open: Fence | undefined): boolean {
  if (info === "") return /^[ \t]*\S/.test(behind) && !/^[ \t]*(?:`{3}|~{3})/.test(behind);
  return !open || !isMarkdown(open.info) || isMarkdown(info);
}

function withoutClosing(text: string, fence: string): string {
  const at = text.lastIndexOf(`\n${fence}`);
  return at < 0 || text.slice(at + 1 + fence.length).trim() !== "" ? text : text.slice(0, at);
}

/** Whether a continuation begins with the beginning of what it should continue. */
function startsOver(text: string, more: string): boolean {
  const first = text.trimStart().slice(0, 80);
  return first.length >= shortest && more.trimStart().startsWith(first);
}

/** The continuation without what the text already ends with: an overlap of some length, or its whole last line. */
function withoutRepeated(text: string, more: string): string {
  for (let length = Math.min(longest, text.length, more.length); length >= shortest; length--) {
    const overlap = more.slice(0, length);
    if (/[\p{L}\p{N}]/u.test(overlap) && text.endsWith(overlap)) return more.slice(length);
  }
  const end = text.endsWith("\n") ? text.length - 1 : text.length;
  const lastLine = text.slice(text.lastIndexOf("\n", end - 1) + 1);
  const telling = lastLine.trim().length >= 4 && /\p{L}/u.test(lastLine) && lastLine !== text;
  return telling && more.startsWith(lastLine) ? more.slice(lastLine.length) : more;
}
