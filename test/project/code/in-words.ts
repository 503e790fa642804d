import { readSource } from "../../../src/project/code/read-source.ts";
import type { Arity, Source } from "../../../src/project/code/source.ts";

/** A count of arguments as `2`, `1-2`, or `1+`; empty where none is known. */
const counted = (parameters: Arity | undefined): string => {
  if (!parameters) return "";
  const { least, most } = parameters;
  return most === undefined ? `${least}+` : most === least ? `${least}` : `${least}-${most}`;
};

/** What a file offers, one text each: `function add 1-2`. What it keeps to itself begins with a minus. */
export async function offers(path: string, text: string): Promise<string[]> {
  const { declares } = await readSource(path, text);
  return declares.map(({ name, kind, exported, parameters }) =>
    `${exported ? "" : "- "}${kind} ${name} ${counted(parameters)}`.trim(),
  );
}

/** What it takes, as `./a: b, c`. */
export async function takes(path: string, text: string): Promise<string[]> {
  const { imports } = await readSource(path, text);
  return imports.map(({ from, names }) => `${from}: ${names.join(", ")}`);
}

/** Its problems, as `3 what is wrong`. */
export const problems = async (path: string, text: string): Promise<string[]> =>
  said((await readSource(path, text)).problems);

export const unfinished = async (path: string, text: string): Promise<string[]> =>
  said((await readSource(path, text)).unfinished);

const said = (list: Source["problems"]) => list.map(({ line, message }) => `${line} ${message}`);
