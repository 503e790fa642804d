import { readFile } from "node:fs/promises";
import { ConfigError, DiskError, errorCode } from "../src/errors.ts";

export type Path = readonly (string | number)[];
export type Mapping = { readonly [key: string]: unknown };

/** A YAML file as plain data that still knows its lines. */
export interface Tree {
  /** What the file is called in messages. */
  readonly name: string;
  readonly value: Mapping;
  /** The line of the key, or of the nearest key above it that is written; undefined for an empty path. */
  lineOf(path: Path): number | undefined;
}

/** Reads a YAML file of keys; undefined where there is none. No message repeats the file's text: it may hold keys. */
export async function readTree(file: string, name: string): Promise<Tree | undefined> {
  const text = await readText(file, name);
  return text === undefined ? undefined : parseTree(text, name);
}

/** Reads YAML text; `name` is what the file is called in messages. */
async function parseTree(text: string, name: string): Promise<Tree> {
  const yaml = await import("yaml");
  const lineCounter = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter, prettyErrors: false, merge: true });
  const [error] = document.errors;
  if (error) {
    const line = lineCounter.linePos(error.pos[0]).line;
    throw new ConfigError(`${name}:${line}: not valid YAML: ${error.message.split(/[:"']/, 1)[0]?.trim()}`, {
      hint: "Look at the indentation there: spaces only, the same for keys that belong together.",
    });
  }
  const value: unknown = document.toJS();
  if (isCircular(value)) throw new ConfigError(`${name}: an alias (*) stands inside its own anchor (&)`);
  if (value !== null && !isMapping(value)) {
    throw new ConfigError(`${name}:1: holds no keys`, { hint: 'Every line should look like "key: value".' });
  }
  return {
    name,
    value: value ?? {},
    lineOf(path) {
      const offset = offsetOf(yaml, document.contents, path);
      return offset === undefined ? undefined : lineCounter.linePos(offset).line;
    },
  };
}

function isCircular(value: unknown, above: readonly unknown[] = []): boolean {
  if (typeof value !== "object" || value === null) return false;
  return above.includes(value) || Object.values(value).some((inner) => isCircular(inner, [...above, value]));
}

/** True for what YAML calls a mapping. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function readText(file: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(cause) ?? "")) return undefined;
    throw new DiskError(`${name} could not be read`, { cause, hint: "Is it a file, and may you read it?" });
  }
}

function offsetOf({ isMap, isScalar, isSeq }: typeof import("yaml"), root: unknown, path: Path): number | undefined {
  let node = root;
  let offset: number | undefined;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) break;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)];
      if (item === undefined) break;
      offset = (isMap(item) || isScalar(item) || isSeq(item) ? item.range?.[0] : undefined) ?? offset;
      node = item;
    } else break;
  }
  return offset;
}
