/** What a source file says, as its parser read it. Every list is in the order of the text; lines count from 1. */
export interface Source {
  readonly path: string;
  readonly language: SourceLanguage | undefined;
  /** The parser that read it, in words for people ("tree-sitter (Python)"); undefined where none did. */
  readonly checkedBy: string | undefined;
  /** Syntax errors, at most 20. What a file with problems imports and declares is what could be read of it. */
  readonly problems: readonly Finding[];
  /** What it takes from other files and packages; for CSS what it `@import`s. */
  readonly imports: readonly Import[];
  /** What stands at its top level, and the methods of its classes. */
  readonly declares: readonly Declaration[];
  /** Functions and methods that were left to be written: no body, or one that only says so. */
  readonly unfinished: readonly Unfinished[];
  /** The ids of a page. */
  readonly ids: readonly IdUse[];
  /** The ids that a script, also one inside a page, looks up by a constant name. */
  readonly idsWanted: readonly IdUse[];
  /** The ids that a script gives to elements it creates; one that ends in `*` stands for all that begin like it. */
  readonly idsMade: readonly string[];
  /** The files that a page or style sheet refers to, without query and fragment; only those of the project itself. */
  readonly refers: readonly Reference[];
  /** The words of its text that could be identifiers, at most 5,000. */
  readonly words: ReadonlySet<string>;
  /** How JavaScript is loaded: as a module, with `require`, or as a script whose top-level names are everybody's. */
  readonly form?: "module" | "commonjs" | "script";
  /** It may offer more than `declares` can list, because names are made up when it runs. */
  readonly open?: boolean;
  /** The import map of a page. */
  readonly importMap?: readonly { readonly from: string; readonly to: string }[];
}

export type SourceLanguage =
  | "javascript"
  | "typescript"
  | "python"
  | "html"
  | "css"
  | "json"
  | "yaml"
  | "go"
  | "rust"
  | "java"
  | "c"
  | "cpp"
  | "php"
  | "ruby"
  | "csharp";

/** Something to say about a line. */
export interface Finding {
  readonly line: number;
  readonly message: string;
}

export interface Unfinished extends Finding {
  /** The class that the method belongs to. Where another class extends it, the method may be left to that one. */
  readonly owner?: string;
}

export interface Import {
  /** As written: `./a.js`, `..pkg.mod`, `crate::game::Board`, `<stdio.h>` without its brackets. */
  readonly from: string;
  readonly line: number;
  /** The names taken, as the other file calls them; "*" is the module itself, "default" its default export. */
  readonly names: readonly string[];
  /** It can only mean a file of the project: `#include "x.h"`, `require_relative`, `mod x;`. */
  readonly local?: boolean;
  /** All of it is exported again, as in `export * from`. */
  readonly again?: boolean;
  /** Only types are taken, so that nothing is loaded when it runs. */
  readonly typeOnly?: boolean;
  /** It may fail without harm, because it stands within a `try`. */
  readonly optional?: boolean;
}

/** A name may be declared several times: a prototype and its body, overloads, the accessors of a property. */
export interface Declaration {
  /** Members are `Class.member`; what a file exports by default is called "default". */
  readonly name: string;
  readonly kind: "function" | "class" | "constant" | "variable" | "type" | "method";
  readonly line: number;
  /** Whether other files can use it by this name. */
  readonly exported: boolean;
  /** The classes and interfaces that a class extends, by their last name. */
  readonly bases?: readonly string[];
  /** Belongs to another file and is only passed on, by `export … from` or as an import of a Python module. */
  readonly imported?: boolean;
  /** One line, as written, without its body. */
  readonly signature: string;
  /** How many arguments it takes; `most` is undefined if there is no bound. Only where that can be known. */
  readonly parameters?: Arity;
}

export interface Arity {
  readonly least: number;
  readonly most: number | undefined;
}

export interface IdUse {
  readonly id: string;
  readonly line: number;
}

export interface Reference {
  readonly to: string;
  readonly line: number;
  readonly kind: "script" | "module" | "style" | "image" | "page" | "other";
}

/** What a reader of one language finds out; what it leaves out is empty. */
export type SourceParts = Partial<Omit<Source, "path" | "language" | "words">>;
