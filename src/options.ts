/** Whether malformed answers are repaired: all that can be, `strict` only where nothing is lost, or none. */
export type RepairChoice = boolean | "strict";

/** What a run is asked to do, beyond the idea. JSON, and part of the run: a flow reads no other setting. */
export interface RunOptions {
  /** How often messages are delivered at most. */
  readonly rounds: number;
  readonly codeReview: boolean;
  /** How often a file is reviewed at most. */
  readonly codeReviewTimes: number;
  /** How often the whole code is summarised and mended; -1: until nothing is left to do. */
  readonly autoSummarize: number;
  /** How often what a check finds is mended at most. */
  readonly maxFixRounds: number;
  /** Whether tests are written and the product is tried out. */
  readonly runTests: boolean;
  /** Whether a repository that exists is changed, rather than a new one made. */
  readonly change: boolean;
  /** The one file of it whose tests are written anew, and nothing else is done; empty for none. */
  readonly reqaFile: string;
  /** Whether somebody looks at requirements, design and tasks before work goes on with them. */
  readonly review: boolean;
  /** Whether the idea may be asked about before anything is written. */
  readonly clarify: boolean;
  /** Files written at once. */
  readonly concurrency: number;
  /** How often one question is asked again when its answer cannot be read. */
  readonly maxReasks: number;
  readonly repair: RepairChoice;
  /** Of the documents; empty for the language of the idea. */
  readonly language: string;
  /** Empty: the product manager names it. */
  readonly projectName: string;
}
