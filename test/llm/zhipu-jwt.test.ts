import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { openai } from "../../src/llm/openai.ts";
import { ProviderError } from "../../src/llm/provider.ts";
import { withTokens, zhipuJwt, zhipuToken } from "../../src/llm/zhipu-jwt.ts";
import { drain, question } from "../helpers/drain.ts";
import { type OpenAiRequest, openaiServer, type Script } from "../helpers/openai-server.ts";
import { tools } from "../helpers/tools.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const key = "dummyid0001.dummysecret0001";
const noon = 1_768_465_800_000;
const known =
  "eyJhbGciOiJIUzI1NiIsInNpZ25fdHlwZSI6IlNJR04ifQ.eyJhcGlfa2V5IjoiZHVtbXlpZDAwMDEiLCJleHAiOjE3Njg0NjYwMTAwMDAsInRpbWVzdGFtcCI6MTc2ODQ2NTgwMDAwMH0.O_7K55n2V1jllzgT9BRFMmxZvY4quuAmSFQ5g6Xm7b8";

async function serve(answer: (request: OpenAiRequest, number: number) => Script) {
  const server = await openaiServer(answer);
  open.push(server);
  const config = zhipuJwt.config.parse({ base_url: `${server.url}/api/paas/v4`, api_key: key, model: "glm-4" });
  const tokens = () => server.requests.map(({ headers }) => headers.authorization?.replace("Bearer ", ""));
  const connectAt = (now: () => number) => {
    const given = tools();
    return openai.connect(config, { ...given, ...withTokens(key, given, now) });
  };
  return Object.assign(server, { config, tokens, connectAt });
}

const expired: Script = { status: 401, body: { error: { code: "1003", message: "the token has expired" } } };

it("the token is the known one, byte for byte (case 148)", () => {
  expect(zhipuToken(key, noon)).toBe(known);
});

it("sends a token that is good now in place of the key", async () => {
  const server = await serve(() => "Hello.");
  const llm = await zhipuJwt.connect(server.config, tools());
  const before = Date.now();
  expect(await drain(llm)).toMatchObject({ text: "Hello.", finish: "stop", model: "glm-4" });
  const [token = ""] = server.tokens();
  const content: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  const at = z.object({ timestamp: z.int() }).parse(content).timestamp;
  expect(at).toBeGreaterThanOrEqual(before);
  expect(token).toBe(zhipuToken(key, at));
  expect(server.requests[0]?.url).toBe("/api/paas/v4/chat/completions");
  expect(server.requests[0]?.body.messages).toEqual(question.messages);
});

it("keeps a token for 180 seconds (case 148)", async () => {
  const server = await serve(() => "Hello.");
  let now = noon;
  const llm = await server.connectAt(() => now);
  for (const later of [0, 179_999, 180_000, 300_000]) {
    now = noon + later;
    await drain(llm);
  }
  expect(server.tokens()).toEqual([known, known, zhipuToken(key, noon + 180_000), zhipuToken(key, noon + 180_000)]);
});

it("makes a new token once where the server calls it expired (case 149)", async () => {
  const server = await serve((_, number) => (number === 1 ? expired : "Hello."));
  let now = noon;
  const llm = await server.connectAt(() => now++);
  expect((await drain(llm)).text).toBe("Hello.");
  expect(new Set(server.tokens()).size).toBe(2);
});

it("gives up on a second refusal and shows neither key nor token (cases 149, 168)", async () => {
  const server = await serve(({ headers }) => ({
    status: 401,
    body: { error: { code: "1003", message: `expired: ${headers.authorization?.slice(7)} of ${key}` } },
  }));
  const error: unknown = await drain(await server.connectAt(() => noon)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: "auth", status: 401 });
  expect(server.requests.length).toBe(2);
  if (!(error instanceof ProviderError)) throw error;
  for (const secret of [key, known, "dummysecret0001"]) {
    expect(`${error.stack}${JSON.stringify(error)}${error.cause}`).not.toContain(secret);
  }
});

describe("other failures", () => {
  it.each<[string, Script]>([
    ["auth", { status: 401, body: { error: { code: "1000", message: "no" } } }],
    ["rate", { status: 429, body: { error: { code: 1302, message: "slow down" } } }],
    ["rate", { status: 429, body: { error: { code: "1302", message: "slow down" } } }],
    ["quota", { status: 429, body: { error: { code: "1113", message: "in arrears" } } }],
    ["policy", { text: "No", finish: "sensitive" }],
  ])("are told apart: %s of %j, after one request (case 150)", async (kind, script) => {
    const server = await serve(() => script);
    const llm = await zhipuJwt.connect(server.config, tools());
    await expect(drain(llm)).rejects.toMatchObject({ kind });
    expect(server.requests.length).toBe(1);
  });
});

it.each([["plain-key-0001"], ["a.b.c"], [undefined]])("refuses the key %s", (api_key) => {
  expect(() => zhipuJwt.config.parse({ base_url: "http://127.0.0.1", api_key, model: "glm-4" })).toThrow("id.secret");
});
