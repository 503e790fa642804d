import { estimateTokens } from "../tokens.ts";

/** Finds what prompts begin with in common, so that a server's cache can be told to keep it. */
export interface PrefixFinder {
  /** Where at most three beginnings of this prompt end that were seen before, in whole paragraphs, the shortest first. */
  ends(system: string, prompt: string): number[];
  /** A server has read this prompt. */
  saw(system: string, prompt: string): void;
}

/** Shorter beginnings than this are kept by no server. */
const leastTokens = 1024;

/** How many prompts, and beginnings of prompts, are remembered. */
const remembered = 16;

/** Opens an empty memory of prompts. */
export function prefixFinder(): PrefixFinder {
  let seen: string[] = [];
  let shared: string[] = [];
  return {
    ends(system, prompt) {
      const whole = joined(system, prompt);
      const longest = seen.map((other) => sharedStart(whole, other)).reduce(longer, "");
      const worthwhile = estimateTokens(longest) >= leastTokens && !shared.includes(longest);
      if (worthwhile) shared = [...shared, longest].slice(-remembered);
      const before = whole.length - prompt.length;
      const ends = shared.filter((start) => whole.startsWith(start)).map((start) => start.length - before);
      const within = ends.filter((end) => end > 0).sort((one, other) => one - other);
      return within.slice(-3);
    },
    saw(system, prompt) {
      seen = [...seen, joined(system, prompt)].slice(-remembered);
    },
  };
}

const joined = (system: string, prompt: string) => `${system}\n\n${prompt}`;

const longer = (one: string, other: string) => (other.length > one.length ? other : one);

function sharedStart(text: string, other: string): string {
  if (text === other) return text;
  let same = 0;
  while (same < text.length && text[same] === other[same]) same += 1;
  const paragraphs = [...text.matchAll(/\n\n(?=\S)/g)].map(({ index }) => index + 2);
  return text.slice(0, paragraphs.findLast((end) => end <= same) ?? 0);
}
