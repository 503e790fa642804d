import { z } from "zod";
import { ConfigError } from "../../errors.ts";
import { type FailureKind, ProviderError } from "../provider.ts";
import { shownAddress } from "./address.ts";
import { type Fault, faultIn } from "./error-body.ts";
import type { HeaderText } from "./wire.ts";

/** What a message about a failed call may and may not say. */
export interface FailedCall {
  readonly model: string;
  readonly baseUrl: string;
  /** The caller had ended the call. */
  readonly aborted: boolean;
  /** Never to be shown, not even when the server repeats it. */
  readonly secrets?: readonly (string | undefined)[];
  /** What to do when the server does not know the model. */
  readonly missingModel?: string;
  /** What to do when there is nothing at the address. */
  readonly wrongAddress?: string;
}

/**
 * Turns whatever a call failed with (an SDK's error, a refused request, an error event, our own fetch) into one
 * ProviderError that names model and server. What is none of these is a bug and is thrown on.
 */
export function failureOf(error: unknown, call: FailedCall): ProviderError {
  const where = `${call.model} at ${serverOf(call)}`;
  if (call.aborted) return new ProviderError(`${where}: the call was ended`, { kind: "aborted" });
  const failed = ownError(error) ?? sdkError(error);
  const { kind, status, retryAfter, shouldRetry, usage, cause } = failed;
  const hint = failed.hint ?? hintFor(failed, call);
  const facts = { kind, status, retryAfter, shouldRetry, hint, usage, cause };
  return new ProviderError(`${where}: ${scrub(failed.message, call.secrets)}`, facts);
}

/** What a server said as an error, as `failureOf` takes it; without a status it came within an answer. */
export function faultError(fault: Fault, status?: number, headers?: HeaderText): ProviderError {
  // Within an answer the code is the status.
  const known = status ?? (/^[45]\d\d$/.test(fault.code ?? "") ? Number(fault.code) : undefined);
  const kind = kindOf(fault, known);
  const message = `${prefix(kind, known)}${fault.message}${numbersOf(fault, status)}`;
  // a few servers say in the body how long to wait
  const retryAfter = (headers && waitHint(headers)) ?? (duration(fault.wait ?? null) || undefined);
  const shouldRetry = { true: true, false: false }[headers?.get("x-should-retry") ?? ""];
  return new ProviderError(message, { kind, status, retryAfter, shouldRetry });
}

/** Status and code, for those who look them up. */
function numbersOf({ message, code = "" }: Fault, status: number | undefined): string {
  const unsaid = code !== String(status) && !message.includes(code);
  const numbers = [...(status === undefined ? [] : [`HTTP ${status}`]), ...(unsaid ? [code] : [])];
  return numbers.length === 0 ? "" : ` (${numbers.join(", ")})`;
}

/** SDKs wrap what our fetch threw. An error of the configuration is no failure of the call and is thrown on. */
function ownError(error: unknown): ProviderError | undefined {
  for (let next = error; next instanceof Error; next = next.cause) {
    if (next instanceof ConfigError) throw next;
    if (next instanceof ProviderError) return next;
  }
  return undefined;
}

function sdkError(error: unknown): ProviderError {
  if (error instanceof SyntaxError) {
    return new ProviderError(`the answer could not be understood: ${error.message}`, { kind: "protocol" });
  }
  if (error instanceof Error && /^Request timed out/.test(error.message)) {
    return new ProviderError("the server gave no answer in time", { kind: "timeout" });
  }
  const read = Said.safeParse(error);
  if (!read.success || (read.data.status === undefined && read.data.error === undefined)) throw error;
  const { status, headers, message } = read.data;
  return faultError(faultIn(read.data.error) ?? { message: message ?? "no reason given" }, status, headers);
}

const Said = z.looseObject({
  status: z.number().optional().catch(undefined),
  headers: z
    .custom<HeaderText>((value) => typeof value === "object" && value !== null && "get" in value)
    .optional()
    .catch(undefined),
  error: z.unknown().optional(),
  message: z.string().optional().catch(undefined),
});

const codes: Partial<Record<FailureKind, RegExp>> = {
  overflow:
    /^(context_length_exceeded|exceed_context_size_error|40303|1261|tokens_too_long|characters_too_long|336007|10907|model_context_window_exceeded)$/,
  policy:
    /^(content_filter|content_policy_violation|data_?inspection_?failed|SensitiveContentDetected.*|unsafe_request|moderation|sensitive|1300|1301|10013|10014|10019|10021)$/i,
  quota:
    /^(insufficient_quota|exceeded_current_quota_error|QuotaExceeded|billing_error|\w+_spend_limit_reached|insufficient_balance|arrearage|AccountOverdueError|1113|1304|1308|1310|17|19|10016|11200|11201)$/i,
  rate: /rate_?limit|^(rpm|tpm)_|^limit_|^throttling|RateLimitExceeded|^(RESOURCE_EXHAUSTED|engine_overloaded_error|1302|1303|1305|1312|4|18|336501|336502|4290[1-3]|10006|10007|11202|11203)$/i,
  auth: /^(invalid_api_key|invalid_iam_token|authentication_error|invalid_authentication_error|permission_error|InvalidApiKey|no_db_connection|1000|1001|1002|1003|1004|6|13|14|15|100|110|111|10015|(Model\.)?AccessDenied)$/i,
  server:
    /overloaded|^(InternalError.*|internal_error|ModelLoadingError|1120|1230|1234|5000[1-6]|50505|1000[89]|1001[0-2]|10110|10222)$/i,
  request:
    /^(invalid_request_error|not_found_error|InvalidParameter|ModelNotFound|1000[345]|10163|10404|33600[1-5]|33610[1-5])$/,
};

