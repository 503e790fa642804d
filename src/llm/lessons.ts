import type { Ladder, Structure } from "./structure.ts";

/** What a server was found to refuse; kept as long as the connection. */
export interface Habits {
  readonly refused: Set<string>;
  /** The most tokens of one answer it allows. */
  mostTokens: number;
}

/** What a refused request teaches: a setting to leave out from now on, or how long an answer may be. */
export type Lesson =
  | { readonly refused: string }
  | { readonly rung: Structure }
  | { readonly mostTokens: number }
  /** What the context leaves beside this prompt. */
  | { readonly room: number };

/** Says that a setting is unknown or unwanted as such, not that its value is out of bounds. */
export const unknownField =
  /unsupported|not supported|support|unrecognized|unknown|unexpected|not (permitted|allowed)|extra|instead/i;

/** Those of a server that has refused nothing yet. */
export const noHabits = (): Habits => ({ refused: new Set(), mostTokens: Number.POSITIVE_INFINITY });

/** One request to a server that may refuse parts of it. */
interface Asking<S, T> {
  /** Learns what holds for every later request. */
  readonly habits: Habits;
  readonly ladder: Ladder;
  /** The most refusals to learn from before one counts as the end. */
  readonly most: number;
  /** The request for a server that leaves this many tokens for the answer. */
  readonly write: (room: number) => S;
  readonly send: (written: S) => Promise<T>;
  /** What an error teaches; undefined where the request itself is to blame. */
  readonly lessonOf: (error: unknown, written: S) => Lesson | undefined;
}

/** Sends a request, and again without what the server refuses, until it is taken or nothing more can be learned. */
export async function askLearning<S, T>({ habits, ladder, most, write, send, lessonOf }: Asking<S, T>): Promise<T> {
  let room = Number.POSITIVE_INFINITY;
  for (let lessons = 0; ; lessons++) {
    const written = write(room);
    try {
      return await send(written);
    } catch (error) {
      const lesson = lessons < most ? lessonOf(error, written) : undefined;
      if (!lesson) throw error;
      if ("rung" in lesson) ladder.refuse(lesson.rung);
      else if ("refused" in lesson) habits.refused.add(lesson.refused);
      else if ("mostTokens" in lesson) habits.mostTokens = Math.min(habits.mostTokens, lesson.mostTokens);
      else room = lesson.room;
    }
  }
}
