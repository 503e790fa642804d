/** How the program ends, for scripts. One table for every command; documented in the README. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  configuration: 3,
  budget: 4,
  rounds: 5,
  llm: 6,
  unverified: 7,
  busy: 8,
  review: 9,
  disk: 74,
  hangup: 129,
  interrupt: 130,
  terminate: 143,
} as const;

/** A failure the user can act on: the program prints `message` and `hint`, never a stack. */
export abstract class CompanyError extends Error {
  abstract readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(message: string, { hint, ...options }: ErrorOptions & { hint?: string | undefined } = {}) {
    super(message, options);
    this.name = new.target.name;
    this.hint = hint;
  }
}

/** The command line asks for something that does not exist or does not go together. */
export class UsageError extends CompanyError {
  readonly exitCode = exitCodes.usage;
}

/** A setting is wrong or missing; the message names file, line and key where they are known. */
export class ConfigError extends CompanyError {
  readonly exitCode = exitCodes.configuration;
}

/** The code of a system error, such as ENOENT; undefined for every other error. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** A file could not be read or written. */
export class DiskError extends CompanyError {
  readonly exitCode = exitCodes.disk;
}

/** Does work on the disk. What the system has against it becomes a DiskError in these words; all else is thrown on. */
export async function onDisk<T>(
  work: () => Promise<T>,
  words: (code: string) => { readonly message: string; readonly hint: string },
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = errorCode(cause);
    if (code === undefined) throw cause;
    const { message, hint } = words(code);
    throw new DiskError(message, { cause, hint });
  }
}

/** What was read, or something else where there is nothing of that name. */
export async function unlessMissing<T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await reading;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")) return otherwise;
    throw error;
  }
}
