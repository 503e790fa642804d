import { Readable } from "node:stream";
import { ProviderError, type Tools } from "../provider.ts";
import { faultIn, firstWords } from "../wire/error-body.ts";
import { faultError } from "../wire/failure.ts";

/** A request as the SDK of AWS has signed it. */
interface SignedRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Sends the SDK's requests through our fetch, with its deadlines and proxies. A refusal is thrown in our words. */
export function requestHandler(fetch: Tools["fetch"], extra: Readonly<Record<string, string>> = {}) {
  return {
    async handle(request: SignedRequest, { abortSignal }: { abortSignal?: unknown } = {}) {
      const { method, protocol, hostname, port, path, body } = request;
      // The connection sets these two itself, the first as it was signed.
      const { host, "content-length": length, ...headers } = request.headers;
      const response = await fetch(`${protocol}//${hostname}${port ? `:${port}` : ""}${path}`, {
        method,
        headers: { ...headers, ...extra },
        ...((typeof body === "string" || body instanceof Uint8Array) && { body }),
        ...(abortSignal instanceof AbortSignal && { signal: abortSignal }),
      });
      if (!response.ok) {
        const fault = faultIn(await response.json()) ?? { message: response.statusText };
        const name = response.headers.get("x-amzn-errortype") ?? fault.code ?? fault.type ?? "";
        throw refusal(name, fault.message, response.status, response.headers);
      }
      if (!response.headers.get("content-type")?.includes("eventstream")) {
        const words = firstWords(await response.text());
        throw new ProviderError(`the answer could not be understood: ${words}`, { kind: "protocol" });
      }
      return {
        response: {
          statusCode: response.status,
          headers: Object.fromEntries(response.headers),
          body: Readable.from(response.body ?? []),
        },
      };
    },
  };
}

/** An exception within a stream, and what is wrong with a stream itself, as a failure; others as they are. */
export function exceptionError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ProviderError || error.cause instanceof ProviderError) return error;
  if (/Exception$/.test(error.name)) {
    return refusal(error.name, error.message, error.name === "ValidationException" ? 400 : undefined);
  }
  if (/^Truncated event message/.test(error.message)) {
    return new ProviderError("the answer broke off before it was finished", { kind: "truncated", cause: error });
  }
  if (!/checksum|event ?stream|message length|header/i.test(error.message)) return error;
  return new ProviderError(`the answer could not be understood: ${error.message}`, { kind: "protocol", cause: error });
}

function refusal(errorType: string, message: string, status?: number, headers?: Headers): ProviderError {
  const name = errorType.replace(/^.*#/, "").replace(/:.*$/s, "");
  // By their status some would pass for a fault of the request, or for too many of them.
  if (/^Model(NotReady|Error|StreamError|Timeout)Exception$/.test(name)) return faultError({ message });
  const code = name === "ServiceQuotaExceededException" ? "QuotaExceeded" : name;
  const failed = faultError({ message, code }, status, headers);
  if (failed.kind !== "auth") return failed;
  const hint =
    "Check access_key, secret_key and session_token, the clock of this machine, and that the account may use this model.";
  return new ProviderError(failed.message, { kind: "auth", status, hint });
}
