import { sourceLanguage } from "./language.ts";
import type { Source, SourceLanguage, SourceParts } from "./source.ts";
import { wordsOf } from "./text.ts";

/** Longer files are data or made by a program, and are not parsed. */
const mostCharacters = 1_000_000;

/** Reads one file with the parser of its language and says what is in it. Fails on no text, whoever wrote it. */
export async function readSource(path: string, text: string): Promise<Source> {
  const language = sourceLanguage(path);
  const parts = language && text.length <= mostCharacters ? await readSafely(language, path, text) : {};
  return {
    path,
    language,
    checkedBy: undefined,
    imports: [],
    declares: [],
    unfinished: [],
    ids: [],
    idsWanted: [],
    idsMade: [],
    refers: [],
    ...parts,
    problems: (parts.problems ?? []).slice(0, 20),
    words: wordsOf(text),
  };
}

/** What is nested deeper than a parser can follow is not read. */
async function readSafely(language: SourceLanguage, path: string, text: string): Promise<SourceParts> {
  try {
    return await read(language, path, text);
  } catch (error) {
    const gaveUp = error instanceof Error && /^(?:RangeError|RuntimeError)$/.test(error.name);
    if (gaveUp) return {};
    throw error;
  }
}

async function read(language: SourceLanguage, path: string, text: string): Promise<SourceParts> {
  switch (language) {
    case "javascript":
    case "typescript":
      return (await import("./javascript/read-script.ts")).readScript(path, text);
    case "python":
      return (await import("./python/read-python.ts")).readPython(path, text);
    case "html":
      return (await import("./page/read-page.ts")).readPage(path, text);
    case "css":
      return (await import("./page/read-style.ts")).readStyle(text);
    case "json":
      return (await import("./data/read-data.ts")).readData(path, text);
    case "yaml":
      return (await import("./data/read-data.ts")).readYaml(text);
    case "go":
      return (await import("./grammar/go.ts")).readGo(text);
    case "rust":
      return (await import("./grammar/rust.ts")).readRust(text);
    case "java":
      return (await import("./grammar/java.ts")).readJava(text);
    case "c":
    case "cpp":
      return (await import("./grammar/c.ts")).readC(text, language);
    case "php":
      return (await import("./grammar/php.ts")).readPhp(text);
    case "ruby":
      return (await import("./grammar/ruby.ts")).readRuby(text);
    case "csharp":
      return (await import("./grammar/csharp.ts")).readCsharp(text);
  }
}
