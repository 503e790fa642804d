import type { About } from "./provider.ts";

/** Whose question it is and what for, without what else a call may hold. */
export const aboutOf = ({ role, action, subject, attempt, turn }: About): About => {
  return { role, action, subject, attempt, turn };
};

/** The identity of a question within its run: `Action/subject/attempt.turn`, without the subject where there is only one. */
export const keyOf = ({ action, subject, attempt, turn }: About): string =>
  subject ? `${action}/${subject}/${attempt}.${turn}` : `${action}/${attempt}.${turn}`;

/** A file name for a question, without ending: `WriteCode-src-game.js`, and `-1.2` behind it when it is not the first. */
export function fileNameOf({ action, subject, attempt, turn }: About): string {
  const which = attempt === 1 && turn === 1 ? "" : `${attempt}.${turn}`;
  return [action, subject, which].map(fileSafe).filter(Boolean).join("-");
}

/** Letters, digits and `_ . -`, no dot or dash at the ends; of an over-long name the end is kept, which tells files apart. */
const fileSafe = (word: string) =>
  word
    .replace(/[^\w.-]+/g, "-")
    .slice(-80)
    .replace(/^[.-]+|[.-]+$/g, "");
