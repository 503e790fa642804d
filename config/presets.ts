import { createRequire } from "node:module";
import path from "node:path";
import { z } from "zod";
import { shippedData } from "./shipped-data.ts";

const facts = {
  /** Which provider speaks to it. */
  provider: z.string(),
  base_url: z.string().optional(),
  model: z.string().optional(),
  needs: z.array(z.string()).default(["api_key", "base_url", "model"]),
  settings: z.record(z.string(), z.unknown()).default({}),
};

const Preset = z.strictObject({
  ...facts,
  aliases: z.array(z.string()).default([]),
  /** The settings that name its model, the first one that is given. */
  named_by: z.array(z.string()).default(["model"]),
  local: z.boolean().default(false),
  variables: z.record(z.string(), z.array(z.string())).default({}),
  /** What differs where settings match these patterns, such as the address of an older API. */
  variants: z
    .array(
      z.strictObject({
        when: z.record(z.string(), z.string()),
        provider: z.string(),
        base_url: z.string().optional(),
        needs: z.array(z.string()).optional(),
        settings: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .default([]),
});

/** What is known of a kind of LLM before the user says anything. */
export type Preset = Readonly<z.infer<typeof Preset>> & { readonly kind: string };

export interface Presets {
  /** In the order in which their keys are looked for. */
  readonly all: readonly Preset[];
  /** By its name or another word for it, whatever the case: `claude`, `open-llm`, `OpenAI`; else a module by its path or name. */
  find(kind: string): Preset | undefined;
  /** Every word that names a kind. */
  readonly words: readonly string[];
}

/** The kinds of LLM that come with the program. A module is looked for from `cwd`. */
export async function loadPresets(cwd: string): Promise<Presets> {
  const presets = z.record(z.string(), Preset).parse(await shippedData("presets.yaml"));
  const { providers } = await import("../src/llm/index.ts");
  const served = new Set(
    Object.values(presets).flatMap((preset) => [preset, ...preset.variants].map(({ provider }) => provider)),
  );
  const others = Object.keys(providers).filter((provider) => !served.has(provider));
  const all = [
    ...Object.entries(presets).map(([kind, preset]) => ({ ...preset, kind })),
    // A provider that nothing is known of is a kind of its own: its schema says what it needs.
    ...others.map((provider) => ({ ...Preset.parse({ provider, needs: [] }), kind: provider })),
  ];
  const byWord = new Map(
    all.flatMap((preset) => [preset.kind, ...preset.aliases].map((word) => [plain(word), preset])),
  );
  return {
    all,
    find: (kind) => byWord.get(plain(kind)) ?? ofModule(kind, cwd),
    words: all.flatMap(({ kind, aliases }) => [kind, ...aliases]),
  };
}

/** The kind as these settings make it: the first variant that they match counts. */
export function variantOf(preset: Preset, settings: Readonly<Record<string, unknown>>): Preset {
  const variant = preset.variants.find(({ when }) =>
    Object.entries(when).every(([setting, pattern]) => new RegExp(pattern).test(String(settings[setting] ?? ""))),
  );
  if (!variant) return preset;
  const { when: _when, ...facts } = variant;
  return { ...preset, ...facts, settings: facts.settings ?? {}, needs: facts.needs ?? preset.needs };
}

/** A provider of the user's own: a file by its path, or an installed package. */
function ofModule(word: string, cwd: string): Preset | undefined {
  const isFile = /^\.{0,2}[\\/]|^[A-Za-z]:[\\/]|\.[cm]?[jt]s$/.test(word);
  const module = isFile ? path.resolve(cwd, word) : installed(word, cwd);
  if (module === undefined) return undefined;
  return { ...Preset.parse({ provider: module, needs: [] }), kind: word };
}

function installed(word: string, cwd: string): string | undefined {
  if (!/^(@[\w.-]+\/)?[\w.-]+$/.test(word)) return undefined;
  try {
    return createRequire(path.join(cwd, "package.json")).resolve(word);
  } catch {
    return undefined;
  }
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
