import { ConfigError } from "../src/errors.ts";
import { isMapping, type Mapping, type Path, type Tree } from "./yaml.ts";

/** Settings from one place, or from several laid over each other. */
export interface Layer {
  readonly value: Mapping;
  /** Where a setting was written, such as `config/config2.yaml:3` or `METAGPT_LANGUAGE`. */
  where(path: Path): string;
}

export type Env = { readonly [name: string]: string | undefined };

/** A file as a layer. What is empty or a placeholder counts as not written. */
export function layerOf(tree: Tree): Layer {
  return {
    value: written(tree.value),
    where(path) {
      const line = tree.lineOf(path);
      return line === undefined ? tree.name : `${tree.name}:${line}`;
    },
  };
}

/**
 * Lays settings over each other, key by key; the later layer wins, and lists are taken whole. An LLM of another kind
 * replaces the one below it instead of inheriting its address and key.
 */
export function mergeLayers(layers: readonly Layer[]): Layer {
  return {
    value: layers.reduce((below, { value }) => merge(below, value), empty),
    where(path) {
      for (let depth = path.length; depth > 0; depth--) {
        const layer = layers.findLast(({ value }) => at(value, path.slice(0, depth)) !== undefined);
        if (layer) return layer.where(path);
      }
      return layers.at(-1)?.where([]) ?? "the settings";
    },
  };
}

const empty: Mapping = {};

/** What stands at a path, if anything does. */
export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner)) return inner[Number(step)];
    return isMapping(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
  }, value);
}

/** The file of a place, without the line. */
export const fileOf = (place: string): string => place.replace(/:\d+$/, "");

/** True for `YOUR_API_KEY` and its relatives: text that an example holds where a user's own belongs. */
export function isPlaceholder(text: string): boolean {
  return /^(YOUR[_ -].*|<.*>|\.{3,}|…|sk-(x+|\.{3,}|…)|xxx+|changeme)$/i.test(text.trim());
}

/** The value of a variable; an empty one or a placeholder counts as not set. */
export function variable(env: Env, name: string): string | undefined {
  const value = env[name]?.trim();
  return value && !isPlaceholder(value) ? value : undefined;
}

/** A variable that is missing although a setting needs it. */
export interface Missing {
  readonly path: Path;
  readonly variable: string;
}

/** Puts the environment into `${VAR}` and `${VAR:-otherwise}`; what cannot be filled in is left out and listed. */
export function substitute(value: unknown, env: Env, path: Path = []): { value: unknown; missing: readonly Missing[] } {
  if (typeof value === "string") return substituteText(value, env, path);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => substitute(item, env, [...path, index]));
    return { value: items.map((item) => item.value), missing: items.flatMap((item) => item.missing) };
  }
  if (!isMapping(value)) return { value, missing: [] };
  const entries = Object.entries(value).map(([key, item]) => [key, substitute(item, env, [...path, key])] as const);
  const filled = entries.filter(([, item]) => item.value !== undefined).map(([key, item]) => [key, item.value]);
  return { value: Object.fromEntries(filled), missing: entries.flatMap(([, item]) => item.missing) };
}

/** Settings with the environment filled in; a variable that is missing is an error with the place that needs it. */
export function filledIn({ value, where }: Layer, env: Env): Mapping {
  const filled = substitute(value, env);
  const [unset] = filled.missing;
  if (!unset) return isMapping(filled.value) ? filled.value : empty;
  const setting = unset.path.join(".");
  throw new ConfigError(`${where(unset.path)}: ${setting} needs the variable ${unset.variable}, which is not set`);
}

function substituteText(text: string, env: Env, path: Path): { value: unknown; missing: readonly Missing[] } {
  const missing: Missing[] = [];
  const value = text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, variable: string, otherwise: string | undefined) => {
    const found = env[variable] || otherwise;
    if (found === undefined) missing.push({ path, variable });
    return found ?? "";
  });
  return { value: missing.length > 0 || (value === "" && text !== "") ? undefined : value, missing };
}

function merge(below: Mapping, above: Mapping): Mapping {
  const both = Object.entries(above).map(([key, value]) => {
    const old = Object.hasOwn(below, key) ? below[key] : undefined;
    return [key, isMapping(old) && isMapping(value) && isSameKind(old, value) ? merge(old, value) : value] as const;
  });
  const others = Object.entries(below).filter(([key]) => !Object.hasOwn(above, key));
  return Object.fromEntries([...both, ...others]);
}

const isSameKind = (below: Mapping, above: Mapping): boolean =>
  below.api_type === undefined || above.api_type === undefined || below.api_type === above.api_type;

function written(value: Mapping): Mapping {
  const keep = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(keep);
    return isMapping(inner) ? written(inner) : inner;
  };
  const isWritten = (inner: unknown) =>
    inner !== null && inner !== undefined && !(typeof inner === "string" && (inner === "" || isPlaceholder(inner)));
  const kept = Object.entries(value).filter(([, inner]) => isWritten(inner));
  return Object.fromEntries(kept.map(([key, inner]) => [key, keep(inner)]));
}
