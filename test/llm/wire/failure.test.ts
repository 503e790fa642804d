import { describe, expect, it } from "vitest";
import { type FailureKind, ProviderError } from "../../../src/llm/provider.ts";
import { readFault } from "../../../src/llm/wire/error-body.ts";
import { failureOf, faultError, waitHint } from "../../../src/llm/wire/failure.ts";

const call = { model: "m-1", baseUrl: "https://llm.example.com/v1", aborted: false };
const refused = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  const fault = readFault(typeof body === "string" ? body : JSON.stringify(body), "no reason given");
  return failureOf(faultError(fault, status, new Headers(headers)), call);
};

describe("every vendor's error body gives its message and its code", () => {
  it.each<[string, unknown, string?]>([
    ["OpenAI", { error: { message: "BOOM", type: "t", param: null, code: null } }],
    ["vLLM", { error: { message: "BOOM", type: "BadRequestError", code: 400 } }],
    ["Ollama", { error: "BOOM" }],
    ["Qianfan", { error: { code: "invalid_model", message: "BOOM" }, id: "as-1" }, "invalid_model"],
    ["Zhipu", { error: { code: "1210", message: "BOOM" } }, "1210"],
    ["Anthropic", { type: "error", error: { type: "invalid_request_error", message: "BOOM" }, request_id: "r" }],
    ["FastChat", { object: "error", message: "BOOM", code: 40001 }, "40001"],
    ["FastAPI", { detail: "BOOM" }],
    ["FastAPI validation", { detail: [{ loc: ["body"], msg: "BOOM", type: "missing" }] }],
    ["FastChat's gate", { detail: { error: { message: "BOOM", type: "t", code: "c" } } }, "c"],
    ["DashScope", { code: "InvalidParameter", message: "BOOM", request_id: "r" }, "InvalidParameter"],
    ["Qianfan v1", { error_code: 336003, error_msg: "BOOM" }, "336003"],
    ["Spark", { code: 10163, message: "BOOM", sid: "s" }, "10163"],
    ["Google", [{ error: { code: 400, message: "BOOM", errors: [], status: "INVALID_ARGUMENT" } }]],
    ["a list of errors", { errors: [{ message: "BOOM" }] }],
    ["msg", { msg: "BOOM" }],
    ["a gateway's page", "<html><head><title>400</title></head><body><center>BOOM</center></body></html>"],
    ["plain text", "BOOM"],
  ])("%s (case 73)", (_, body, code) => {
    const error = refused(400, body);
    expect(error.message).toBe(`m-1 at https://llm.example.com/v1: BOOM (HTTP 400${code ? `, ${code}` : ""})`);
    expect(error).toMatchObject({ kind: "request", status: 400 });
  });

  it("nothing", () => {
    expect(refused(500, "").message).toBe(
      "m-1 at https://llm.example.com/v1: the server failed: no reason given (HTTP 500)",
    );
  });
});

