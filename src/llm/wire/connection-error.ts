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
  const {
    message = `the connection failed: ${error.message || code}`,
    kind = "network",
    ...facts
  } = words(error, code);
  return new ProviderError(message, { kind, ...facts, cause: error });
}

/** What is not `network` is not tried again either. */
interface Words {
  readonly message?: string;
  readonly hint?: string;
  readonly kind?: "protocol" | "request";
  readonly shouldRetry?: false;
}

function words({ name, message }: Error, code: string): Words {
  if (code === "ECONNREFUSED") return { message: "the connection was refused" };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    const hint = "Check base_url and the network; behind a proxy, set proxy.";
    return { message: "the host name was not found", hint };
  }
  if (name === "HTTPParserError") {
    const hint = "Check base_url: its port may be that of another service.";
    return { message: "what answers there does not speak HTTP", kind: "protocol", hint };
  }
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED") {
    return { message: `the request cannot be sent: ${message}`, kind: "request", hint: "Mend headers." };
  }
  if (/CERT|SIGNATURE|ALTNAME/.test(code)) {
    const hint = "If the certificate is one of your own network, name its file in ca_file.";
    return { message: `the certificate of the server is not trusted (${code})`, hint, shouldRetry: false };
  }
  if (code === "EPROTO" || /^ERR_SSL_/.test(code)) {
    const hint = "If the server speaks plain HTTP, begin base_url with http://.";
    return { message: "no TLS is spoken there", hint, shouldRetry: false };
  }
  const closed = code === "ECONNRESET" || code === "UND_ERR_SOCKET";
  return closed ? { message: "the server closed the connection before it answered" } : {};
}
