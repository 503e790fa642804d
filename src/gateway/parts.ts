import { z } from "zod";
import { Refusal } from "./refusal.ts";

/** A text, or a list of parts of which all are text; other parts are refused by name. */
export const Content = z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]);

/** The text of a content. */
export function textOf(content: z.infer<typeof Content> | null | undefined, param: string): string {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  return content
    .map(({ type, text }) => {
      if (text !== undefined && ["text", "input_text"].includes(type)) return text;
      throw new Refusal(
        "request",
        `${param} has a part of type ${JSON.stringify(type.slice(0, 40))}; only text can be passed on`,
        { param },
      );
    })
    .join("");
}

/** The settings that are set. */
export function given<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined | null> } {
  const set = Object.entries(settings).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(set) as never;
}
