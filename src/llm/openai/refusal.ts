import { faultIn } from "../wire/error-body.ts";
import type { HeaderText } from "../wire/wire.ts";

/** A server's no, with the properties that the SDK gives its own: `failureOf` and `lessonOf` read both alike. */
export class Refusal extends Error {
  /** What the server said, in any of the shapes that `faultIn` knows. */
  readonly error: unknown;
  /** Absent where it said so within an answer. */
  readonly status: number | undefined;
  readonly headers: HeaderText | undefined;
  readonly code: string | undefined;
  readonly param: string | undefined;

  constructor(error: unknown, status?: number, headers?: HeaderText) {
    const { message = "an error without words", code, param } = faultIn(error) ?? {};
    super(message);
    Object.assign(this, { error, status, headers, code, param });
  }
}
