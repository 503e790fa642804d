import { madeOnce } from "../../made-once.ts";
import type { Delta } from "../provider.ts";
import { secretFilter } from "../secrets.ts";

/** Strikes secrets out of an answer while it comes; `end` gives what had to be held back. */
export function secretStrainer(secrets: readonly string[]): { push(delta: Delta): Delta; end(): readonly Delta[] } {
  if (secrets.length === 0) return nothingSecret;
  const filters = { text: secretFilter(secrets), reasoning: secretFilter(secrets) };
  const calls = new Map<number, ReturnType<typeof secretFilter>>();
  return {
    push(delta) {
      if (delta.type !== "tool-call") return { ...delta, text: filters[delta.type].push(delta.text) };
      const filter = madeOnce(calls, delta.index, () => secretFilter(secrets));
      return { ...delta, arguments: filter.push(delta.arguments) };
    },
    end() {
      const words = (["reasoning", "text"] as const).map((type): Delta => ({ type, text: filters[type].end() }));
      const rest = [...calls].map(([index, filter]): Delta => ({ type: "tool-call", index, arguments: filter.end() }));
      return [...words, ...rest].filter((delta) => (delta.type === "tool-call" ? delta.arguments : delta.text) !== "");
    },
  };
}

const nothingSecret: ReturnType<typeof secretStrainer> = { push: (delta) => delta, end: () => [] };
