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
  const [message, hint] = words(code);
  return new ProviderError(message ?? `the connection failed: ${error.message || code}`, {
    kind: "network",
    shouldRetry: message?.includes("certificate") ? false : undefined,
    hint,
    cause: error,
  });
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
  const closed = code === "ECONNRESET" || code === "UND_ERR_SOCKET";
  return closed ? ["the server closed the connection before it answered"] : [];
}
