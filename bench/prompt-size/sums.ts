import type { Prompt } from "./run-company.ts";

export const characters = (prompts: readonly Prompt[]): number => sum(prompts.map(({ text }) => text.length));

export const tokens = (prompts: readonly Prompt[]): number => sum(prompts.map((prompt) => prompt.tokens));

/** How many of these files a prompt holds from their first line to their last. */
export const shownWhole = ({ text }: Prompt, code: Readonly<Record<string, string>>): number =>
  Object.values(code).filter((file) => text.includes(file.trimEnd())).length;

const sum = (numbers: readonly number[]) => numbers.reduce((all, number) => all + number, 0);
