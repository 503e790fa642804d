import { ConfigError } from "../src/errors.ts";
import { check, refuseUnknown } from "./check.ts";
import { type Env, type Missing, substitute } from "./layers.ts";
import { idleLlmKeys, LlmBlock } from "./schema.ts";
import { isMapping, type Path } from "./yaml.ts";

/** One LLM as somebody wrote it down, before its kind fills in the rest. */
export interface Written {
  /** Its own name, or the word for its kind. */
  readonly name: string;
  readonly block: LlmBlock;
  /** Where that was decided: file and line, or a variable. */
  readonly origin: string;
  /** Where one of its settings stands. */
  readonly where: (setting: string) => string;
  /** Variables that it needs and that are not set. */
  readonly missing: readonly Missing[];
  /** Settings of MetaGPT in it that change nothing here. */
  readonly idle: readonly string[];
}

/** What reading a block takes: variables, its place, and the settings that providers know. */
export interface BlockPlace {
  readonly env: Env;
  readonly path: Path;
  readonly where: (path: Path) => string;
  /** The keys that an LLM of this kind may have; undefined where any will do. */
  readonly known: (apiType: unknown) => readonly string[] | undefined;
}

/** Reads the block of one LLM. An unknown key is an error; a missing variable is one only if this LLM is used. */
export function readBlock(name: string, raw: unknown, { env, path, where, known }: BlockPlace): Written {
  if (!isMapping(raw)) {
    throw new ConfigError(`${where(path)}: ${path.join(".")} must be the settings of an LLM`, {
      hint: "Write them below it, indented: api_type, base_url, api_key, model.",
    });
  }
  const filled = substitute(raw, env);
  const settings = Object.entries(isMapping(filled.value) ? filled.value : {});
  const keys = known(settings.find(([key]) => key === "api_type")?.[1]);
  const isIdle = (key: string) => keys !== undefined && idleLlmKeys.has(key) && !keys.includes(key);
  const effective = Object.fromEntries(settings.filter(([key]) => !isIdle(key)));
  const all = [...Object.keys(LlmBlock.shape), ...(keys ?? []), ...idleLlmKeys];
  const place = { where: (inner: Path) => where([...path, ...inner]), known: all };
  if (keys) refuseUnknown(effective, place);
  const block = check(LlmBlock, effective, place);
  return {
    name,
    block,
    origin: where(path),
    where: (setting) => where([...path, setting]),
    missing: filled.missing,
    idle: settings.map(([key]) => key).filter(isIdle),
  };
}
