import type { PrivateFolder } from "./private-folder.ts";
import type { Command, Sandbox } from "./sandbox.ts";

/** How one kind of sandbox starts a command; `run.ts` does the rest, the same for all. */
export interface Wrapper {
  readonly kind: Sandbox["kind"];
  readonly description: string;
  readonly gaps: readonly string[];
  /** How many processes of the sandbox itself stand between us and the command; they are not asked to end. */
  readonly layers: 0 | 2;
  /** The private /tmp, as the command will see it. */
  temp(own: PrivateFolder): string;
  /** The words to start. */
  wrap(command: Command, place: Place): readonly string[];
  /** Works for us, with our own environment, and not for the command: it hands that one over itself. */
  readonly client?: true;
  /** What must be there before the clock starts, such as an image. */
  prepare?(command: Command): Promise<void>;
  /** The words that end it for good where killing its processes does not. */
  kill?(mark: string): readonly string[];
}

/** Where a command runs, and as which run. */
interface Place {
  /** The project folder, absolute and without links. */
  readonly folder: string;
  readonly own: PrivateFolder;
  readonly environment: Readonly<Record<string, string>>;
  /** Names this run and no other. */
  readonly mark: string;
}
