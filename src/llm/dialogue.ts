import type { ChatMessage } from "./provider.ts";

/** A conversation in strict turns: the user speaks first and last, and nobody twice in a row. */
export interface Dialogue {
  /** What the system messages say, empty where there are none. */
  readonly system: string;
  readonly turns: readonly { readonly role: "user" | "assistant"; readonly content: string }[];
}

/** For servers that refuse anything but strict turns. What the system says stands apart, or begins the first turn. */
export function dialogueOf(messages: readonly ChatMessage[], { systemApart }: { systemApart: boolean }): Dialogue {
  const said = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const system = said.join("\n\n");
  const turns: { role: "user" | "assistant"; content: string }[] = [];
  const say = (role: "user" | "assistant", content: string) => {
    const last = turns.at(-1);
    if (last?.role === role) last.content += `\n\n${content}`;
    else turns.push({ role, content });
  };
  if (system !== "" && !systemApart) say("user", system);
  for (const { role, content } of messages) {
    if (role === "assistant" && turns.length === 0) say("user", "Begin.");
    if (role !== "system") say(role, content);
  }
  if (turns.at(-1)?.role !== "user") say("user", turns.length === 0 ? "Begin." : "Go on.");
  return { system: systemApart ? system : "", turns };
}
