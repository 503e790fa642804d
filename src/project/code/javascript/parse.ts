import type { ParserOptions } from "@babel/parser";
import type { Finding } from "../source.ts";
import type { File } from "./tree.ts";

interface Read {
  readonly file: File | undefined;
  readonly problems: readonly Finding[];
}

/** How a script of a page is to be read; without it a file is taken for what fits it best. */
export interface ScriptKind {
  readonly sourceType?: "module" | "script";
  /** The line of the page at which it begins. */
  readonly startLine?: number;
}

/** Parses JavaScript or TypeScript, going on after errors where it can. */
export async function parseScript(
  path: string,
  text: string,
  { sourceType, startLine = 1 }: ScriptKind = {},
): Promise<Read> {
  const { parse } = await import("@babel/parser");
  const attempt = (kind: "module" | "script"): Read => {
    // every error of a text that is no code would keep the calls that led to it
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      const file = parse(text, { ...options(path, text), sourceType: kind, startLine });
      return { file, problems: findings(file.errors ?? []) };
    } catch (error) {
      return { file: undefined, problems: findings([error]) };
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
  const first = attempt(sourceType ?? "module");
  if (first.problems.length === 0 || sourceType !== undefined) return first;
  const second = attempt("script");
  return second.file && second.problems.length < (first.file ? first.problems.length : Infinity) ? second : first;
}

function options(path: string, text: string): ParserOptions {
  const typescript = /\.[cm]?tsx?$/i.test(path);
  const jsx = !typescript || /\.tsx$/i.test(path);
  return {
    // going on costs more with every error
    errorRecovery: text.length < 60_000,
    attachComment: false,
    // a file of Node.js is the body of a function
    allowReturnOutsideFunction: /\brequire\(|\bmodule\.exports\b|\bexports\.\w/.test(text),
    plugins: [
      ...(typescript ? [["typescript", { dts: /\.d\.[cm]?ts$/i.test(path) }] as const] : []),
      ...(jsx ? (["jsx"] as const) : []),
      "decorators-legacy",
      "explicitResourceManagement",
      "deprecatedImportAssert",
    ] as NonNullable<ParserOptions["plugins"]>,
  };
}

function findings(errors: readonly unknown[]): Finding[] {
  return errors.slice(0, 50).map((error) => {
    if (error instanceof RangeError) return { line: 1, message: "it is nested too deeply to be read" };
    const { message, loc } = error as { message?: string; loc?: { line: number } };
    return { line: loc?.line ?? 1, message: (message ?? "").replace(/\s*\(\d+:\d+\)$/, "") };
  });
}
