import { ConfigError } from "../src/errors.ts";
import { nearest } from "../src/text.ts";
import type { Layer } from "./layers.ts";
import { fromVariables, type Preset, type Presets } from "./presets.ts";

/** An LLM of the old flat config.yaml, in the words of config2.yaml. */
interface FlatLlm {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The key of the file that holds a setting; any key of this LLM where none does. */
  keyOf(setting: string | number | undefined): string;
}

export interface Flat {
  /** In the order of the file. */
  readonly llms: readonly FlatLlm[];
  /** Settings of the program that the file holds. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The key of the file that holds such a setting. */
  keyOf(option: string): string;
  /** Keys without use here. */
  readonly idle: readonly string[];
}

/** Reads the flat config.yaml of early MetaGPT: OPENAI_API_KEY, ZHIPUAI_API_KEY and their like, one provider after the other. */
export function readFlat({ value, where }: Layer, presets: Presets): Flat {
  const keys = Object.keys(value);
  const read = (key: string): string | undefined => (Object.hasOwn(value, key) ? String(value[key]) : undefined);
  const position = (preset: Preset) => keys.findIndex((key) => namesOf(preset).includes(key));
  const llms = presets.all.filter((preset) => position(preset) >= 0).sort((a, b) => position(a) - position(b));
  const known = new Set([...presets.all.flatMap(namesOf), ...shared.keys(), ...program.keys()]);
  const idle = keys.filter((key) => !known.has(key));
  refuseTypos(idle, known, where);
  const options = [...program].filter(([key]) => key in value).map(([key, option]) => [option, value[key]]);
  return {
    llms: llms.map((preset) => flatLlm(preset, read)),
    options: Object.fromEntries(options),
    keyOf: (option) => [...program].find(([, name]) => name === option)?.[0] ?? option,
    idle,
  };
}

const namesOf = ({ variables }: Preset): string[] => Object.values(variables).flat();

/** Keys that hold for every LLM of the file. */
const shared = new Map([
  ["MAX_TOKENS", "max_token"],
  ["LLM_API_TIMEOUT", "timeout"],
  ["GLOBAL_PROXY", "proxy"],
]);

const program = new Map([
  ["WORKSPACE_PATH", "workspace"],
  ["REPAIR_LLM_OUTPUT", "repair_llm_output"],
]);

function flatLlm(preset: Preset, read: (key: string) => string | undefined): FlatLlm {
  const { values, found } = fromVariables(preset, read);
  const common = [...shared].filter(([key]) => read(key) !== undefined);
  const keys: Record<string, string> = {
    ...Object.fromEntries(common.map(([key, setting]) => [setting, key])),
    ...found,
  };
  return {
    kind: values.api_type ?? preset.kind,
    settings: {
      api_type: preset.kind,
      ...Object.fromEntries(common.map(([key, setting]) => [setting, read(key)])),
      ...values,
    },
    keyOf: (setting) => keys[String(setting)] ?? Object.values(found)[0] ?? String(setting),
  };
}

/** MetaGPT had dozens of keys; only one that is almost a known one is surely a slip. */
function refuseTypos(others: readonly string[], known: ReadonlySet<string>, where: Layer["where"]): void {
  for (const key of others) {
    const meant = key.length < 6 || foreign.has(key) ? undefined : nearest(key, known);
    if (meant === undefined) continue;
    throw new ConfigError(`${where([key])}: unknown key ${key}, did you mean ${meant}?`, {
      hint: `Did you mean ${meant}?`,
    });
  }
}

/** Keys of MetaGPT that look like one of ours. */
const foreign: ReadonlySet<string> = new Set([
  ...["SERPAPI_API_KEY", "SERPER_API_KEY", "GOOGLE_API_KEY", "GOOGLE_CSE_ID", "OPENAI_SESSION_KEY", "OPENAI_API_RPM"],
  ...["AZURE_TTS_SUBSCRIPTION_KEY", "AZURE_TTS_REGION", "CLAUDE_API_KEY", "ANTHROPIC_API_TYPE"],
]);
