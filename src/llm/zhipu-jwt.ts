import { createHmac } from "node:crypto";
import { openai } from "./openai.ts";
import { defineProvider, type Tools } from "./provider.ts";
import { faultOf } from "./wire/fetch.ts";

const form = /^[^.]+\.[^.]+$/;

/** Gateways to Zhipu that want its old token, made of the key and the time, in place of the key. */
export const zhipuJwt = defineProvider({
  config: openai.config.refine(({ api_key }) => api_key && form.test(api_key), {
    path: ["api_key"],
    error: "has to be of the form id.secret",
  }),
  connect: (config, tools) => openai.connect(config, { ...tools, ...withTokens(config.api_key ?? "", tools) }),
});

/** The token for a key of the form `id.secret` at a time in milliseconds; it is good for 210 seconds. */
export function zhipuToken(key: string, now: number): string {
  const [id = "", secret = ""] = key.split(".");
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const content = { api_key: id, exp: now + 210_000, timestamp: now };
  const signed = `${part({ alg: "HS256", sign_type: "SIGN" })}.${part(content)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** Sends every request with a token, a new one each 180 seconds and once more where the server calls it expired. */
export function withTokens(key: string, { fetch, post }: Way, now: () => number = Date.now): Way {
  let kept = { token: "", until: Number.NEGATIVE_INFINITY };
  const current = () => {
    if (now() >= kept.until) kept = { token: zhipuToken(key, now()), until: now() + 180_000 };
    return kept;
  };
  const send = async <R extends { readonly status: number }>(
    ask: (authorization: string) => Promise<R>,
    codeOf: (answer: R) => Promise<string | undefined>,
  ) => {
    const used = current();
    const answer = await ask(`Bearer ${used.token}`);
    if (answer.status !== 401 || (await codeOf(answer)) !== "1003") return answer;
    used.until = Number.NEGATIVE_INFINITY;
    return ask(`Bearer ${current().token}`);
  };
  return {
    fetch: (url, init) =>
      send(
        (authorization) => {
          const headers = new Headers(init?.headers);
          headers.set("authorization", authorization);
          return fetch(url, { ...init, headers });
        },
        async (response) => (await faultOf(response.clone())).code,
      ),
    post: (url, posting) =>
      send(
        (authorization) => post(url, { ...posting, headers: { ...posting.headers, authorization } }),
        async ({ fault }) => fault?.code,
      ),
  };
}

/** The ways to a server over HTTP. */
type Way = Pick<Tools, "fetch" | "post">;
