import { fileNameOf } from "../paths.ts";
import { mayBring } from "./python-names.ts";
import { type TomlEntry, textsOf, tomlEntries } from "./toml.ts";

/** A distribution that a manifest lists. */
interface Distribution {
  readonly name: string;
  readonly path: string;
  readonly line: number;
  /** Whether it is needed when the program runs, not only by those who work on it. */
  readonly always: boolean;
}

/** What the manifests of Python say, all of them together. */
export interface PythonNeeds {
  readonly manifests: readonly string[];
  readonly listed: readonly Distribution[];
  /** Whether something lists this module, as far as one can tell from names. */
  brings(module: string): boolean;
}

/** Reads requirements files and pyproject.toml; setup.py and its kind are searched for words only. */
export function pythonNeeds(files: ReadonlyMap<string, string>): PythonNeeds {
  const found = [...files].filter(([path]) => isRequirements(path) || others.test(path));
  const listed = found.flatMap(([path, text]) =>
    isRequirements(path) ? requirements(path, text) : path.endsWith("pyproject.toml") ? project(path, text) : [],
  );
  const loose = found
    .filter(([path]) => !isRequirements(path))
    .flatMap(([, text]) => [...text.matchAll(/[\w.-]{2,60}/g)].map(([word]) => word));
  const words = new Set(loose);
  const extras = found.filter(
    ([path]) => isRequirements(path) && /^\s*-e |^\s*(?:git\+|https?:)/m.test(files.get(path) ?? ""),
  );
  return {
    manifests: found.map(([path]) => path),
    listed,
    brings: (module) =>
      extras.length > 0 ||
      listed.some(({ name }) => mayBring(name, module)) ||
      [...words].some((word) => mayBring(word, module)),
  };
}

const others = /(?:^|\/)(?:pyproject\.toml|setup\.py|setup\.cfg|Pipfile|environment\.ya?ml)$/;

const isRequirements = (path: string) =>
  /requirements[\w.-]*\.(?:txt|in)$/.test(fileNameOf(path)) || /(?:^|\/)requirements\/[\w.-]+\.txt$/.test(path);

const requirements = (path: string, text: string): Distribution[] =>
  text.split("\n").flatMap((line, index) => {
    const name = distribution(line);
    return name === undefined ? [] : [{ name, path, line: index + 1, always: fileNameOf(path) === "requirements.txt" }];
  });

const distribution = (text: string): string | undefined =>
  /^\s*([A-Za-z0-9](?:[\w.-]{0,98}[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~;@#(,\r].*)?$/.exec(text)?.[1];

function project(path: string, text: string): Distribution[] {
  const named = (texts: readonly { text: string; line: number }[], always: boolean) =>
    texts.flatMap(({ text, line }) => {
      const name = distribution(text);
      return name === undefined ? [] : [{ name, path, line, always }];
    });
  return tomlEntries(text).flatMap((entry: TomlEntry) => {
    const { section, key, line } = entry;
    if (section === "project" && key === "dependencies") return named(textsOf(entry), true);
    if (/^(?:project\.optional-dependencies|dependency-groups)$/.test(section)) return named(textsOf(entry), false);
    if (!/^tool\.poetry(?:\.group\.[\w-]+)?\.(?:dev-)?dependencies$/.test(section) || key === "python") return [];
    return [{ name: key, path, line, always: section === "tool.poetry.dependencies" }];
  });
}
