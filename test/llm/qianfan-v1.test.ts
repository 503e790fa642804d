import { afterEach, describe, expect, it } from "vitest";
import { ProviderError } from "../../src/llm/provider.ts";
import { connectQianfan, qianfanV1 } from "../../src/llm/qianfan-v1.ts";
import { drain, question } from "../helpers/drain.ts";
import {
  bceKeys,
  piece,
  type QianfanRequest,
  type QianfanScript,
  qianfanKeys,
  qianfanServer,
  tokenOf,
} from "../helpers/qianfan-server.ts";
import { tools } from "../helpers/tools.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type Answer = QianfanScript | ((request: QianfanRequest, number: number) => QianfanScript);
type Options = Parameters<typeof qianfanServer>[1];

async function serve(answer: Answer, options?: Options) {
  const server = await qianfanServer(typeof answer === "function" ? answer : () => answer, options);
  open.push(server);
  const connect = (settings: Record<string, unknown> = {}, now?: () => number) => {
    const config = { base_url: server.url, ...qianfanKeys, model: "ERNIE-Bot-4", ...settings };
    return connectQianfan(qianfanV1.config.parse(config), tools(), now);
  };
  return Object.assign(server, { connect });
}

const answered = async (answer: Answer) => drain(await (await serve(answer)).connect());

const stale = (error_code: number, error_msg = "Access token invalid"): QianfanScript => ({
  body: { error_code, error_msg },
});
const schema = { name: "Prd", schema: { type: "object" } };

describe("the request", () => {
  it("holds strict turns, the system apart, and a token", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect();
    const messages = [...question.messages, { role: "user" as const, content: "Now." }];
    expect(await drain(llm, { messages })).toMatchObject({
      text: "Hello.",
      finish: "stop",
      model: "ERNIE-Bot-4",
      usage: { input: 9, output: 2, source: "reported" },
    });
    expect(server.requests).toEqual([
      {
        endpoint: "completions_pro",
        token: tokenOf(1),
        body: {
          messages: [{ role: "user", content: "Say hello.\n\nNow." }],
          system: "You are terse.",
          stream: true,
          max_output_tokens: 1000,
        },
      },
    ]);
  });

  it.each([
    [{ model: "ERNIE-Speed-8K" }, "ernie_speed"],
    [{ model: "ernie-lite-8k-0922" }, "eb-instant"],
    [{ model: "Yi-34B-Chat" }, "yi-34b-chat"],
    [{ model: undefined, endpoint: "my_service" }, "my_service"],
    [{ base_url: "/rpc/2.0/ai_custom/v1/wenxinworkshop/" }, "completions_pro"],
  ])("of %j goes to %s", async (settings, endpoint) => {
    const server = await serve("Hello.");
    const base_url = server.url + ("base_url" in settings ? settings.base_url : "/");
    await drain(await server.connect({ ...settings, base_url }));
    expect(server.requests.map((request) => request.endpoint)).toEqual([endpoint]);
  });

  it("holds what the settings add to it", async () => {
    const server = await serve("Hello.");
    await drain(await server.connect({ extra_body: { penalty_score: 1.5 } }));
    expect(server.requests[0]?.body).toMatchObject({ penalty_score: 1.5, max_output_tokens: 1000 });
  });

  it("keeps its numbers within the limits", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect({ temperature: 0, top_p: 0.5, max_token: 9000 });
    await drain(llm, { maxTokens: 9000 });
    await drain(llm, { maxTokens: 1 });
    expect(server.requests.map(({ body }) => body)).toMatchObject([
      { temperature: 0.01, top_p: 0.5, max_output_tokens: 2048 },
      { max_output_tokens: 2 },
    ]);
  });

  it("asks for JSON where a shape is wanted, and no more once the server refused that (cases 99, 101)", async () => {
    const server = await serve(({ body }) =>
      body.response_format === undefined
        ? "{}"
        : { body: { error_code: 336003, error_msg: "response_format is not supported" } },
    );
    const llm = await server.connect();
    expect(await drain(llm, { schema })).toMatchObject({ text: "{}", structure: "off" });
    expect(await drain(llm, { schema })).toMatchObject({ structure: "off" });
    expect(server.requests.map(({ body }) => body.response_format)).toEqual(["json_object", undefined, undefined]);
    expect(await drain(await (await serve("{}")).connect(), { schema })).toMatchObject({ structure: "json" });
  });

  it("is signed where there is an access key, and the server comes to the same (case 151)", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect({ api_key: undefined, ...bceKeys, model: "ERNIE-Bot-4" });
    expect((await drain(llm)).text).toBe("Hello.");
    expect(server.requests[0]?.token).toBe("");
    expect(server.tokens()).toBe(0);
  });
});

