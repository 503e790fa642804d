import { Refusal, type RefusalKind } from "./refusal.ts";

/** What lies with the caller, who is told of it and can read it there. */
const ofCaller: ReadonlySet<RefusalKind> = new Set([
  ...(["request", "unauthorized", "forbidden", "missing", "too-large", "overflow", "policy"] as const),
]);

/**
 * Why a question has no answer, for the log. Undefined where that lies with the caller, and where the words repeat what
 * was asked, as those of a model's server may: what is asked stands in no log.
 */
export function reasonOf(error: unknown, asked: unknown): string | undefined {
  if (!(error instanceof Refusal) || ofCaller.has(error.kind)) return undefined;
  const { message } = error;
  return repeats(message, textsIn(asked)) ? undefined : message.slice(0, 500);
}

/** Characters in a row that do not agree by chance. */
const many = 20;
/** Shorter texts repeat nothing. */
const few = 4;

function repeats(message: string, texts: readonly string[]): boolean {
  if (texts.some((text) => text.length >= few && text.length < many && message.includes(text))) return true;
  const pieces = Array.from({ length: Math.ceil(message.length / (many / 2)) }, (_, index) =>
    message.slice((index * many) / 2, (index * many) / 2 + many),
  ).filter(({ length }) => length === many);
  return texts.some((text) => text.length >= many && pieces.some((piece) => text.includes(piece)));
}

/** Settings whose words are no part of a question. */
const settings: ReadonlySet<string> = new Set(["model", "role", "type"]);

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => (settings.has(name) ? [] : textsIn(part)));
}
