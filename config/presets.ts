import { z } from "zod";
import { shippedFile } from "./shipped.ts";
import { readTree } from "./yaml.ts";

const Preset = z.strictObject({
  /** Which provider speaks to it; `later` where none does yet. */
  provider: z.enum(["openai", "ollama", "human", "recording", "later"]),
  aliases: z.array(z.string()).default([]),
  base_url: z.string().optional(),
  model: z.string().optional(),
  needs: z.array(z.string()).default(["api_key", "base_url", "model"]),
  local: z.boolean().default(false),
  variables: z.record(z.string(), z.array(z.string())),
  settings: z.record(z.string(), z.unknown()).default({}),
});

/** What is known of a kind of LLM before the user says anything. */
export type Preset = Readonly<z.infer<typeof Preset>> & { readonly kind: string };

export interface Presets {
  /** In the order in which their keys are looked for. */
  readonly all: readonly Preset[];
  /** By its name or another word for it, whatever the case: `claude`, `open-llm`, `OpenAI`. */
  find(kind: string): Preset | undefined;
  /** Every word that names a kind. */
  readonly words: readonly string[];
}

/** The kinds of LLM that come with the program. */
export async function loadPresets(): Promise<Presets> {
  const tree = await readTree(shippedFile("config/presets.yaml"), "presets.yaml");
  const presets = z.record(z.string(), Preset).parse(tree?.value);
  const all = Object.entries(presets).map(([kind, preset]) => ({ ...preset, kind }));
  const byWord = new Map(
    all.flatMap((preset) => [preset.kind, ...preset.aliases].map((word) => [plain(word), preset])),
  );
  return {
    all,
    find: (kind) => byWord.get(plain(kind)),
    words: all.flatMap(({ kind, aliases }) => [kind, ...aliases]),
  };
}

/** Settings of a kind and the names under which they were found, where each name holds what `read` gives. */
export function fromVariables(
  { variables }: Preset,
  read: (variable: string) => string | undefined,
): { values: Record<string, string>; found: Record<string, string> } {
  const values: Record<string, string> = {};
  const found: Record<string, string> = {};
  for (const [setting, names] of Object.entries(variables)) {
    const name = names.find((candidate) => read(candidate) !== undefined);
    const value = name === undefined ? undefined : read(name);
    if (name === undefined || value === undefined) continue;
    values[setting] = value;
    found[setting] = name;
  }
  return { values, found };
}

const plain = (word: string): string => word.toLowerCase().replace(/[-_. ]/g, "");
