import { stat } from "node:fs/promises";
import path from "node:path";
import { ConfigError } from "../src/errors.ts";
import { type Layer, layerOf, mergeLayers } from "./layers.ts";
import { readMultiLlm } from "./multi-llm.ts";
import { readTree, type Tree } from "./yaml.ts";

/** The three kinds of config file, each laid over the one of the home folder. */
export interface ConfigFiles {
  /** config2.yaml. */
  readonly config2: Layer;
  /** multi_llm_config.yaml: `assigned` and `models`. */
  readonly multi: Layer;
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
  return {
    config2: mergeLayers(trees("config2").map(layerOf)),
    multi: mergeLayers(multi),
    flat: mergeLayers(trees("flat").map(layerOf)),
    warnings: multi.flatMap(({ warnings }) => warnings),
  };
}

interface Folder {
  readonly config2?: Tree | undefined;
  readonly multi?: Tree | undefined;
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
  return Object.keys(tree.value).some((key) => /^[A-Z][A-Za-z]*_(API_|URL)/.test(key))
    ? { flat: tree }
    : { config2: tree };
}

async function readFolder(folder: string, places: ConfigPlaces): Promise<Folder> {
  const read = (name: string) => readTree(path.join(folder, name), shownName(path.join(folder, name), places));
  const [config2, multi, flat] = await Promise.all([
    read("config2.yaml"),
    read("multi_llm_config.yaml"),
    read("config.yaml"),
  ]);
  return { config2, multi, flat };
}

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
