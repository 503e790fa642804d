import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { bytes, plural } from "./figures.ts";

interface KeptFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

/** What lies in a run folder; a folder counts with all it holds. */
export async function filesOf(folder: string): Promise<KeptFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.map(async (entry) => {
    const name = entry.isDirectory() ? `${entry.name}/` : entry.name;
    return {
      name,
      size: entry.isDirectory() ? await sizeOf(join(folder, entry.name)) : await bytesOf(join(folder, name)),
    };
  });
  return (await Promise.all(files)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function sizeOf(folder: string): Promise<number> {
  const paths = await readdir(folder, { recursive: true }).catch((): string[] => []);
  const sizes = await Promise.all(paths.map((path) => bytesOf(join(folder, path))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Of a file that may have gone meanwhile. */
const bytesOf = async (file: string) => (await stat(file).catch(() => undefined))?.size ?? 0;

/** The files in words. Raw answers may be many, and claims to the lock say nothing to a reader. */
export function filesInWords(files: readonly KeptFile[]): string {
  const answers = files.filter(({ name }) => name.endsWith(".txt"));
  const others = files.filter(({ name }) => !/\.txt$|^\.?lock\./.test(name));
  return [
    ...others.map(({ name, size }) => `${name} (${size < 1000 ? plural(size, "byte") : bytes(size)})`),
    ...(answers.length > 0 ? [`${plural(answers.length, "raw answer")} (*.txt)`] : []),
  ].join(", ");
}
