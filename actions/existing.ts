import type { Kind } from "../src/action.ts";
import type { TestFile } from "../src/project/test-files.ts";

/** A repository that is to be changed, as it stood when the run began. */
export type Existing = {
  /** Its text files: path -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** Files and folders that stand there besides, unread, and are not to be written. */
  readonly closed: readonly string[];
};

export const existing: Kind<Existing> = { name: "Repository" };

/** A change that is to be made, by whoever it is understood. */
export type ChangeRequest = {
  readonly idea: string;
  readonly kind: "requirement" | "bug";
  /** A test that fails because of a bug, and what it prints; absent where none was written. */
  readonly reproduction?: { readonly test: TestFile; readonly output: string };
};

/** Sent to the engineer. */
export const changeRequest: Kind<ChangeRequest> = { name: "ChangeRequest" };

/** Sent to the one who tests, who has to reproduce it first. */
export const bugReport: Kind<ChangeRequest> = { name: "BugReport" };

/** A file whose tests are to be written anew. */
export type TestRequest = { readonly path: string };

export const testRequest: Kind<TestRequest> = { name: "TestRequest" };
