import { InvalidArgumentError } from "commander";
import { UsageError } from "../src/errors.ts";

/** An idea without quotes arrives as several arguments. */
export function refuseLooseWords(words: readonly string[], what = "an idea", command = "metagpt"): void {
  if (words.length < 2) return;
  throw new UsageError(`${what} of several words goes into quotes`, { hint: `Try: ${command} "${words.join(" ")}"` });
}

/** An amount of money. */
export const dollars = (text: string): number => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("It must be an amount in USD.");
  return value;
};

/** One of these words. */
export const oneOf =
  (...words: readonly string[]) =>
  (text: string): string => {
    if (!words.includes(text)) throw new InvalidArgumentError(`It must be ${words.join(" or ")}.`);
    return text;
  };

/** A whole number that is not less than this. */
export const count =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text.trim()) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} on.`);
    }
    return value;
  };
