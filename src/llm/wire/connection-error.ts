import { errorCode } from "../../errors.ts";
import { ProviderError } from "../provider.ts";

/** Why no connection came about, or why it failed without a word, for a person. */
export function connectionError(error: Error): ProviderError {
  const code = errorCode(error) ?? "";
  if (code === "EPROXY") {
    const hint = "Check proxy in the configuration, or HTTPS_PROXY in the environment.";
    const shouldRetry = /HTTP 4/.test(error.message) ? false : undefined;
    return new ProviderError(`the proxy failed: ${error.message}`, {
      kind: "network",
      shouldRetry,
      hint,
      cause: error,
    });
  }
  if (error.name === "HTTPParserError") return unusable("what answers there does not speak HTTP", "protocol", error);
  if (/^UND_ERR_(INVALID_ARG|NOT_SUPPORTED)$/.test(code)) {
    return unusable(`the request cannot be sent: ${error.message}`, "request", error);
  }
  const [message, hint] = words(code);
  return new ProviderError(message ?? `the connection failed: ${error.message || code}`, {
    kind: "network",
    shouldRetry: /certificate|TLS/.test(message ?? "") ? false : undefined,
    hint,
    cause: error,
  });
}

/** What no further try mends. */
function unusable(message: string, kind: "protocol" | "request", cause: Error): ProviderError {
  const hint = kind === "protocol" ? "Check base_url: its port may be that of another service." : "Mend headers.";
  return new ProviderError(message, { kind, hint, cause });
}

function words(code: string): readonly [string?, string?] {
  if (code === "ECONNREFUSED") return ["the connection was refused"];
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return ["the host name was not found", "Check base_url and the network; behind a proxy, set proxy."];
  }
  if (/CERT|SIGNATURE|ALTNAME/.test(code)) {
    const hint = "If the certificate is one of your own network, name its file in ca_file.";
    return [`the certificate of the server is not trusted (${code})`, hint];
  }
  if (code === "EPROTO" || /^ERR_SSL_/.test(code)) {
    return ["no TLS is spoken there", "If the server speaks plain HTTP, begin base_url with http://."];
  }
  const closed = code === "ECONNRESET" || code === "UND_ERR_SOCKET";
  return closed ? ["the server closed the connection before it answered"] : [];
}
