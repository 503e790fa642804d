import type { Action } from "./action.ts";
import type { BossAnswer } from "./boss.ts";
import type { Json } from "./engine/steps.ts";
import { AskError } from "./reply.ts";

/** What a review needs of the one whose document is reviewed. */
interface Reviewed<D extends Json> {
  readonly role: string;
  /** Shows the document to the boss. */
  ask(question: Json): Promise<BossAnswer>;
  /** Has the document written anew after a remark. */
  again(answer: string, remark: string): Promise<D>;
  /** Writes the document, so that it can be read and changed while nobody waits for it. */
  keep(document: D): void;
}

/**
 * The document as the boss wants it: as it is, as it was edited, or written anew until there is no more to remark. Throws
 * an AskError of the kind `review` where the boss comes back later.
 */
export async function reviewedBy<I, D extends Json>(
  action: Action<I, D>,
  input: I,
  first: D,
  { role, ask, again, keep }: Reviewed<D>,
): Promise<D> {
  let document = first;
  let refused: { readonly text: string; readonly why: string } | undefined;
  for (;;) {
    const files = action.write?.(document, "", input) ?? {};
    const [file, text] = fileWith(files, ".json");
    const [, shown] = fileWith(files, ".md");
    const answer = await ask({
      ...{ asks: "review", action: action.name, role, file },
      shown: refused ? `What you wrote cannot be used:\n${refused.why}` : shown,
      text: refused?.text ?? text,
    });
    if (answer.says === "remark") {
      document = await again(JSON.stringify(document), answer.text);
      refused = undefined;
    } else if (answer.says === "edited") {
      const edited = readEdited(action, input, answer.text);
      if ("document" in edited) document = edited.document;
      refused = "document" in edited ? undefined : { text: answer.text, why: edited.why };
    } else if (answer.says === "later") {
      keep(document);
      throw new AskError(action.name, { kind: "review", message: `${file} waits to be reviewed` });
    } else return document;
  }
}

/** A document that a person has edited, or why it is none. */
function readEdited<I, D extends Json>(
  action: Action<I, D>,
  input: I,
  text: string,
): { document: D } | { why: string } {
  const reply = typeof action.reply === "function" ? action.reply(input) : action.reply;
  const reading = reply.read(text, { truncated: false });
  if (!reading.ok) return { why: reading.problems.map(({ message }) => `- ${message}`).join("\n") };
  const settled = action.settle?.(reading.value, input) ?? { document: reading.value };
  if (settled.problems?.length) return { why: settled.problems.map((problem) => `- ${problem}`).join("\n") };
  return { document: settled.document };
}

/** The first file with this ending, and its text. */
function fileWith(files: Readonly<Record<string, string | null>>, ending: string): [file: string, text: string] {
  const [file = "", text] = Object.entries(files).find(([path]) => path.endsWith(ending)) ?? [];
  return [file, text ?? ""];
}
