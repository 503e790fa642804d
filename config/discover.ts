import { ConfigError } from "../src/errors.ts";
import { fillLlm } from "./complete.ts";
import { type Env, variable } from "./layers.ts";
import type { Written } from "./llm-block.ts";
import { fromEnvironment } from "./lookup.ts";
import { fromVariables, type Preset, type Presets, variantOf } from "./presets.ts";

/** An LLM that was found although none is configured, and how, in one line. */
export interface Discovered {
  readonly llm: Written;
  readonly choice: string;
}

export interface Surroundings {
  readonly presets: Presets;
  readonly env: Env;
  /** The best chat model of the Ollama at an address; undefined where none runs. */
  readonly localModel: (baseUrl: string) => Promise<string | undefined>;
  /** A recorded run of this very idea that comes with the program. */
  readonly recording: () => Promise<{ readonly folder: string; readonly model: string } | undefined>;
}

/** Looks for an LLM where nothing is configured: keys in the environment, a local Ollama, a shipped recording of the idea. */
export async function discoverLlm({ presets, env, localModel, recording }: Surroundings): Promise<Discovered> {
  const named = presets.all
    .filter((preset) => isNamed(preset, env))
    .map((preset) => ({
      preset,
      llm: fromEnvironment(preset.kind, preset, env),
    }));
  const [usable] = named;
  if (usable) return { llm: usable.llm, choice: choiceOf(usable.llm, presets, env) };
  const base_url = presets.find("ollama")?.base_url ?? "";
  const model = await localModel(base_url);
  if (model !== undefined) return found("ollama", { base_url, model }, `${model} of the Ollama at ${base_url}`);
  const recorded = await recording();
  if (recorded) return replay(recorded);
  throw nothingFound();
}

/** The environment holds all that this kind needs: its key, or where it takes none, what the kind itself does not know. */
function isNamed(preset: Preset, env: Env): boolean {
  const { values } = fromVariables(preset, (name) => variable(env, name));
  const { base_url, model, needs } = variantOf(preset, values);
  const known: Record<string, unknown> = { base_url, model, ...values };
  return Object.keys(values).length > 0 && needs.every((setting) => known[setting] !== undefined);
}

function choiceOf(llm: Written, presets: Presets, env: Env): string {
  return `${llm.name} ${fillLlm(llm, { presets, env }).block.model} (${llm.origin} in the environment)`;
}

function replay({ folder, model }: { folder: string; model: string }): Discovered {
  return found("recording", { folder, model }, "a recording of this idea that comes with the program");
}

function found(kind: string, settings: Record<string, string>, choice: string): Discovered {
  const llm = {
    name: kind,
    block: { api_type: kind, ...settings },
    origin: choice,
    where: () => choice,
    missing: [],
    idle: [],
  };
  return { llm, choice };
}

function nothingFound(): ConfigError {
  return new ConfigError("no LLM is configured, and none was found", {
    hint: [
      "The shortest ways to go on:",
      "  1. set a key:            export OPENAI_API_KEY=...   (or DEEPSEEK_API_KEY, DASHSCOPE_API_KEY, ZHIPUAI_API_KEY, ...)",
      "  2. run a model here:     ollama serve, and once: ollama pull qwen2.5-coder",
      '  3. see a recorded run:   metagpt "write a snake game"',
    ].join("\n"),
  });
}
