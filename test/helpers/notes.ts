import { z } from "zod";
import { type Action, defineAction, type Kind } from "../../src/action.ts";
import type { Desk } from "../../src/desk.ts";
import type { Json } from "../../src/engine/steps.ts";
import { json } from "../../src/reply.ts";
import { defineRole, type Role } from "../../src/role.ts";

const Note = z.object({ text: z.string() });
export type Note = z.infer<typeof Note>;

/** An action that asks for one line of text, written to a file of its own name. */
export const noteAction = (name: string): Action<string, Note> =>
  defineAction({
    name,
    reply: json("note", Note),
    prompt: (about: string) => `${name} about ${about}.`,
    write: ({ text }, subject) => ({ [`${name}${subject && `-${subject}`}.txt`]: `${text}\n` }),
    usual: { calls: () => 1, input: 1, output: 1 },
  });

/** A role that does this when something it watches has arrived. */
export const roleWith = (profile: string, watch: readonly Kind<Json>[], act: (desk: Desk) => Promise<unknown>): Role =>
  defineRole({ profile, name: profile, goal: "Write notes", constraints: "None", watch, actions: [], act });

/** The answer to every note: its own question. */
export const noteAnswer = ({ messages }: { readonly messages: readonly { readonly content: string }[] }): string =>
  JSON.stringify({ text: messages[1]?.content.split("\n")[0] ?? "" });
