import type { Block } from "./blocks.ts";
import { decided } from "./decide.ts";
import { type Find, finder, type Place, significant } from "./find.ts";
import { linesAround, nearestLines } from "./nearest.ts";
import { endsItsLastLine, linesOf, type SourceLines, sourceLines, usualEnd } from "./source-lines.ts";

/** A block that does not fit, why, and the numbered lines of the file it may have meant. */
interface FailedBlock {
  readonly block: Block;
  readonly reason: string;
  readonly nearest: string;
}

/**
 * Applies all blocks or, if one fails, none. A block applies where its search text stands once in the text as it was, or
 * once where the order of the blocks leaves it; else in the text as the other blocks leave it. Blanks at line ends,
 * indentation shifted as a whole, blank lines and the form of quotation marks may differ, in this order. Everything
 * around the changed lines keeps its bytes: line ends, byte order mark, final line end. Blocks applied before count as done.
 */
export function applyBlocks(
  source: string,
  blocks: readonly Block[],
): { readonly text: string; readonly failed: readonly FailedBlock[]; readonly tolerated: number } {
  const file = sourceLines(source);
  const find = finder(file.lines);
  const tasks = blocks
    .filter(({ search, replace }) => search !== replace)
    .map((block): Task => taskOf(block, file.lines, find));
  const chosen = decided(tasks.map(({ places }) => places));
  const { accepted, rest } = apart(tasks.map((task, index) => ({ task, place: chosen[index] })));
  let now = edited(
    file,
    accepted.map(({ place }) => place),
  );
  let tolerated = accepted.filter(({ place }) => place.tolerated).length;

  const failed: FailedBlock[] = [];
  let findNow = finder(now.lines);
  for (const [index, { task, overlaps }] of rest.entries()) {
    const places = index < mostInTurn && task.search.length > 0 ? findNow(task.search, task.replace) : [];
    const [place] = places;
    if (place && places.length === 1) {
      now = edited(now, [place]);
      findNow = finder(now.lines);
      if (place.tolerated) tolerated++;
    } else if (places.length > 1 || !standsAlready(task, findNow)) {
      failed.push(failure(task, overlaps, file.lines, failed.length));
    }
  }
  if (failed.length > 0) return { text: source, failed, tolerated: 0 };
  return { text: textOf(now, file), failed, tolerated };
}

interface Task {
  readonly block: Block;
  readonly search: readonly string[];
  readonly replace: readonly string[];
  readonly places: readonly Place[];
}

/** So many blocks may build on the lines of others, each a pass over the file. */
const mostInTurn = 100;

/** So many failures are shown with lines of the file. */
const mostShown = 20;

function taskOf(block: Block, lines: readonly string[], find: Find): Task {
  const [search, replace] = [linesOf(block.search), linesOf(block.replace)];
  if (significant(search)) return { block, search, replace, places: find(search, replace) };
  if (!significant(lines)) {
    return { block, search, replace, places: [{ start: 0, end: lines.length, lines: replace, tolerated: false }] };
  }
  return { block, search, replace, places: search.length > 0 ? find(search, replace) : [] };
}

interface Chosen {
  readonly task: Task;
  readonly place: Place;
}

/** Separates the places that can be edited at once from the blocks that have none, or overlap an earlier one. */
function apart(all: readonly { readonly task: Task; readonly place: Place | undefined }[]) {
  const accepted: Chosen[] = [];
  const rest: { task: Task; overlaps: boolean; index: number }[] = [];
  const placed = all.flatMap(({ task, place }, index) => {
    if (place) return [{ task, place, index }];
    rest.push({ task, overlaps: false, index });
    return [];
  });
  placed.sort((a, b) => a.place.start - b.place.start || a.place.end - b.place.end || a.index - b.index);
  let end = 0;
  for (const { task, place, index } of placed) {
    if (place.start < end) rest.push({ task, overlaps: true, index });
    else {
      accepted.push({ task, place });
      end = place.end;
    }
  }
  return { accepted, rest: rest.sort((a, b) => a.index - b.index) };
}

/** Puts the new lines of these places, which stand in order, in the place of the old ones. */
function edited(file: SourceLines, places: readonly Place[]): SourceLines {
  const usual = usualEnd(file);
  const lines: string[] = [];
  const ends: string[] = [];
  let next = 0;
  const keepUntil = (until: number) => {
    for (; next < until; next++) {
      lines.push(file.lines[next] ?? "");
      ends.push(file.ends[next] ?? "");
    }
  };
  for (const place of places) {
    keepUntil(place.start);
    const end = (place.end > place.start && file.ends[place.start]) || usual;
    for (const line of place.lines) {
      lines.push(line);
      ends.push(end);
    }
    next = place.end;
  }
  keepUntil(file.lines.length);
  return { lines, ends, mark: file.mark };
}

function textOf({ lines, ends, mark }: SourceLines, before: SourceLines): string {
  const usual = usualEnd(before);
  const last = lines.length - 1;
  const finalEnd = (end: string) => (endsItsLastLine(before) ? end || usual : "");
  return (
    mark +
    lines.map((line, index) => line + (index === last ? finalEnd(ends[index] ?? "") : ends[index] || usual)).join("")
  );
}

/** A block is done where its new lines stand once and say enough to be no accident. */
function standsAlready({ search, replace }: Task, find: Find): boolean {
  if (search.length === 0) return false;
  const words = replace.join(" ").match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return words >= 6 && find(replace, replace).length === 1;
}

function failure(
  { block, search, places }: Task,
  overlaps: boolean,
  lines: readonly string[],
  shown: number,
): FailedBlock {
  const hidden = shown >= mostShown;
  if (search.length === 0) return { block, reason: "the search part is empty, and the file is not", nearest: "" };
  if (places.length > 1) {
    const reason = `the search text stands in the file ${places.length} times; more of the lines around it would tell which is meant`;
    const nearest = hidden ? "" : linesAround(lines, places);
    return { block, reason, nearest };
  }
  const reason = overlaps ? "it changes lines that another block changes too" : "the search text is not in the file";
  return { block, reason, nearest: hidden ? "" : nearestLines(lines, search) };
}