describe("the token", () => {
  it("is fetched once for ten calls at once (case 152)", async () => {
    const server = await serve("Hello.");
    const llm = await server.connect();
    const answers = await Promise.all(Array.from({ length: 10 }, () => drain(llm)));
    expect(answers.map(({ text }) => text)).toEqual(Array(10).fill("Hello."));
    expect(server.tokens()).toBe(1);
  });

  it.each([
    [110, "with HTTP 200", stale(110)],
    [111, "with HTTP 200", stale(111)],
    [110, "with HTTP 401", { status: 401, body: { error_code: 110, error_msg: "Access token invalid" } }],
  ])("is renewed once after %i %s (case 152)", async (_, __, refusal) => {
    const server = await serve(({ token }) => (token === tokenOf(1) ? refusal : "Hello."));
    const llm = await server.connect();
    expect((await Promise.all(Array.from({ length: 10 }, () => drain(llm)))).length).toBe(10);
    expect((await drain(llm)).text).toBe("Hello.");
    expect(server.tokens()).toBe(2);
  });

  it("is renewed no second time (case 152)", async () => {
    const server = await serve(stale(110));
    await expect(drain(await server.connect())).rejects.toMatchObject({ kind: "auth" });
    expect([server.requests.length, server.tokens()]).toEqual([2, 2]);
  });

  it("is renewed an hour before its end", async () => {
    const server = await serve("Hello.");
    let now = 0;
    const llm = await server.connect({}, () => now);
    for (const second of [0, 2_592_000 - 3601, 2_592_000 - 3600]) {
      now = second * 1000;
      await drain(llm);
    }
    expect(server.requests.map(({ token }) => token)).toEqual([tokenOf(1), tokenOf(1), tokenOf(2)]);
  });

  it.each<[string, QianfanScript, string]>([
    ["with HTTP 401", { status: 401, body: { error: "invalid_client", error_description: "unknown" } }, "auth"],
    ["with HTTP 200", { body: { error: "invalid_client", error_description: "unknown" } }, "auth"],
    ["by a server in trouble", { status: 503, body: {} }, "server"],
  ])("refused %s is a failure of its kind, and asked for again by the next call", async (_, refusal, kind) => {
    const server = await serve("Hello.", { grant: (number) => (number === 1 ? refusal : undefined) });
    const llm = await server.connect();
    await expect(drain(llm)).rejects.toMatchObject({ kind });
    expect((await drain(llm)).text).toBe("Hello.");
  });
});

