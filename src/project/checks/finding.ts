/** Something that is wrong with a file, in one sentence for people and for the model that shall put it right. */
export type Finding = {
  readonly path: string;
  readonly line?: number;
  readonly kind: FindingKind;
  readonly message: string;
  /** Other files whose contract it touches. */
  readonly about?: readonly string[];
};

export type FindingKind =
  | "syntax"
  | "import"
  | "package"
  | "export"
  | "arity"
  | "reference"
  | "unfinished"
  | "leftover"
  | "command"
  | "missing";

/** What is checked. */
export interface CheckInput {
  /** All text files of the project, path -> text: sources, manifests, README; not what is installed or built. */
  readonly files: Readonly<Record<string, string>>;
  /** The paths of files that are no text, such as images. Where they are not known, nothing is said about them. */
  readonly otherPaths?: readonly string[];
  /** What the design promises of each file. */
  readonly contracts: readonly Contract[];
  /** The page that a browser opens from disk, where that is how it runs; empty otherwise. */
  readonly page: string;
  /** The commands by which it is installed, built, run and tested. */
  readonly commands: readonly string[];
}

export interface Contract {
  readonly path: string;
  readonly exports: readonly { readonly name: string; readonly kind: string; readonly signature: string }[];
}

/** What a check came to; JSON throughout. */
export type CheckResult = {
  /** By path, then by line. */
  readonly findings: readonly Finding[];
  /** Kind of file -> the parser that read it: `{ "Python": "tree-sitter (Python)" }`. */
  readonly checkedBy: Readonly<Record<string, string>>;
  /** Source files that no parser here reads. */
  readonly unchecked: readonly string[];
};