describe("failures are told apart", () => {
  const coded = (code: string | number, message = "x") => ({ error: { message, code } });
  it.each<[FailureKind, number, unknown]>([
    ["server", 408, {}],
    ["server", 409, {}],
    ["server", 500, {}],
    ["server", 502, "<html>Bad Gateway</html>"],
    ["server", 503, { error: { code: 503, message: "Loading model", type: "unavailable_error" } }],
    ["server", 524, ""],
    ["server", 529, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }],
    ["server", 400, { object: "error", message: "worker failed", code: 50001 }],
    ["request", 501, { error: { message: "not supported", type: "not_supported_error" } }],
    ["request", 500, { error: "model requires more system memory (9.1 GiB) than is available (4.0 GiB)" }],
    ["rate", 429, coded("rate_limit_exceeded")],
    ["rate", 429, coded("429", "Requests have exceeded the token rate limit. Please retry after 3 seconds.")],
    ["rate", 429, coded(1302)],
    ["rate", 429, coded("1302")],
    ["rate", 429, { error: { message: "x", type: "engine_overloaded_error" } }],
    ["quota", 429, coded("insufficient_quota")],
    ["quota", 429, { error: { message: "x", type: "exceeded_current_quota_error" } }],
    ["quota", 429, coded("QuotaExceeded")],
    [
      "quota",
      429,
      {
        type: "error",
        error: { type: "rate_limit_error", message: "x", details: { error_code: "enforced_spend_limit_reached" } },
      },
    ],
    [
      "rate",
      429,
      {
        type: "error",
        error: { type: "rate_limit_error", message: "x", details: { error_code: "ramp_limit_exceeded" } },
      },
    ],
    ["quota", 429, coded(1113)],
    ["quota", 402, { error: { message: "Insufficient Balance" } }],
    ["auth", 401, coded("invalid_api_key")],
    ["auth", 403, { detail: "no access" }],
    ["request", 404, {}],
    ["request", 405, {}],
    ["request", 415, {}],
    ["request", 422, { detail: [{ msg: "field required" }] }],
    ["policy", 400, coded("content_filter")],
    ["policy", 400, coded("data_inspection_failed")],
    ["policy", 400, { code: "DataInspectionFailed", message: "x" }],
    ["policy", 403, { error: { code: 403, message: "flagged", metadata: { reasons: ["violence"] } } }],
    ["overflow", 413, "<html>Request Entity Too Large</html>"],
    ["overflow", 400, coded("context_length_exceeded")],
    ["overflow", 400, { error: { code: 400, message: "x", type: "exceed_context_size_error", n_ctx: 4096 } }],
    ["overflow", 400, { object: "error", message: "x", code: 40303 }],
    ["overflow", 400, coded("1261")],
    ["overflow", 400, coded("tokens_too_long")],
    ["overflow", 400, { error: { message: "prompt is too long: 210000 tokens > 200000 maximum" } }],
    [
      "overflow",
      400,
      {
        error: { message: "input length and `max_tokens` exceed context limit: 199990 + 4096 > 200000, decrease them" },
      },
    ],
    [
      "overflow",
      400,
      { error: { message: "Invalid request: Your request exceeded model token limit: 262144 (requested: 269030)" } },
    ],
    ["overflow", 400, { error: { message: "This model's maximum context length is 4096 tokens." } }],
    ["overflow", 400, coded("invalid_parameter_error", "Range of input length should be [1, 30720]")],
    ["overflow", 400, { error: { message: "The input token count exceeds the maximum number of tokens allowed" } }],
    ["request", 400, { error: { message: "max_tokens is too large: 9999. The maximum number of tokens is 4096" } }],
  ])("%s: %i %j (cases 74, 86, 91, 92, 98)", (kind, status, body) => {
    expect(refused(status, body).kind).toBe(kind);
  });

  it.each<[FailureKind, unknown]>([
    ["rate", { error_code: 336501, error_msg: "Rpm rate limit reached" }],
    ["rate", { code: "rpm_rate_limit_exceeded", msg: "slow down" }],
    ["rate", { code: 11202, message: "licc limit", sid: "s" }],
    ["policy", { code: 10013, message: "input is illegal", sid: "s" }],
    ["auth", { error_code: 110, error_msg: "Access token invalid" }],
    ["quota", { error_code: 17, error_msg: "Open api daily request limit reached" }],
    ["rate", { code: 10007, message: "the last question is not answered yet", sid: "s" }],
    ["rate", { code: 11203, message: "too many at once", sid: "s" }],
    ["policy", { code: 10019, message: "the session tends to forbidden content", sid: "s" }],
    ["quota", { code: 10016, message: "no licence", sid: "s" }],
    ["quota", { code: 11201, message: "the daily limit is reached", sid: "s" }],
    ["auth", { code: 10015, message: "the application is barred", sid: "s" }],
    ["auth", { code: "Model.AccessDenied", message: "x", request_id: "r" }],
    ["auth", { error_code: 6, error_msg: "No permission to access data" }],
    ["request", { code: 10163, message: "wrong parameter", sid: "s" }],
    ["request", { code: 10404, message: "no such domain here", sid: "s" }],
    ["request", { code: "InvalidParameter", message: "x", request_id: "r" }],
    ["request", { error_code: 336003, error_msg: "the messages must alternate" }],
    ["server", { code: 10222, message: "the engine's network failed", sid: "s" }],
    ["server", { error_code: 336100, error_msg: "try again" }],
    ["auth", { type: "error", error: { message: "x", type: "permission_error" } }],
    ["request", { type: "error", error: { message: "x", type: "invalid_request_error" } }],
    ["server", { error: { message: "something broke", type: "server_error" } }],
    ["server", { text: "**NETWORK ERROR**", error_code: 50001 }],
  ])("%s, said with HTTP 200: %j (case 76)", (kind, body) => {
    expect(faultError(readFault(JSON.stringify(body), ""), undefined).kind).toBe(kind);
  });
});

