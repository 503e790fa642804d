import { table } from "../page.ts";

/** One line of the table. What is absent or NaN was not measured. */
export interface Figure {
  readonly what: string;
  readonly calls?: number;
  /** Seconds of the whole program. */
  readonly seconds: number;
  /** Seconds of processor time of the program itself, and of the gits it started. */
  readonly own?: number;
  readonly git?: number;
  /** MB. */
  readonly peak?: number;
  /** What it is compared with, in words. */
  readonly compared?: string;
  readonly target?: Target | undefined;
}

/** What has to hold. */
export interface Target {
  readonly words: string;
  readonly measured: string;
  readonly holds: boolean;
}

/** A target of at most so much; none for what could not be measured. */
export const atMost = (limit: number, unit: string, measured: number): Target | undefined =>
  Number.isNaN(measured)
    ? undefined
    : { words: `at most ${limit} ${unit}`, measured: `${measured.toFixed(3)} ${unit}`, holds: measured <= limit };

/** All figures as one table. */
export function figureTable(figures: readonly Figure[]): string {
  return table(
    ["What is run", "calls", "seconds", "processor", "git's", "most memory", "compared", "target", ""],
    figures.map(({ what, calls, seconds, own, git, peak, compared = "", target }) => [
      what,
      calls?.toLocaleString("en") ?? "",
      seconds.toFixed(seconds < 1 ? 3 : 2),
      shown(own, 2),
      shown(git, 2),
      shown(peak, 0, " MB"),
      compared,
      target?.words ?? "",
      target === undefined ? "" : target.holds ? "holds" : "**missed**",
    ]),
  );
}

const shown = (figure = Number.NaN, digits: number, unit = "") =>
  Number.isNaN(figure) ? "" : `${figure.toFixed(digits)}${unit}`;

/** The one in the middle. */
export const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
