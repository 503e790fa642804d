import type { ChatMessage } from "./provider.ts";

/** What somebody says, or the result of a tool. */
type Turn = ChatMessage & { readonly role: "user" | "assistant" | "tool" };

/** A conversation in strict turns: the user speaks first and last, and nobody twice in a row, but where tools are called. */
export interface Dialogue {
  /** What the system messages say, empty where there are none. */
  readonly system: string;
  readonly turns: readonly Turn[];
}

/** For servers that refuse anything but strict turns. What the system says stands apart, or begins the first turn. */
export function dialogueOf(messages: readonly ChatMessage[], { systemApart }: { systemApart: boolean }): Dialogue {
  const said = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const system = said.join("\n\n");
  const turns: Turn[] = [];
  const say = (turn: Turn) => {
    const last = turns.at(-1);
    if (last && joinable(last, turn))
      turns[turns.length - 1] = { ...last, content: `${last.content}\n\n${turn.content}` };
    else turns.push(turn);
  };
  if (system !== "" && !systemApart) say({ role: "user", content: system });
  for (const message of messages) {
    if (!isTurn(message)) continue;
    if (message.role === "assistant" && turns.length === 0) say({ role: "user", content: "Begin." });
    say(message);
  }
  if (turns.length === 0 || turns.at(-1)?.role === "assistant")
    say({ role: "user", content: turns.length === 0 ? "Begin." : "Go on." });
  return { system: systemApart ? system : "", turns };
}

const isTurn = (message: ChatMessage): message is Turn => message.role !== "system";

/** Calls of tools and their results keep their places and their ids. */
const joinable = (one: Turn, other: Turn) =>
  one.role === other.role && one.role !== "tool" && !one.toolCalls?.length && !other.toolCalls?.length;
