import type { Refusal, RefusalKind } from "../refusal.ts";

/** A refusal as OpenAI writes it. */
export const openaiError = ({ kind, message, param, code }: Refusal) => ({
  error: { message, type: types[kind], param: param ?? null, code: code ?? null },
});

const types: Readonly<Record<RefusalKind, string>> = {
  request: "invalid_request_error",
  unauthorized: "authentication_error",
  forbidden: "permission_error",
  missing: "invalid_request_error",
  "too-large": "invalid_request_error",
  rate: "rate_limit_error",
  quota: "insufficient_quota",
  overflow: "invalid_request_error",
  policy: "invalid_request_error",
  upstream: "upstream_error",
  timeout: "timeout_error",
  busy: "overloaded_error",
  bug: "server_error",
};