const overflowing =
  /prompt is too long|exceeded model token limit|maximum context length|range of input length|context (length|window|size|limit)|input.{0,20}too long|too many tokens|maximum.{0,40}tokens|token limit/i;

/** The answer's limit is wrong, not the prompt; `openai` puts that right by itself. */
const outputLimit = /^(?!.*context (length|window|limit)).*max_(completion_)?tokens/s;

function kindOf({ code, type, message }: Fault, status: number | undefined): FailureKind {
  const is = (kind: FailureKind) => [code, type].some((word) => word !== undefined && codes[kind]?.test(word));
  const refused = status === undefined || status === 400 || status === 403 || status === 422;
  if (status === 413 || is("overflow")) return "overflow";
  if (refused && overflowing.test(message) && !outputLimit.test(message)) return "overflow";
  if (refused && is("policy")) return "policy";
  if (status === 402 || is("quota")) return "quota";
  if (status === 401 || status === 403) return "auth";
  if (status === 429 || is("rate")) return "rate";
  if (/requires more system memory/.test(message)) return "request";
  if (status === 408 || status === 409 || is("server")) return "server";
  if (status !== undefined && status >= 500) return [501, 505].includes(status) ? "request" : "server";
  if (refused && is("auth")) return "auth";
  if (status === undefined && is("request")) return "request";
  if (status === undefined && /rate limit|too many requests|throttl/i.test(message)) return "rate";
  return status === undefined ? "server" : "request";
}

function prefix(kind: FailureKind, status: number | undefined): string {
  if (kind === "auth") return status === 403 ? "access was refused: " : "the key was refused: ";
  if (kind === "quota") return "the account's quota is spent: ";
  if (kind === "rate") return "the rate limit was reached: ";
  if (kind === "overflow") return "the prompt is too long for the model: ";
  if (kind === "policy") return "the server's content policy refused it: ";
  if (kind === "server") return "the server failed: ";
  return status === 404 ? "not found: " : "";
}

function hintFor({ kind, status, message }: ProviderError, call: FailedCall): string | undefined {
  const server = serverOf(call);
  if (kind === "network") return `Is the server running at ${server}? If it is elsewhere, mend base_url.`;
  if (kind === "timeout") return "Raise timeout in the configuration, or choose a faster model.";
  if (kind === "auth") return `Check api_key: it has to be valid for ${server} and for this model.`;
  if (kind === "quota") return "Top up the account, or choose another LLM.";
  if (kind === "rate") return "Try again later, or lower --concurrency.";
  if (kind === "overflow") return "Choose a model with a larger context, or ask for something smaller.";
  if (kind === "policy") return "Word the request differently, or choose another LLM.";
  if (kind === "truncated") return brokenOff;
  if (/requires more system memory/.test(message)) return "Choose a smaller model.";
  if (kind !== "request") return undefined;
  if (unknownModel.test(message)) return call.missingModel ?? `Check model: ${server} does not offer ${call.model}.`;
  if (status !== 404 && status !== 405) return undefined;
  return call.wrongAddress ?? "Check base_url: the address of most servers ends in /v1.";
}

const brokenOff =
  "Some servers break off an answer when the next question comes, or when the prompt is too long: lower --concurrency, or choose a model with a larger context.";

/** What servers say of a model that they do not have. */
export const unknownModel =
  /\b(model|deployment)\b.{0,120}\b(not found|not exist|not available|unavailable)|not found.{0,20}\bmodel\b|no such model|unknown model|invalid model name|only .* allowed now|模型不存在/is;

/** Milliseconds a server asks to wait, from whichever header says so first; undefined where none does sensibly. */
export function waitHint(headers: HeaderText, now = Date.now()): number | undefined {
  const seconds = headers.get("retry-after") ?? "";
  const waits = [
    amount(headers.get("retry-after-ms")),
    /^[\d.]+$/.test(seconds) ? amount(seconds) * 1000 : Date.parse(seconds) - now,
    duration(headers.get("x-ratelimit-reset-requests")),
    duration(headers.get("x-ratelimit-reset-tokens")),
    ...["requests", "tokens", "input-tokens", "output-tokens"].map((what) => untilReset(headers, what, now)),
  ];
  return waits.find((wait) => wait > 0);
}

const amount = (text: string | null) => (text ? Number(text) : Number.NaN);

/** Anthropic says of each limit when it is whole again, of those that are not used up as well. */
function untilReset(headers: HeaderText, what: string, now: number): number {
  const name = `anthropic-ratelimit-${what}`;
  return headers.get(`${name}-remaining`) === "0" ? Date.parse(headers.get(`${name}-reset`) ?? "") - now : Number.NaN;
}

/** Reads `17ms`, `1m30s`, `6m0s` and `2h` as milliseconds; NaN where it is none of these. */
export function duration(text: string | null): number {
  if (!text || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return Number.NaN;
  const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
  return Object.entries(units).reduce((sum, [unit, ms]) => {
    const part = new RegExp(`([\\d.]+)${unit}(?![a-z])`).exec(text);
    return sum + Number(part?.[1] ?? 0) * ms;
  }, 0);
}

/** A text without these secrets, and without what looks like a key. */
export function scrub(text: string, secrets: FailedCall["secrets"] = []): string {
  return secrets
    .reduce<string>((clean, secret) => (secret && secret.length > 3 ? clean.replaceAll(secret, "***") : clean), text)
    .replace(/\b(sk|gsk|xai|bce-v3)[-/][\w*./-]{5,}[\w*]/g, "$1-***")
    .replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, "***")
    .replace(/\bBearer\s+\S+/gi, "Bearer ***");
}

const serverOf = ({ baseUrl }: FailedCall): string => shownAddress(baseUrl) || "the server";
