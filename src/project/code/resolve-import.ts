import { resolveC } from "./resolve/c.ts";
import { resolveGo } from "./resolve/go.ts";
import { resolveJava } from "./resolve/java.ts";
import { resolvePhp, resolveRuby } from "./resolve/php-ruby.ts";
import { resolvePython } from "./resolve/python.ts";
import { resolveRust } from "./resolve/rust.ts";
import { resolveScript, resolveStyle } from "./resolve/script.ts";
import type { SourceLanguage } from "./source.ts";

/** What names mean that are written down outside of the sources. */
export interface ResolveOptions {
  /** The module line of `go.mod`, and the folder that it stands in where that is not the project's. */
  readonly goModule?: string;
  readonly goFolder?: string;
  /** The name of the package in `Cargo.toml`, by which its tests and programs use its library. */
  readonly rustCrate?: string;
}

/**
 * The file of the project that an import means; of a folder that is imported as a whole, one of its files. Undefined for
 * packages, and for what does not exist.
 */
export function resolveImport(
  fromPath: string,
  specifier: string,
  language: SourceLanguage | undefined,
  paths: ReadonlySet<string>,
  options: ResolveOptions = {},
): string | undefined {
  if (specifier === "" || specifier.length > 500) return undefined;
  switch (language) {
    case "javascript":
    case "typescript":
    case "html":
      return resolveScript(fromPath, specifier, paths);
    case "css":
      return resolveStyle(fromPath, specifier, paths);
    case "python":
      return resolvePython(fromPath, specifier, paths);
    case "go":
      return resolveGo(fromPath, specifier, paths, options);
    case "rust":
      return resolveRust(fromPath, specifier, paths, options);
    case "java":
      return resolveJava(fromPath, specifier, paths);
    case "c":
    case "cpp":
      return resolveC(fromPath, specifier, paths);
    case "php":
      return resolvePhp(fromPath, specifier, paths);
    case "ruby":
      return resolveRuby(fromPath, specifier, paths);
    default:
      return undefined;
  }
}