describe("the message for a person", () => {
  it("of a refused key names the setting and never the key (cases 87, 168)", () => {
    const key = "abc/def+0123456789";
    const body = { error: { message: `Incorrect API key provided: ${key}, or sk-proj-aaaa1111bbbb. Bearer xyz.123` } };
    const error = failureOf(faultError(readFault(JSON.stringify(body), ""), 401), { ...call, secrets: [key] });
    expect(error.message).toBe(
      "m-1 at https://llm.example.com/v1: the key was refused: Incorrect API key provided: ***, or sk-***. Bearer *** (HTTP 401)",
    );
    expect(error.hint).toContain("api_key");
    expect(JSON.stringify([error, error.cause, error.stack])).not.toContain("0123456789");
  });

  it("hides a token that was made of a key", () => {
    const error = failureOf(faultError({ message: "bad token eyJhbGci.eyJhcGlf.O_7K-55n" }, 401), call);
    expect(error.message).toBe("m-1 at https://llm.example.com/v1: the key was refused: bad token *** (HTTP 401)");
  });

  it("hides credentials in the address", () => {
    const failed = new ProviderError("x", { kind: "server" });
    const error = failureOf(failed, { ...call, baseUrl: "http://me:secret@host/v1?key=secret" });
    expect(error.message).toBe("m-1 at http://host/v1: x");
  });

  it.each([
    [{ error: { message: "The model `m-1` does not exist", code: "model_not_found" } }, 404, "Check model"],
    [{ object: "error", message: "Only a&&b allowed now, your model m-1", code: 40301 }, 400, "Check model"],
    [
      { error: { code: "DeploymentNotFound", message: "The API deployment for this resource does not exist." } },
      404,
      "Check model",
    ],
    [{ detail: "Not Found" }, 404, "base_url"],
    [{ error: { message: "no" } }, 403, "api_key"],
    [{ error: { message: "no" } }, 402, "account"],
    [{ error: { message: "no" } }, 413, "larger context"],
  ])("of %j with %i has a hint", (body, status, hint) => {
    expect(refused(status, body).hint).toContain(hint);
  });

  it("of a missing model is the provider's own, where it has one", () => {
    const error = faultError({ message: "model 'm-1' not found" }, 404);
    expect(failureOf(error, { ...call, missingModel: "Pull it." }).hint).toBe("Pull it.");
  });

  it("of a server that does not answer asks whether it runs", () => {
    const error = failureOf(new ProviderError("the connection was refused", { kind: "network" }), call);
    expect(error.message).toBe("m-1 at https://llm.example.com/v1: the connection was refused");
    expect(error.hint).toBe("Is the server running at https://llm.example.com/v1? If it is elsewhere, mend base_url.");
  });
});

it("calls everything aborted once the caller has aborted", () => {
  expect(failureOf(new Error("Request was aborted."), { ...call, aborted: true }).kind).toBe("aborted");
});

it("lets a bug be a bug", () => {
  const bug = new TypeError("x is not a function");
  expect(() => failureOf(bug, call)).toThrow(bug);
});

describe("how long a server asks to wait (cases 80, 81, 83, 84)", () => {
  const now = Date.parse("2026-01-15T08:30:00Z");
  it.each<[Record<string, string>, number | undefined]>([
    [{ "retry-after": "2" }, 2000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after": "Thu, 15 Jan 2026 08:30:02 GMT" }, 2000],
    [{ "retry-after": "0" }, undefined],
    [{ "retry-after": "-1" }, undefined],
    [{ "retry-after": "abc" }, undefined],
    [{ "retry-after": "" }, undefined],
    [{ "retry-after": "Thu, 15 Jan 2026 08:29:00 GMT" }, undefined],
    [{ "retry-after": "3600" }, 3_600_000],
    [{ "retry-after-ms": "300", "retry-after": "9" }, 300],
    [{ "retry-after-ms": "NaN", "retry-after": "9" }, 9000],
    [{ "x-ratelimit-reset-requests": "1m30s" }, 90_000],
    [{ "x-ratelimit-reset-requests": "17ms" }, 17],
    [{ "x-ratelimit-reset-tokens": "6m0s" }, 360_000],
    [{ "x-ratelimit-reset-requests": "soon", "x-ratelimit-reset-tokens": "1.5s" }, 1500],
    [
      {
        "anthropic-ratelimit-requests-remaining": "9",
        "anthropic-ratelimit-requests-reset": "2026-01-15T08:30:01Z",
        "anthropic-ratelimit-tokens-remaining": "0",
        "anthropic-ratelimit-tokens-reset": "2026-01-15T08:30:12Z",
      },
      12_000,
    ],
    [{}, undefined],
  ])("%j", (headers, wait) => {
    expect(waitHint(new Headers(headers), now)).toBe(wait);
  });

  it("and whether it wants to be asked again, is passed on (case 85)", () => {
    expect(refused(503, {}, { "x-should-retry": "false" }).shouldRetry).toBe(false);
    expect(refused(400, {}, { "x-should-retry": "true", "retry-after-ms": "5" })).toMatchObject({
      shouldRetry: true,
      retryAfter: 5,
    });
    expect(refused(400, {}).shouldRetry).toBeUndefined();
  });
});
