/** What the command line says; absent where it says nothing, so that settings from elsewhere count. */
export interface Flags {
  readonly idea?: string;
  readonly ideaFile?: string;
  readonly projectName?: string;
  readonly language?: string;
  readonly investment?: number;
  readonly nRound?: number;
  readonly implement?: boolean;
  readonly codeReview?: boolean;
  readonly maxAutoSummarizeCode?: number;
  readonly runTests?: boolean;
  readonly yes?: boolean;
  readonly requireVerified?: boolean;
  readonly inc?: boolean;
  readonly projectPath?: string;
  readonly allowDirty?: boolean;
  readonly dryRun?: boolean;
  readonly recoverPath?: string;
  readonly reqaFile?: string;
  readonly review?: boolean;
  readonly clarify?: boolean;
  readonly config?: string;
  readonly llm?: string;
  readonly concurrency?: number;
  readonly record?: string;
  readonly estimate?: boolean;
  readonly workspace?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly initConfig?: boolean;
  /** Of `resume` and `runs`. */
  readonly run?: string;
  readonly runs?: readonly string[];
  readonly force?: boolean;
  readonly finished?: boolean;
  /** Of `ask`. */
  readonly prompt?: string;
  readonly system?: string;
  /** Of `serve`. */
  readonly host?: string;
  readonly port?: string;
  readonly state?: string;
  readonly newKey?: string;
  /** Of `repair`. */
  readonly file?: string;
  readonly schema?: string;
  readonly accept?: "any" | "exact" | "lossless" | "clean";
  readonly finish?: string;
  readonly partial?: boolean;
}

/** A flag as it is typed, without its dashes: projectPath is project-path. */
export const optionName = (flag: string): string => flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