describe("the answer", () => {
  it.each<[string, QianfanScript]>([
    ["up to its last frame, without [DONE]", { frames: [piece("你"), piece("好"), piece("!", true)] }],
    ["as one JSON body", { body: { id: "as-1", result: "你好!", usage: { prompt_tokens: 9, completion_tokens: 2 } } }],
  ])("%s is read whole (case 153)", async (_, script) => {
    const { text, finish, usage } = await answered(script);
    expect({ text, finish, usage }).toEqual({
      text: "你好!",
      finish: "stop",
      usage: { input: 9, output: 2, source: "reported" },
    });
  });

  it("that was cut by its limit says so", async () => {
    expect((await answered({ frames: [piece("Hel", true, { finish_reason: "length" })] })).finish).toBe("length");
  });

  it.each(["close", "reset"] as const)(
    "that ends with %s before its last frame is truncated (case 153)",
    async (end) => {
      await expect(answered({ frames: [piece("Hel")], end })).rejects.toMatchObject({ kind: "truncated" });
    },
  );

  it.each([
    [336501, "Rpm rate limit reached", "rate"],
    [18, "Open api qps request limit reached", "rate"],
    [17, "Open api daily request limit reached", "quota"],
    [6, "No permission to access data", "auth"],
    [336003, "the length of messages must be an odd number", "request"],
    [336007, "prompt tokens too long", "overflow"],
    [336100, "try again", "server"],
  ])(
    "%i is a failure of its kind, as a body and in mid-stream (cases 76, 153)",
    async (error_code, error_msg, kind) => {
      const failure = { kind, message: expect.stringContaining(error_msg) };
      const body = { error_code, error_msg, id: "as-1" };
      await expect(answered({ body })).rejects.toMatchObject(failure);
      await expect(answered({ frames: [piece("Hel"), `data: ${JSON.stringify(body)}\n\n`] })).rejects.toMatchObject(
        failure,
      );
    },
  );
});

describe("ending a call", () => {
  it("is at once, and the connection with it", async () => {
    const server = await serve({ frames: [piece("Hel")], end: "stall" });
    const caller = new AbortController();
    const ended = drain(await server.connect(), {}, caller.signal).catch((error: unknown) => error);
    await expect.poll(() => server.requests.length).toBe(1);
    caller.abort();
    expect(await ended).toMatchObject({ kind: "aborted" });
    await expect.poll(server.left).toBe(1);
  });

  it("while its token is fetched ends that too, and is no harm to the next call", async () => {
    const server = await serve("Hello.", {
      grant: (number) => (number === 1 ? { frames: [""], end: "stall" } : undefined),
    });
    const llm = await server.connect();
    const caller = new AbortController();
    const ended = drain(llm, {}, caller.signal).catch((error: unknown) => error);
    await expect.poll(server.tokens).toBe(1);
    caller.abort();
    expect(await ended).toMatchObject({ kind: "aborted" });
    await expect.poll(server.left).toBe(1);
    expect((await drain(llm)).text).toBe("Hello.");
  });
});

describe("no key, secret or token is shown (case 168)", () => {
  const keys = Object.values(qianfanKeys);
  const signing = { api_key: undefined, ...bceKeys };
  const echo = (words: readonly string[]) => ({ body: { error_code: 6, error_msg: words.join(" ") } });
  it.each<[string, string[], Record<string, unknown>, QianfanScript, Options]>([
    ["by a refused call", [...keys, tokenOf(1)], {}, echo([...keys, tokenOf(1)]), {}],
    ["by a token refused twice", [tokenOf(1), tokenOf(2)], {}, stale(110, `${tokenOf(1)} ${tokenOf(2)}`), {}],
    ["by a refused signature", Object.values(bceKeys), signing, echo(Object.values(bceKeys)), {}],
    ["by a refused fetch of a token", keys, {}, "", { grant: () => ({ status: 401, body: { error: `${keys}` } }) }],
    ["by a fetch that breaks", keys, {}, "", { grant: () => ({ frames: [`${keys}`], end: "reset" }) }],
  ])("%s", async (_, secrets, settings, answer, options) => {
    const server = await serve(answer, options);
    const error = await drain(await server.connect(settings)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProviderError);
    for (const secret of [...secrets, "access_token=", "client_secret="]) {
      expect(inspected(error)).not.toContain(secret);
    }
  });
});

const inspected = (error: unknown): string =>
  error instanceof Error ? `${error.stack}${JSON.stringify(error)}${inspected(error.cause)}` : "";

it.each([
  [{ api_key: undefined }, "either api_key or access_key"],
  [{ access_key: "dummy-access-key-0001" }, "either api_key or access_key"],
  [{ secret_key: undefined }, "secret_key"],
  [{ model: undefined }, "model or endpoint"],
  [{ penalty_score: 1 }, "penalty_score"],
])("refuses the settings %j", (settings, words) => {
  expect(() => qianfanV1.config.parse({ ...qianfanKeys, model: "ERNIE-Bot-4", ...settings })).toThrow(words);
});
