import { jsonrepair } from "jsonrepair";
import type { Repair } from "./reading.ts";
import { opensJson } from "./spans.ts";
import { tidyJson } from "./tidy.ts";

/** A value some text may stand for, and what had to be repaired to see it. */
export interface Parsed {
  readonly value: unknown;
  readonly repairs: readonly Repair[];
}

// jsonrepair copies all it has written at every repair: 64 kB of missing commas take it 0.3 s, 256 kB half a minute.
const longestGuess = 64_000;

/** The readings of one JSON text, the surest first: as it is, tidied, and by jsonrepair, which may guess. */
export function* parseJson(
  text: string,
  { known, truncated }: { known: ReadonlySet<string>; truncated: boolean },
): Generator<Parsed> {
  // A text whose every quote is escaped is the inside of a JSON string.
  const plain = parse(text) ?? (/^[{[]\s*\\[n"]/.test(text) ? parse(`"${text}"`) : undefined);
  if (plain) {
    yield plain;
    if (typeof plain.value === "string" && opensJson(plain.value, 0)) {
      for (const { value, repairs } of parseJson(plain.value, { known, truncated }))
        yield { value, repairs: [repair("stringified"), ...repairs] };
    }
    return;
  }
  if (!opensJson(text, 0)) return;
  const tidied = tidyJson(text, { known, truncated });
  if (tidied === "type") return;
  const tidy = tidied && parse(tidied.json);
  if (tidied && tidy) {
    const around = /[\p{L}\p{N}]/u.test(text.slice(tidied.end)) ? [repair("prose")] : [];
    const syntax = tidied.cut ? repair("truncated", true) : repair("syntax", tidied.lossy);
    yield { value: tidy.value, repairs: [...around, syntax] };
  }
  const guess = truncated || text.length > longestGuess ? undefined : repaired(text);
  if (guess) yield { value: guess.value, repairs: [repair("syntax", true)] };
}

const repair = (kind: Repair["kind"], lossy = false): Repair => ({ kind, path: "", lossy });

function parse(text: string): Parsed | undefined {
  try {
    return { value: JSON.parse(text), repairs: [] };
  } catch {
    return undefined;
  }
}

function repaired(text: string): Parsed | undefined {
  try {
    return parse(jsonrepair(text));
  } catch {
    return undefined;
  }
}
