import type { Recorded } from "./journal.ts";
import type { Logged } from "./server.ts";

/**
 * Finds the conversation that each recorded answer was given in, by the question, the turn and the text: a record does
 * not say what exactly went over the wire.
 */
export function conversationsOf(recorded: readonly Recorded[], log: readonly Logged[]) {
  const known = new Map<string, string>();
  const problems: string[] = [];
  for (const { key, settled, answer } of recorded) {
    if (!settled || !answer.ok) continue;
    const [, title = "", attempt = "", turn = ""] = /^(.*)\/(\d+)\.(\d+)$/.exec(key) ?? [];
    const earlier = recorded.findLast(
      (other) => other.settled && other.key === `${title}/${attempt}.${Number(turn) - 1}`,
    );
    const said = earlier?.answer.ok ? earlier.answer.text : "";
    const given = log.filter(
      (request) =>
        request.title === title &&
        request.answer === answer.text &&
        (turn === "1" ? request.before === "" : request.before !== "" && request.before.endsWith(said)),
    );
    const conversations = new Set(given.map(({ conversation }) => conversation));
    const [conversation] = conversations;
    if (conversation === undefined) problems.push(`${key} is recorded with an answer that was never given whole`);
    else if (conversations.size > 1) problems.push(`it cannot be told which question ${key} answers`);
    else known.set(conversation, key);
    const [request] = given;
    const counted = answer.told.usage.output;
    if (request && counted !== request.usage.completion_tokens)
      problems.push(`${key} counts ${counted} tokens instead of ${request.usage.completion_tokens}`);
  }
  return { known, problems };
}
