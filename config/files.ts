import { stat } from "node:fs/promises";
import path from "node:path";
import { ConfigError } from "../src/errors.ts";
import { readModelConfig } from "./dictionaries.ts";
import { type Layer, layerOf, mergeLayers } from "./layers.ts";
import { readMultiLlm } from "./multi-llm.ts";
import { readTree, type Tree } from "./yaml.ts";

/** The kinds of config file, each laid over the one of the home folder. */
export interface ConfigFiles {
  /** config2.yaml. */
  readonly config2: Layer;
  /** multi_llm_config.yaml: `assigned` and `models`. */
  readonly multi: Layer;
  /** CodeFuse's dictionaries: model_config.yaml, or .yml or .json, and the same keys of config2.yaml, which count more. */
  readonly dictionaries: Layer;
  /** The old flat config.yaml. */
  readonly flat: Layer;
  readonly warnings: readonly string[];
}

/** Where config files are looked for. */
export interface ConfigPlaces {
  readonly cwd: string;
  /** The user's home; `.metagpt` in it may hold settings. */
  readonly home: string;
  /** A file or a folder that is read instead of `config/`. */
  readonly configPath?: string | undefined;
}

/** Reads every config file there is. An emptied multi_llm_config.yaml of the project hides the one at home. */
export async function readConfigFiles(places: ConfigPlaces): Promise<ConfigFiles> {
  const homeFolder = path.join(places.home, ".metagpt");
  const folders = [await readFolder(homeFolder, places), await readProject(places)];
  const trees = (kind: keyof Folder) => folders.flatMap((folder) => folder[kind] ?? []);
  const emptied = trees("multi").findLastIndex(({ value }) => Object.keys(value).length === 0);
  const multi = trees("multi")
    .slice(emptied + 1)
    .map(readMultiLlm);
  const config2 = folders.map((folder) => folder.config2 && layerOf(folder.config2));
  const models = folders.map((folder) => folder.models && readModelConfig(folder.models));
  return {
    config2: mergeLayers(config2.flatMap((layer) => layer ?? [])),
    multi: mergeLayers(multi),
    dictionaries: mergeLayers(folders.flatMap((_, index) => [models[index] ?? [], config2[index] ?? []].flat())),
    flat: mergeLayers(trees("flat").map(layerOf)),
    warnings: [...multi, ...models].flatMap((layer) => layer?.warnings ?? []),
  };
}

interface Folder {
  readonly config2?: Tree | undefined;
  readonly multi?: Tree | undefined;
  readonly models?: Tree | undefined;
  readonly flat?: Tree | undefined;
}

async function readProject(places: ConfigPlaces): Promise<Folder> {
  const { cwd, configPath } = places;
  if (configPath === undefined) return readFolder(path.join(cwd, "config"), places);
  const full = path.resolve(cwd, configPath);
  const found = await stat(full).catch(() => undefined);
  if (found?.isDirectory()) return readFolder(full, places);
  const tree = found ? await readTree(full, shownName(full, places)) : undefined;
  if (!tree)
    throw new ConfigError(`--config: there is no ${configPath}`, {
      hint: "Give a config file, or a folder that holds config2.yaml.",
    });
  if (/multi_llm/i.test(path.basename(full))) return { multi: tree };
  if (modelConfig.includes(path.basename(full))) return { models: tree };
  return Object.keys(tree.value).some((key) => /^[A-Z][A-Za-z]*_(API_|URL)/.test(key))
    ? { flat: tree }
    : { config2: tree };
}

async function readFolder(folder: string, places: ConfigPlaces): Promise<Folder> {
  const read = (name: string) => readTree(path.join(folder, name), shownName(path.join(folder, name), places));
  const [config2, multi, flat, ...models] = await Promise.all(
    ["config2.yaml", "multi_llm_config.yaml", "config.yaml", ...modelConfig].map(read),
  );
  const [first, second] = models.flatMap((tree) => tree ?? []);
  if (second)
    throw new ConfigError(`${first?.name} and ${second.name} both hold models`, { hint: "Keep one of them." });
  return { config2, multi, models: first, flat };
}

const modelConfig = ["model_config.yaml", "model_config.yml", "model_config.json"];

/** A path as a person would write it: from the working folder, or from home. */
function shownName(file: string, { cwd, home }: ConfigPlaces): string {
  const near = path.relative(cwd, file);
  const shown = isInside(near)
    ? near
    : isInside(path.relative(home, file))
      ? path.join("~", path.relative(home, file))
      : file;
  return shown.split(path.sep).join("/");
}

const isInside = (relative: string): boolean => !relative.startsWith("..") && !path.isAbsolute(relative);
