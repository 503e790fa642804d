import type { FailureKind } from "../llm/provider.ts";

/** What a refusal is about, in words that each surface translates into its own. */
export type RefusalKind =
  | "request"
  | "unauthorized"
  | "forbidden"
  | "missing"
  | "too-large"
  | "rate"
  | "quota"
  | "overflow"
  | "policy"
  | "upstream"
  | "timeout"
  | "busy"
  | "bug";

const statusOf: Readonly<Record<RefusalKind, number>> = {
  request: 400,
  unauthorized: 401,
  forbidden: 403,
  missing: 404,
  "too-large": 413,
  rate: 429,
  quota: 429,
  overflow: 400,
  policy: 400,
  upstream: 502,
  timeout: 504,
  busy: 503,
  bug: 500,
};

interface Facts {
  /** Another status than the usual one of its kind. */
  readonly status?: number;
  /** The field of the request that is wrong. */
  readonly param?: string | undefined;
  /** The word a program can act on, such as `model_not_found`; made of the kind where absent. */
  readonly code?: string | undefined;
  /** Seconds until it may be tried again. */
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** A request that is not answered, and why, in words for who sent it. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  readonly status: number;
  readonly param: string | undefined;
  readonly code: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(kind: RefusalKind, message: string, { status, param, code, retryAfter, cause }: Facts = {}) {
    super(message, { cause });
    this.name = "Refusal";
    this.kind = kind;
    this.status = status ?? statusOf[kind];
    this.param = param;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** What happened and what to do about it, in one line. */
export const wordsOf = ({ message, hint }: { readonly message: string; readonly hint?: string | undefined }): string =>
  hint === undefined ? message : `${message}. ${hint}`;

/** What a caller can do whose money does not suffice, besides asking for less. */
export const moreMoney =
  "Whoever runs this server can raise budget in its config2.yaml: for one caller under auth, for all together under serve. GET /v1/usage says what the caller has spent.";

/**
 * A failure of a call as the caller is told of it. What is wrong with our own key is the server's fault, not the caller's.
 * Its words are meant for who sits at a run; those that a caller could not follow are replaced, or say whom they are for.
 */
export function refusalOf(failure: {
  readonly kind: string;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Milliseconds. */
  readonly retryAfter?: number | undefined;
}): Refusal {
  const told = Object.hasOwn(failings, failure.kind) ? failings[failure.kind as Failing] : undefined;
  const { kind = "upstream", message = failure.message, hint, forOperator = false, ...facts } = told ?? {};
  const addressed = forOperator && failure.hint && `For whoever runs this server: ${failure.hint}`;
  const words = { message, hint: hint ?? (addressed || failure.hint) };
  const asked = failure.retryAfter !== undefined && { retryAfter: Math.ceil(failure.retryAfter / 1000) };
  return new Refusal(kind, wordsOf(words), { code: failure.kind, ...facts, ...asked });
}

type Failing = FailureKind | "budget" | "stopped" | "skipped" | "unusable";

/** How callers are told of a failing. */
interface Told extends Facts {
  /** `upstream` where absent. */
  readonly kind?: RefusalKind;
  /** In place of its own words. */
  readonly message?: string;
  readonly hint?: string;
  /** Its own hint names settings of the server. */
  readonly forOperator?: boolean;
}

const failings: Partial<Record<Failing, Told>> = {
  rate: { kind: "rate", code: "rate_limit_exceeded", hint: "Try again later." },
  quota: { kind: "quota", code: "insufficient_quota", forOperator: true },
  budget: {
    ...{ kind: "quota", code: "insufficient_quota" },
    message: "the call could cost more than is left of the budget of this caller, or of all callers together",
    hint: `Ask for fewer tokens. ${moreMoney}`,
  },
  overflow: { kind: "overflow", code: "context_length_exceeded" },
  request: { kind: "request" },
  policy: { kind: "policy", code: "content_filter" },
  network: { forOperator: true },
  auth: { forOperator: true },
  timeout: { kind: "timeout", forOperator: true },
  truncated: { hint: "Ask once more, or choose a model with a larger context." },
  unrecorded: { hint: "Choose a model that does not only repeat recorded answers." },
  skipped: { kind: "busy", code: "model_unavailable", retryAfter: 60, forOperator: true },
  stopped: { kind: "busy", code: "stopping", message: "the server is closing" },
  // the caller has gone and hears nothing of it, or the server is ended
  aborted: { kind: "busy", code: "stopping" },
};
