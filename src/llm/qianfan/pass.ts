import { z } from "zod";
import { ProviderError, type Tools } from "../provider.ts";
import { tokenKeeper } from "../token-keeper.ts";
import { faultIn } from "../wire/error-body.ts";
import { faultError } from "../wire/failure.ts";
import { faultOf } from "../wire/fetch.ts";
import { bceHeaders } from "./bce-signature.ts";

/** What lets one request in: a token in its query, or a signature in its headers. */
export interface Pass {
  readonly token: string | undefined;
  sign(url: URL): Record<string, string>;
}

export interface PassKeys {
  readonly api_key?: string | undefined;
  readonly access_key?: string | undefined;
  readonly secret_key: string;
}

export interface Passes {
  get(signal: AbortSignal): Promise<Pass>;
  /** The server no longer takes this token. */
  forget(token: string): void;
  /** Every token that was fetched, none of which may be shown. */
  readonly issued: ReadonlySet<string>;
}

/** The passes of one connection: with an `api_key` a token that is fetched once, else a signature for each request. */
export function qianfanPasses(keys: PassKeys, base: string, fetch: Tools["fetch"], now: () => number): Passes {
  const { api_key, access_key = "", secret_key } = keys;
  const issued = new Set<string>();
  if (api_key === undefined) {
    const date = () => new Date(now()).toISOString().replace(/\.\d+/, "");
    const sign = (url: URL) => bceHeaders("POST", url, { access_key, secret_key }, date());
    return { issued, get: async () => ({ token: undefined, sign }), forget: () => {} };
  }
  const tokens = tokenKeeper(async (signal) => {
    const { access_token, expires_in } = await fetchToken(base, { api_key, secret_key }, fetch, signal);
    issued.add(access_token);
    // An hour early; but a server that gives a shorter time is not asked for every call.
    return { value: access_token, until: now() + Math.max(expires_in - 3600, 60) * 1000 };
  }, now);
  return {
    issued,
    get: async (signal) => ({ token: await tokens.get(signal), sign: () => ({}) }),
    forget: tokens.forget,
  };
}

async function fetchToken(
  base: string,
  { api_key, secret_key }: { api_key: string; secret_key: string },
  fetch: Tools["fetch"],
  signal: AbortSignal,
) {
  const query = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: api_key,
    client_secret: secret_key,
  });
  const headers = { accept: "application/json", "user-agent": "metagpt" };
  const response = await fetch(`${base}/oauth/2.0/token?${query}`, { method: "POST", headers, signal });
  if (!response.ok) throw faultError(await faultOf(response), response.status, response.headers);
  const answer: unknown = await response.json();
  const token = OAuth.safeParse(answer);
  if (token.success) return token.data;
  const { message } = faultIn(answer) ?? { message: "the server gave no token" };
  throw new ProviderError(`the key was refused: ${message}`, {
    kind: "auth",
    hint: "Check api_key and secret_key: both belong to one application.",
  });
}

const OAuth = z.object({ access_token: z.string().min(1), expires_in: z.number().catch(2_592_000) });
