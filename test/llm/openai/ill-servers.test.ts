import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { openai } from "../../../src/llm/openai.ts";
import { ProviderError } from "../../../src/llm/provider.ts";
import { drain, question } from "../../helpers/drain.ts";
import { type Answer, httpServer } from "../../helpers/http-server.ts";
import { tools } from "../../helpers/tools.ts";

/** Asks a server that answers so; gives what came of it, and the server. */
async function asked(answer: Answer) {
  const server = await httpServer(() => answer);
  onTestFinished(server.close);
  return { ...(await outcome(server.url)), server };
}

async function outcome(url: string) {
  const llm = await openai.connect(openai.config.parse({ base_url: `${url}/v1`, model: "m" }), tools());
  const began = performance.now();
  try {
    const { text } = await drain(llm);
    return { text, seconds: (performance.now() - began) / 1000 };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return { error, seconds: (performance.now() - began) / 1000 };
  }
}

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const text = event({ choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: null }] });
const stop = event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
const json = { "content-type": "application/json" };
const stream = { "content-type": "text/event-stream" };

it.each([
  ["an empty list", { headers: json, pieces: ["[]"] }],
  ["a list of texts", { headers: json, pieces: ['["x"]'] }],
  ["a list of lists", { headers: json, pieces: ["[[1]]"] }],
  ["an event that is a list", { headers: stream, pieces: ["data: []\n\n"] }],
  ["a packing nobody asked for", { headers: { ...stream, "content-encoding": "zstd" }, pieces: ["\u0000\u0001"] }],
])("%s is no answer, and no fault of ours", async (_, answer) => {
  const { error } = await asked(answer);
  expect(error?.kind).toBe("protocol");
  expect(error?.message).toMatch(/m at http:\S+: the server (sent|packs) /);
});

it("errors within errors without end are one error", async () => {
  const nested = `${'{"error":'.repeat(20_000)}1${"}".repeat(20_000)}`;
  const { error } = await asked({ headers: stream, pieces: [`data: ${nested}\n\n`] });
  expect(error?.message).toContain("an error without words");
});

it("an event by the name of error is one, whatever stands in it", async () => {
  const { error } = await asked({
    headers: stream,
    pieces: [text, 'event: error\ndata: {"message":"out of cards"}\n\n'],
  });
  expect(error?.message).toContain("out of cards");
});

it("a stream that begins with an error and goes on is closed at once", async () => {
  const { error, server } = await asked({
    headers: stream,
    pieces: [event({ error: { message: "asleep", code: 500 } })],
    end: "stall",
  });
  expect(error?.message).toContain("asleep");
  await expect.poll(server.left).toBe(1);
});

it("an answer that has ended is not waited for, though its stream goes on", async () => {
  const { text: said, seconds, server } = await asked({ headers: stream, pieces: [text, stop], end: "stall" });
  expect(said).toBe("Hi");
  expect(seconds).toBeLessThan(10);
  await expect.poll(server.left).toBe(1);
});

it.each([
  ["goes on without end", "stall"],
  ["is cut", "reset"],
] as const)("a refusal whose body %s says what it has said", async (_, end) => {
  const { error, seconds } = await asked({
    ...{ status: 429, headers: { ...json, "retry-after": "4" }, end },
    pieces: ['{"error":{"message":"boom"}}'],
  });
  expect(error).toMatchObject({ kind: "rate", status: 429, retryAfter: 4000 });
  expect(error?.message).toContain("boom");
  expect(seconds).toBeLessThan(10);
});

it("a redirect that is not followed is not waited for either", async () => {
  const { error, seconds, server } = await asked({
    ...{ status: 302, headers: { location: "/elsewhere" }, end: "stall" },
    pieces: ["moved"],
  });
  expect(error).toMatchObject({ kind: "protocol", status: 302 });
  expect(seconds).toBeLessThan(10);
  await expect.poll(server.left).toBe(1);
});

it("a port on which something else speaks is named as such, once", async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => {}).end("SSH-2.0-OpenSSH_9.2\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const { error } = await outcome(`http://127.0.0.1:${address.port}`);
  expect(error).toMatchObject({ kind: "protocol" });
  expect(error?.message).toContain("what answers there does not speak HTTP");
  expect(connections).toBe(1);
});

it("a server without TLS behind https is named as such, and not tried again", async () => {
  const server = await httpServer(() => ({}));
  onTestFinished(server.close);
  const { error } = await outcome(server.url.replace("http:", "https:"));
  expect(error).toMatchObject({ kind: "network", shouldRetry: false });
  expect(error?.message).toMatch(/no TLS is spoken there$/);
});

it.each(["Transfer-Encoding", "upgrade", "X Bad"])("the header %s cannot be set", (name) => {
  const read = openai.config.safeParse({ base_url: "http://127.0.0.1/v1", model: "m", headers: { [name]: "a" } });
  expect(read.error?.issues.map(({ path }) => path)).toEqual([["headers", name]]);
});

it("a server is not silent while its reader does something else", async () => {
  const server = await httpServer(() => ({ headers: stream, pieces: [": alive\n\n", text, stop], pause: 300 }));
  onTestFinished(server.close);
  const config = openai.config.parse({ base_url: `${server.url}/v1`, model: "m" });
  const answer = (await openai.connect(config, tools({ idle_timeout: 0.5 }))).stream(question, {
    signal: new AbortController().signal,
  });
  expect(await answer.next()).toMatchObject({ value: { text: "Hi" } });
  await sleep(700);
  expect(await answer.next()).toMatchObject({ done: true, value: { finish: "stop" } });
});

it("a count of tokens that cannot be read does not take the place of one that can", async () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2 };
  const chunk = (delta: object, finish: string | null, counts: unknown) =>
    event({ choices: [{ index: 0, delta, finish_reason: finish }], usage: counts });
  const pieces = [chunk({ content: "Hi" }, null, usage), chunk({}, "stop", "many")];
  const server = await httpServer(() => ({ headers: stream, pieces }));
  onTestFinished(server.close);
  const llm = await openai.connect(openai.config.parse({ base_url: `${server.url}/v1`, model: "m" }), tools());
  expect((await drain(llm)).usage).toEqual({ input: 3, output: 2, source: "reported" });
});
