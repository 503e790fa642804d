import { fillLlm } from "./complete.ts";
import { type Env, variable } from "./layers.ts";
import type { Written } from "./llm-block.ts";
import type { Settings } from "./load.ts";
import { fromVariables, type Preset } from "./presets.ts";

/** Finds LLMs by what users call them, and tells when a name could mean two things. */
export interface Lookup {
  /** The LLM of that name: one of the user's own, else a provider kind, else kind/model; undefined where there is none. */
  find(name: string): Written | undefined;
  /** Every name that would be found, apart from kind/model. */
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/** Names as these settings know them. The same name gives the same LLM each time. */
export function lookupIn(settings: Settings, env: Env): Lookup {
  const { models, presets } = settings;
  const found = new Map<string, Written | undefined>();
  const warnings: string[] = [];
  const search = (name: string): Written | undefined => {
    const own = models.get(name);
    const kind = presets.find(name);
    if (own && kind)
      warnings.push(`${own.origin}: ${name} is also the kind ${kind.kind}; your own LLM of that name counts`);
    if (own) return own;
    if (kind) return ofKind(name, kind, settings, env);
    const slash = name.indexOf("/");
    const parent = slash > 0 ? presets.find(name.slice(0, slash)) : undefined;
    return parent && slash < name.length - 1
      ? withModel(name, name.slice(slash + 1), ofKind(parent.kind, parent, settings, env))
      : undefined;
  };
  return {
    find(name) {
      if (!found.has(name)) found.set(name, search(name));
      return found.get(name);
    },
    names: [...models.keys(), ...presets.words],
    warnings,
  };
}

/** The first LLM of the old config.yaml that has all it needs. */
export function firstComplete({ flat, presets }: Settings, env: Env): Written | undefined {
  return flat.find(
    (written) => written.missing.length === 0 && fillLlm(written, { presets, env }).lacking.length === 0,
  );
}

/** An LLM that the environment alone describes: nothing but variables of this kind is asked. */
export function fromEnvironment(kind: string, preset: Preset, env: Env): Written {
  const { values, found } = fromVariables(preset, (name) => variable(env, name));
  const origin = found.api_key ?? Object.values(found)[0] ?? `the kind ${preset.kind}`;
  return {
    name: kind,
    // OPENAI_API_TYPE makes Azure's out of variables that are not Azure's own
    block: values.api_type ? values : { api_type: kind },
    origin,
    where: (setting) => found[setting] ?? origin,
    missing: [],
    idle: [],
  };
}

/** An LLM of a kind: as configured for that kind, else as the environment describes it. */
function ofKind(name: string, preset: Preset, settings: Settings, env: Env): Written {
  const all = [settings.llm ?? [], settings.flat, [...settings.models.values()]].flat();
  const isOfKind = ({ block }: Written) => settings.presets.find(block.api_type ?? "openai") === preset;
  return all.find(isOfKind) ?? fromEnvironment(name, preset, env);
}

/** The same server asked for another model, whose price is its own. A recording or a person's inbox is a folder. */
function withModel(name: string, model: string, written: Written): Written {
  const { price: _price, pricing_plan: _plan, endpoint: _endpoint, ...block } = written.block;
  const isFolder = block.api_type === "recording" || block.api_type === "human";
  return { ...written, name, block: { ...block, ...(isFolder ? { folder: model } : { model }) } };
}
