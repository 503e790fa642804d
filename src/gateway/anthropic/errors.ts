import type { Refusal, RefusalKind } from "../refusal.ts";

/** A refusal as Anthropic writes it. */
export const anthropicError = ({ kind, message }: Refusal) => ({
  type: "error" as const,
  error: { type: types[kind], message },
});

const types: Readonly<Record<RefusalKind, string>> = {
  request: "invalid_request_error",
  unauthorized: "authentication_error",
  forbidden: "permission_error",
  missing: "not_found_error",
  "too-large": "request_too_large",
  rate: "rate_limit_error",
  quota: "rate_limit_error",
  overflow: "invalid_request_error",
  policy: "invalid_request_error",
  upstream: "api_error",
  timeout: "timeout_error",
  busy: "overloaded_error",
  bug: "api_error",
};
