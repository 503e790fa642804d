import { createMemory, type Memory } from "./memory.ts";
import type { Message } from "./message.ts";
import type { Role } from "./role.ts";

/** Where the roles work: carries messages from who wrote to who watches, one delivery a round. */
export interface Environment {
  readonly memory: Memory;
  publish(message: Message): void;
  /** Hands out what was published since the last delivery, in roster order of the writers: role -> its messages. */
  deliver(): Map<Role, Message[]>;
  /** Whether somebody would act on the next delivery. */
  hasNews(): boolean;
}

/** An environment with these roles in it. */
export function createEnvironment(roles: readonly Role[]): Environment {
  const memory = createMemory();
  let published: Message[] = [];
  const rank = (message: Message) => roles.findIndex(({ profile }) => profile === message.from);
  const watches = (role: Role, message: Message) => role.watch.some(({ name }) => name === message.kind);

  return {
    memory,
    publish: (message) => void published.push(message),
    deliver() {
      const messages = published.toSorted((a, b) => rank(a) - rank(b));
      published = [];
      for (const message of messages) memory.remember(message);
      const inboxes = roles.map((role) => [role, messages.filter((message) => watches(role, message))] as const);
      return new Map(inboxes.filter(([, inbox]) => inbox.length > 0));
    },
    hasNews: () => published.some((message) => roles.some((role) => watches(role, message))),
  };
}
