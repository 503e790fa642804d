/** One fenced block: `start` to `end` with its fence lines, `from` to `to` without them. */
export interface Fence {
  readonly start: number;
  readonly from: number;
  readonly to: number;
  readonly end: number;
  readonly info: string;
  /** False where the text ended first. */
  readonly closed: boolean;
  /** The lines inside, without the indentation the fence itself has. */
  readonly content: string;
}

interface Mark {
  readonly start: number;
  readonly end: number;
  readonly indent: number;
  readonly fence: string;
  readonly info: string;
}

/**
 * The fenced blocks of a Markdown text, by CommonMark's rules and two of our own: a fence with a language inside a
 * block opens an inner one, and in a Markdown document bare inner fences are paired as well.
 */
export function fences(
  text: string,
  { markdown = isMarkdown, truncated = false }: { markdown?: (info: string) => boolean; truncated?: boolean } = {},
): Fence[] {
  const marks = fenceLines(text);
  const found: Fence[] = [];
  let nesting = true;
  for (let at = 0; at < marks.length; at++) {
    const open = marks[at];
    if (!open) break;
    const document = markdown(open.info);
    let close = nesting || document ? closing(text, marks, at, document) : undefined;
    if (close === undefined && !document && !truncated) {
      // An inner fence that never closed was no inner fence; trying again for every block would take quadratic time.
      nesting = false;
      close = firstClosing(marks, at);
    }
    found.push(block(text, open, close === undefined ? undefined : marks[close]));
    if (close === undefined) break;
    at = close;
  }
  return found;
}

/** The block a place stands in; the blocks are in the order of the text. */
export function blockAt(blocks: readonly Fence[], at: number): Fence | undefined {
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((blocks[middle]?.from ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  const block = blocks[low];
  return block && block.from <= at && at < block.to ? block : undefined;
}

/** Whether a fence's info string announces Markdown. */
export const isMarkdown = (info: string): boolean => /^(?:markdown|mdx?|[^\s]+\.mdx?)\b/i.test(info);

function fenceLines(text: string): Mark[] {
  const marks: Mark[] = [];
  for (const match of text.matchAll(/^([ \t\ufeff\u200b]*)(`{3,}|~{3,})(.*)$/gm)) {
    const [line, indent = "", fence = "", rest = ""] = match;
    // A back-tick behind the fence makes it inline code.
    if (fence.startsWith("`") && rest.includes("`")) continue;
    const width = indent.replaceAll("\t", "    ").length;
    marks.push({ start: match.index, end: match.index + line.length, indent: width, fence, info: rest.trim() });
  }
  return marks;
}

/** By CommonMark's rules alone. */
function firstClosing(marks: readonly Mark[], at: number): number | undefined {
  for (let index = at + 1; index < marks.length; index++) {
    const [open, mark] = [marks[at], marks[index]];
    if (open && mark && closes(mark, open)) return index;
  }
  return undefined;
}

const closes = (mark: Mark, open: Mark): boolean =>
  mark.info === "" && mark.indent <= open.indent + 3 && mark.fence.startsWith(open.fence);

/** The index of the mark that closes the block opened at `at`, if inner fences are taken as pairs. */
function closing(text: string, marks: readonly Mark[], at: number, document: boolean): number | undefined {
  const open = marks[at];
  if (!open) return undefined;
  const stack = [open];
  for (let index = at + 1; index < marks.length; index++) {
    const mark = marks[index];
    const top = stack.at(-1);
    if (!mark || !top || !mark.fence.startsWith(open.fence)) continue;
    if (mark.info !== "") stack.push(mark);
    else if (stack.length === 1 && document && opensInside(text, mark, marks[index + 1])) stack.push(mark);
    else if (mark.fence.startsWith(top.fence) && (stack.length > 1 || closes(mark, open))) stack.pop();
    if (stack.length === 0) return index;
  }
  return undefined;
}

/** Whether a bare fence in a Markdown document begins an example: text follows at once and another bare fence ends it. */
const opensInside = (text: string, mark: Mark, next: Mark | undefined): boolean =>
  next?.info === "" && /^\r?\n[ \t]*[^\s]/.test(text.slice(mark.end, mark.end + 200));

function block(text: string, open: Mark, close: Mark | undefined): Fence {
  const from = Math.min(open.end + 1, text.length);
  const glued = close ? null : /(`{3,}|~{3,})\s*$/.exec(text.slice(Math.max(from, text.length - 80)));
  const unclosed = glued?.[1]?.startsWith(open.fence) ? text.length - glued[0].length : text.length;
  const to = close ? close.start : Math.max(from, unclosed);
  const lines = text.slice(from, to);
  return {
    start: open.start,
    from,
    to,
    end: close?.end ?? text.length,
    info: open.info,
    closed: close !== undefined || unclosed < text.length,
    content: open.indent > 0 ? lines.replace(new RegExp(`^[ \\t]{1,${open.indent}}`, "gm"), "") : lines,
  };
}
