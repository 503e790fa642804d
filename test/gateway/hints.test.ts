import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { refusalOf } from "../../src/gateway/refusal.ts";
import { gateway } from "../helpers/gateway.ts";
import { type Reply, upstream } from "../helpers/upstream.ts";

const messages = [{ role: "user" as const, content: "Hi" }];
const price = { price: { input: 1, output: 1 }, max_token: 1000 };

/** What a model's server says for good: nothing is gained by another try. */
const refused = (status: number, code?: string): Reply => ({
  ...{ status, body: { error: { message: "no", ...(code !== undefined && { code }) } } },
  headers: { "x-should-retry": "false" },
});

/** What a question to a model is answered with, and what is done about it. */
async function hintOf(
  { ask }: Pick<Awaited<ReturnType<typeof gateway>>, "ask">,
  headers: object = {},
  more: object = {},
) {
  const { text } = await ask("POST", "/v1/chat/completions", { model: "one", messages, ...more }, headers);
  const { error } = JSON.parse(text) as { error: { code: string; message: string } };
  return { code: error.code, message: error.message };
}

const cases: readonly (readonly [name: string, reply: Reply, code: string, hint: string])[] = [
  ["asks too often", refused(429), "rate_limit_exceeded", "no (HTTP 429). Try again later."],
  [
    "has no money",
    refused(402),
    "insufficient_quota",
    ". For whoever runs this server: Top up the account, or choose another LLM.",
  ],
  ["refuses the key", refused(401), "auth", ". For whoever runs this server: Check api_key: it has to be valid for "],
  [
    "is silent",
    "silence",
    "timeout",
    ". For whoever runs this server: Raise timeout in the configuration, or choose a faster model.",
  ],
  [
    "has too small a context",
    refused(400, "context_length_exceeded"),
    "context_length_exceeded",
    ". Choose a model with a larger context, or ask for something smaller.",
  ],
];

it.each(cases)("a caller can follow what is said where a model's server %s", async (_name, reply, code, hint) => {
  const { at } = await upstream(reply);
  const door = await gateway({ one: at("openai", { timeout: 0.2, first_token_timeout: 0.2 }) });
  const plain = await hintOf(door);
  expect(plain).toEqual({ code, message: expect.stringContaining(hint) });
  const shaped = await hintOf(door, {}, { response_format: { type: "json_object" } });
  expect(shaped).toEqual({ code, message: expect.stringContaining(hint) });
});

it("a caller can follow what is said where nobody listens, or an answer breaks off", async () => {
  const { at } = await upstream({ text: ["Once upon"], ends: "reset" });
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const nobody = await gateway({ one: at("openai", { base_url: `http://127.0.0.1:${port}/v1` }) });
  const breaking = await gateway({ one: at("openai") });
  const [first, second] = await Promise.all([hintOf(nobody), hintOf(breaking)]);
  expect(first.message).toMatch(/For whoever runs this server: Is the server running at http:\S+\?/);
  expect(second).toEqual({ code: "truncated", message: expect.stringContaining(". Ask once more, or choose a model") });
});

const raise =
  "Whoever runs this server can raise budget in its config2.yaml: for one caller under auth, for all together under serve. GET /v1/usage says what the caller has spent.";

it.each([
  ["of its own", { budget: 0.000001 }, Number.POSITIVE_INFINITY],
  ["of all callers", {}, 0.000001],
])("a caller is told who can raise the budget that is used up: %s", async (_name, own, investment) => {
  const { at, asked } = await upstream({ text: "Hello" });
  const keyHash = `sha256:${createHash("sha256").update("right").digest("hex")}`;
  const door = await gateway({ one: at("openai", price) }, { callers: [{ name: "ann", keyHash, ...own }], investment });
  const key = { authorization: "Bearer right" };
  const said = {
    code: "insufficient_quota",
    message: `the call could cost more than is left of the budget of this caller, or of all callers together. Ask for fewer tokens. ${raise}`,
  };
  expect(await hintOf(door, key)).toEqual(said);
  expect(await hintOf(door, key, { response_format: { type: "json_object" } })).toEqual(said);
  expect(asked).toEqual([]);
});

it.each([
  ["stopped", { message: "the run is being stopped" }, "the server is closing"],
  [
    "unrecorded",
    { message: "no answer", hint: "Choose a model with --llm." },
    "no answer. Choose a model that does not only repeat recorded answers.",
  ],
  [
    "request",
    { message: "one takes no tools", hint: "Choose another LLM." },
    "one takes no tools. Choose another LLM.",
  ],
  ["unusable", { message: "no JSON" }, "no JSON"],
])("a caller can follow what is said of a call that is %s", (kind, words, message) => {
  expect(refusalOf({ kind, ...words })).toMatchObject({ message });
});
