const bullet =
  /^([ \t]*)(?:[-*•+·▪◦–][ \t]+|\(?\d{1,3}[.)、．）][ \t]*|[①-⑳][ \t]*|[一二三四五六七八九十]{1,3}、)(?=\S)/;

/** The items of a list that was written as text; `sure` where its marks leave no doubt. */
export interface SplitText {
  readonly items: readonly string[];
  readonly sure: boolean;
}

/** Splits a text into the items it lists: by bullets or numbers, else by lines, else by commas between short words. */
export function splitText(text: string): SplitText | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length === 0) return { items: [], sure: true };
  const bulleted = byBullets(lines);
  if (bulleted) return { items: bulleted, sure: true };
  if (lines.length > 1) return { items: lines.map((line) => line.trim()), sure: false };
  return inLine(text.trim());
}

/** The items of lines that begin with bullets; lines further in belong to the item before. */
function byBullets(lines: readonly string[]): string[] | undefined {
  const first = bullet.exec(lines[0] ?? "");
  if (!first) return undefined;
  const indent = (first[1] ?? "").length;
  const items: string[] = [];
  for (const line of lines) {
    const mark = bullet.exec(line);
    if (mark && (mark[1] ?? "").length <= indent + 1) items.push(line.slice(mark[0].length).trimEnd());
    else if (/^\s/.test(line) && line.search(/\S/) > indent) items[items.length - 1] += `\n${line.trimEnd()}`;
    else return undefined;
  }
  return items;
}

function inLine(text: string): SplitText | undefined {
  const numbered = text.split(/(?:^|[\s;；,，])\(?\d{1,2}[.)、．）]\s*(?=\D)/).map((part) => part.trim());
  if (numbered.length > 2 && numbered[0] === "" && countsUp(text)) {
    return { items: numbered.slice(1).map((part) => part.replace(/[;；,，]$/, "")), sure: false };
  }
  for (const [separator, longest] of separators) {
    const parts = text.split(separator).map((part) => part.trim());
    if (parts.length > 1 && parts.every((part) => part !== "" && isShort(part, longest)))
      return { items: parts, sure: false };
  }
  return undefined;
}

const separators: readonly (readonly [RegExp, number])[] = [
  [/[;；]\s*/, 120],
  [/\s*\|\s*/, 60],
  [/、/, 30],
  [/,\s+|，\s*/, 40],
  [/,/, 40],
];

const isShort = (part: string, longest: number): boolean =>
  part.length <= longest && part.split(/\s+/).length <= (longest > 60 ? 20 : 5) && !/[.!?。！？]$/.test(part);

function countsUp(text: string): boolean {
  const numbers = [...text.matchAll(/(?:^|[\s;；,，])\(?(\d{1,2})[.)、．）]/g)].map((match) => Number(match[1]));
  return numbers.length > 1 && numbers.every((number, index) => number === index + 1);
}

/** A short label and what it stands before, such as `P0: the snake moves`; undefined where a text has none. */
export function splitLabel(text: string): [string, string] | undefined {
  const inBrackets = /^\s*\(([\s\S]*)\)\s*$/.exec(text)?.[1];
  if (inBrackets !== undefined) return splitLabel(inBrackets);
  const match =
    /^\s*[[(（【]\s*["']?([^\]"'）)】\n]{1,24}?)["']?\s*[\])）】]\s*[:：\-–—,，]?\s*(\S[\s\S]*)$/.exec(text) ??
    /^\s*["']([^"'\n]{1,40})["']\s*[:：,，]\s*["']([\s\S]*)["']\s*$/.exec(text) ??
    /^\s*([^\s:：,，"'()]{1,24})\s*[:：,，]\s*(\S[\s\S]*)$/.exec(text) ??
    /^\s*([^\s:：,，"'()]{1,24})\s+[-–—]\s+(\S[\s\S]*)$/.exec(text) ??
    /^\s*([A-Z]\d{1,2})\s+(\S[\s\S]*)$/.exec(text);
  return match ? [match[1] ?? "", match[2] ?? ""] : undefined;
}
