import type { Source } from "../source.ts";

/** How well each file answers to what somebody asks for, by its path, its names and, for words without spaces, its text. */
export function focusScores(
  focus: string,
  files: ReadonlyMap<string, string>,
  sources: ReadonlyMap<string, Source>,
): Map<string, number> {
  const asked = askedFor(focus.slice(0, 20_000));
  const parts = new Map<string, string[]>();
  const wordsOf = (name: string) => {
    const known = parts.get(name) ?? wordsIn(name).filter((word) => asked.words.has(word));
    parts.set(name, known);
    return known;
  };
  const hits = [...files].map(([path, text]) => ({
    path,
    hits: hitsOf(asked, wordsOf, path, text, sources.get(path)),
  }));
  const spread = new Map<string, number>();
  for (const one of hits) for (const word of one.hits.keys()) spread.set(word, (spread.get(word) ?? 0) + 1);
  return new Map(
    hits.map(({ path, hits }) => {
      let score = 0;
      // a word that stands in every file says nothing about one of them
      for (const [word, weight] of hits) score += weight * Math.log(1 + files.size / (spread.get(word) ?? 1));
      // few good hits say more than many faint ones
      return [path, score ** 1.5];
    }),
  );
}

interface Asked {
  /** Lower-case words, the parts of names such as `loadScores` among them. */
  readonly words: ReadonlySet<string>;
  /** Names as they were written. */
  readonly names: ReadonlySet<string>;
  /** Two characters each of what is written without spaces. */
  readonly pairs: ReadonlySet<string>;
}

function askedFor(focus: string): Asked {
  const names = new Set<string>();
  const words = new Set<string>();
  for (const [name] of focus.matchAll(/[A-Za-z_$][\w$]*/g)) {
    names.add(name);
    for (const word of wordsIn(name)) if (!common.has(word)) words.add(word);
  }
  const pairs = new Set<string>();
  for (const [run] of focus.matchAll(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]{2,}/gu)) {
    const chars = [...run];
    for (let at = 0; at + 1 < chars.length && pairs.size < 300; at++) pairs.add(`${chars[at]}${chars[at + 1]}`);
  }
  return { words, names, pairs };
}

const common = new Set(
  "the and for with that this from are was were you your add make please want need should can use when not into all new file files code app".split(
    " ",
  ),
);

/** `loadHighScores` as load, high, score: plurals count as their singular. */
function wordsIn(name: string): string[] {
  return name
    .slice(0, 200)
    .split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/)
    .map((word) => word.toLowerCase().replace(/(?<=[a-z]{3})s$/, ""))
    .filter((word) => word.length > 2);
}

function hitsOf(
  { names, pairs }: Asked,
  askedWordsIn: (name: string) => readonly string[],
  path: string,
  text: string,
  source: Source | undefined,
): Map<string, number> {
  const hits = new Map<string, number>();
  const hit = (word: string, weight: number) => hits.set(word, Math.max(hits.get(word) ?? 0, weight));
  for (const word of askedWordsIn(path)) hit(word, 4);
  for (const { name } of source?.declares ?? []) {
    const own = name.slice(name.lastIndexOf(".") + 1);
    if (names.has(own)) hit(`=${own}`, 4);
    for (const word of askedWordsIn(own)) hit(word, 2);
  }
  for (const one of source?.words ?? []) {
    if (names.has(one) && one.length > 3) hit(`~${one}`, 0.3);
    for (const word of askedWordsIn(one)) hit(word, 0.3);
  }
  const searched = text.slice(0, 200_000);
  for (const pair of pairs) if (path.includes(pair) || searched.includes(pair)) hit(pair, 1);
  return hits;
}
