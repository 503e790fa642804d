/** A package as a document names it; nothing about it is to be trusted. */
export interface ListedPackage {
  readonly name: string;
  readonly version: string;
  readonly why?: string;
}

/** What the documents say about the product, as far as its package files and README need it. */
export interface Product {
  readonly name: string;
  /** The original request. */
  readonly description: string;
  readonly goals: readonly string[];
  /** The human language of its documents. */
  readonly language: string;
  readonly programmingLanguage: string;
  readonly files: readonly { readonly path: string; readonly purpose: string }[];
  readonly entryPoint: string;
  readonly runCommand: string;
  readonly buildCommand: string;
  readonly testCommand: string;
  /** Of the programming language. */
  readonly packages: readonly ListedPackage[];
  /** How far the product was verified, in a sentence, and what is wrong with it; absent before that is known. */
  readonly state?: { readonly verdict: string; readonly problems: readonly string[] };
  /** Programs of the machine. */
  readonly otherPackages: readonly ListedPackage[];
}
