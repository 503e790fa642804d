import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { collected, gateway } from "../helpers/gateway.ts";
import { type Reply, signal, upstream, wires } from "../helpers/upstream.ts";

describe("errors", () => {
  const messages = [{ role: "user" as const, content: "Hi" }];
  type Gateway = Awaited<ReturnType<typeof gateway>>;

  /** The same question by each client: to this model, with this beside it. */
  const asking = {
    openai: ({ openai }: Gateway, more: object) => openai.chat.completions.create({ model: "one", messages, ...more }),
    anthropic: ({ anthropic }: Gateway, more: object) =>
      anthropic.messages.create({ model: "one", messages, max_tokens: 9, ...more }),
    ollama: ({ ollama }: Gateway, more: object) => ollama.chat({ model: "one", messages, ...more }),
  };

  /** What a model's server says for good: nothing is gained by another try. */
  const refused = (status: number, error: object): Reply => ({
    ...{ status, body: { error }, headers: { "x-should-retry": "false" } },
  });

  const cases: readonly {
    readonly name: string;
    readonly reply?: Reply;
    readonly more?: object;
    readonly status: number;
    readonly openai: object;
    readonly classes: readonly ["openai" | "anthropic", new (...args: never[]) => Error][];
    readonly type: string;
    readonly message: RegExp;
  }[] = [
    {
      name: "a model that nobody has",
      more: { model: "two" },
      status: 404,
      openai: { code: "model_not_found", param: "model", type: "invalid_request_error" },
      classes: [
        ["openai", OpenAI.NotFoundError],
        ["anthropic", Anthropic.NotFoundError],
      ],
      type: "not_found_error",
      message: /there is no model "two"/,
    },
    {
      name: "a request that is wrong in one place",
      more: { messages: [{ role: "user", content: [{ type: "image_url" }] }, { role: "nobody" }] },
      status: 400,
      openai: { param: "messages[1].role", type: "invalid_request_error" },
      classes: [
        ["openai", OpenAI.BadRequestError],
        ["anthropic", Anthropic.BadRequestError],
      ],
      type: "invalid_request_error",
      message: /messages\[\d\]/,
    },
    {
      name: "a server that refuses our key",
      reply: refused(401, { message: "Incorrect API key provided: upstream-key-0123456789", code: "invalid_api_key" }),
      status: 502,
      openai: { code: "auth", type: "upstream_error" },
      classes: [
        ["openai", OpenAI.InternalServerError],
        ["anthropic", Anthropic.InternalServerError],
      ],
      type: "api_error",
      message: /the key was refused: Incorrect API key provided: \*\*\*/,
    },
    {
      name: "a server that is asked too often",
      reply: refused(429, { message: "Slow down", code: "rate_limit_exceeded" }),
      status: 429,
      openai: { code: "rate_limit_exceeded", type: "rate_limit_error" },
      classes: [
        ["openai", OpenAI.RateLimitError],
        ["anthropic", Anthropic.RateLimitError],
      ],
      type: "rate_limit_error",
      message: /Slow down/,
    },
    {
      name: "an account without money",
      reply: refused(429, { message: "You exceeded your current quota", code: "insufficient_quota" }),
      status: 429,
      openai: { code: "insufficient_quota", type: "insufficient_quota" },
      classes: [
        ["openai", OpenAI.RateLimitError],
        ["anthropic", Anthropic.RateLimitError],
      ],
      type: "rate_limit_error",
      message: /current quota/,
    },
    {
      name: "a server that fails",
      reply: refused(500, { message: "out of luck" }),
      status: 502,
      openai: { code: "server", type: "upstream_error" },
      classes: [
        ["openai", OpenAI.InternalServerError],
        ["anthropic", Anthropic.InternalServerError],
      ],
      type: "api_error",
      message: /the server failed: out of luck/,
    },
    {
      name: "a prompt that no context holds",
      reply: refused(400, {
        message: "This model's maximum context length is 8192 tokens",
        code: "context_length_exceeded",
      }),
      status: 400,
      openai: { code: "context_length_exceeded", type: "invalid_request_error" },
      classes: [
        ["openai", OpenAI.BadRequestError],
        ["anthropic", Anthropic.BadRequestError],
      ],
      type: "invalid_request_error",
      message: /the prompt is too long/,
    },
    {
      name: "what the server's policy forbids",
      reply: refused(400, { message: "flagged", code: "content_filter" }),
      status: 400,
      openai: { code: "content_filter", type: "invalid_request_error" },
      classes: [
        ["openai", OpenAI.BadRequestError],
        ["anthropic", Anthropic.BadRequestError],
      ],
      type: "invalid_request_error",
      message: /flagged/,
    },
  ];

  it.each(cases)("tells every client of $name, whole or streamed", async (each) => {
    const { status, message, type, classes } = each;
    const { at } = await upstream(each.reply ?? {});
    const door = await gateway({ one: at("openai"), spare: at("openai") });
    const byOpenai = { ...each.openai, status, message: expect.stringMatching(message) };
    const byAnthropic = { status, error: { type: "error", error: { type, message: expect.stringMatching(message) } } };
    for (const stream of [false, true]) {
      const more = { ...each.more, stream };
      const first = asking.openai(door, more);
      await expect(first).rejects.toMatchObject(byOpenai);
      const second = asking.anthropic(door, more);
      await expect(second).rejects.toMatchObject(byAnthropic);
      await expect(asking.ollama(door, more)).rejects.toMatchObject({
        ...{ name: "ResponseError", status_code: status, message: expect.stringMatching(message) },
      });
      for (const [client, kind] of classes)
        await expect({ openai: first, anthropic: second }[client]).rejects.toBeInstanceOf(kind);
    }
  });

  it("says so when every LLM is down, and names the last one", async () => {
    const down = refused(503, { message: "asleep" });
    const { at, asked } = await upstream(down);
    const door = await gateway({ one: at("openai", { fallback: ["two"] }), two: at("anthropic") });
    await expect(asking.openai(door, {})).rejects.toMatchObject({
      ...{ status: 502, message: expect.stringMatching(/anthropic-model at http:.*asleep/) },
    });
    expect(asked.map(({ wire }) => wire)).toEqual(["openai", "anthropic"]);
  });

  it.each(["openai", "anthropic", "ollama"] as const)(
    "ends a stream of %s that breaks with an error in it",
    async (client) => {
      const { at, asked } = await upstream({ text: ["Once upon"], ends: "reset" });
      const door = await gateway({ one: at("openai", { fallback: ["two"] }), two: at("anthropic") });
      const heard: unknown[] = [];
      const reading = async () => {
        const stream: unknown = await asking[client](door, { stream: true });
        for await (const each of stream as AsyncIterable<unknown>) heard.push(each);
      };
      await expect(reading()).rejects.toThrow(/openai-model at http/);
      expect(JSON.stringify(heard)).toContain("Once upon");
      expect(asked).toHaveLength(1);
    },
  );

  const settings: readonly (readonly [path: string, more: object, param: string, said: RegExp])[] = [
    ["/v1/chat/completions", { messages: [] }, "messages", /small/],
    ["/v1/chat/completions", { temperature: 3 }, "temperature", /2/],
    ["/v1/chat/completions", { n: 2 }, "n", /only one answer/],
    ["/v1/chat/completions", { logprobs: true }, "logprobs", /cannot be had/],
    ["/v1/chat/completions", { tool_choice: "perhaps" }, "tool_choice", /"auto"\|"none"\|"required"/],
    ["/v1/chat/completions", { max_tokens: 0 }, "max_tokens", /0/],
    ["/v1/chat/completions", { tools: [{ type: "web_search" }] }, "tools[0].type", /only functions/],
    [
      "/v1/chat/completions",
      { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      "messages[0].content",
      /image_url/,
    ],
    ["/v1/completions", { prompt: ["a", "b"] }, "prompt", /only one prompt/],
    ["/v1/completions", { prompt: "a", echo: true }, "echo", /cannot be repeated/],
    ["/v1/embeddings", { input: [[1, 2]] }, "input[0]", /expected string/],
  ];

  it.each(settings)("names what is wrong in a request to %s with %j", async (path, more, param, said) => {
    const { at, asked } = await upstream({});
    const { ask } = await gateway({ one: at("openai") });
    const { status, text } = await ask("POST", path, { model: "one", messages, ...more });
    expect([status, JSON.parse(text).error.param]).toEqual([400, param]);
    expect(JSON.parse(text).error.message).toMatch(said);
    expect(asked).toEqual([]);
  });

  it("answers in the words of the API where there is nothing, or nothing to be read", async () => {
    const { ask, url } = await gateway({});
    const nothing = await Promise.all(
      ["/v1/nothing", "/v1/messages/nothing", "/api/nothing"].map((path) => ask("GET", path)),
    );
    expect(nothing.map(({ status, text }) => [status, JSON.parse(text)])).toMatchObject([
      [404, { error: { type: "invalid_request_error", message: "there is no GET /v1/nothing here" } }],
      [404, { type: "error", error: { type: "not_found_error" } }],
      [404, { error: "there is no GET /api/nothing here" }],
    ]);
    const sent = async (body: string | Uint8Array, type: string) => {
      const answer = await fetch(`${url}/v1/messages`, { method: "POST", headers: { "content-type": type }, body });
      return [answer.status, ((await answer.json()) as { error: unknown }).error];
    };
    expect(await sent("{", "application/json")).toMatchObject([400, { message: "the body is no JSON" }]);
    expect(await sent("{}", "text/plain")).toMatchObject([415, { message: "the body has to be application/json" }]);
    expect(await sent(`{"a":"${"a".repeat(1_000_000)}"}`, "application/json")).toMatchObject([
      413,
      { type: "request_too_large" },
    ]);
  });
});

describe("models in trouble", () => {
  const messages = [{ role: "user" as const, content: "Hi" }];
  const question = { model: "one", messages };

  const refused = (status: number, headers: Record<string, string>): Reply => ({
    ...{ status, body: { error: { message: "asleep" } }, headers },
  });
  const forGood = { "x-should-retry": "false" };
  const atOnce = { "retry-after-ms": "1" };

  it("turns to the next LLM before anything was said, and says who answered", async () => {
    const down = await upstream(refused(500, forGood));
    const up = await upstream({ text: "Hello" });
    const { openai } = await gateway({ one: down.at("openai", { fallback: ["two"] }), two: up.at("anthropic") });
    const { data, response } = await openai.chat.completions.create(question).withResponse();
    expect(data.choices[0]?.message.content).toBe("Hello");
    expect(response.headers.get("x-metagpt-llm")).toBe("two");
    expect(response.headers.get("x-metagpt-attempts")).toBe("2");
    const chunks = await collected(await openai.chat.completions.create({ ...question, stream: true }));
    expect(chunks.at(-1)).toMatchObject({ metagpt: { llm: "two", provider: "anthropic", attempts: 2 } });
  });

  it("does not try the same again where the request itself is wrong, and still asks the next LLM", async () => {
    const strict = await upstream({ status: 400, body: { error: { message: "too many messages" } } });
    const up = await upstream({ text: "Hello" });
    const { openai } = await gateway({ one: strict.at("openai", { fallback: ["two"] }), two: up.at("openai") });
    expect((await openai.chat.completions.create(question)).choices[0]?.message.content).toBe("Hello");
    expect(strict.asked).toHaveLength(1);
  });

  it("turns to the next LLM where one cannot be connected as it is configured, and says so where there is none", async () => {
    const up = await upstream({ text: '{"a":1}' });
    const missing = { api_type: "llama_cpp", model: "/nowhere/model.gguf" };
    const { openai, logged } = await gateway({
      one: { ...missing, fallback: ["two"] },
      two: up.at("openai"),
      alone: missing,
    });
    const shaped = { ...question, response_format: { type: "json_object" as const } };
    for (const asked of [question, shaped]) {
      const { response } = await openai.chat.completions.create(asked).withResponse();
      expect(response.headers.get("x-metagpt-llm")).toBe("two");
      expect(response.headers.get("x-metagpt-attempts")).toBe("1");
      expect(logged().at(-1)).toMatchObject({ llm: "two", failed: "one: skipped" });
    }
    const told = {
      ...{ status: 503, code: "model_unavailable" },
      message: expect.stringMatching(
        /alone cannot be asked: .*model\.gguf.* does not exist. For whoever runs this server: Set model/,
      ),
    };
    await expect(openai.chat.completions.create({ ...question, model: "alone" })).rejects.toMatchObject(told);
    await expect(openai.completions.create({ prompt: "a", model: "alone" })).rejects.toMatchObject(told);
    await expect(openai.embeddings.create({ input: "a", model: "alone" })).rejects.toMatchObject(told);
    expect(logged().at(-1)).toMatchObject({ level: 30, reason: expect.stringContaining("does not exist") });
  });

  it("tries again what may pass, and counts the tries", async () => {
    const { at, asked } = await upstream(refused(503, atOnce), refused(429, atOnce), { text: "Hello" });
    const { openai } = await gateway({ one: at("openai") });
    const { data, response } = await openai.chat.completions.create(question).withResponse();
    expect(data.choices[0]?.message.content).toBe("Hello");
    expect(response.headers.get("x-metagpt-attempts")).toBe("3");
    expect(asked).toHaveLength(3);
  });

  it.each([
    ["plain", {}],
    ["of JSON", { response_format: { type: "json_object" } }],
  ])("tells the caller of an answer %s how long the model's server wants to be left alone", async (_, more) => {
    const { at } = await upstream(refused(429, { ...forGood, "retry-after-ms": "6200" }));
    const door = await gateway({ one: at("openai") });
    const { status, headers } = await door.ask("POST", "/v1/chat/completions", { ...question, ...more });
    expect([status, headers.get("retry-after")]).toEqual([429, "7"]);
  });

  it("skips an LLM that has failed for good, until it has rested", async () => {
    const down = await upstream({ status: 401, body: { error: { message: "no such key" } } });
    const up = await upstream({ text: "Hello" });
    const door = await gateway({ one: down.at("openai", { fallback: ["two"] }), two: up.at("openai") });
    await door.openai.chat.completions.create(question);
    await door.openai.chat.completions.create(question);
    expect([down.asked.length, up.asked.length]).toEqual([1, 2]);
    expect(door.logged()).toMatchObject([
      { llm: "two", attempts: 2, failed: "one: auth" },
      { llm: "two", attempts: 1, failed: "one: skipped" },
    ]);
    const { text } = await door.ask("GET", "/metrics");
    expect(text).toContain('metagpt_breaker_open{llm="one"} 1');
    expect(text).toContain('metagpt_breaker_open{llm="two"} 0');
  });

  it("asks a deployment no more at once than it may be asked, and lets the others wait", async () => {
    const first = signal<void>();
    const { at, asked, reached } = await upstream({ text: "1", until: first.came }, { text: "2" });
    const door = await gateway({ one: at("openai", { workers: 1 }) });
    const answers = [1, 2, 3].map(() => door.openai.chat.completions.create(question));
    await reached(1);
    const queue = async () =>
      /metagpt_queue_length\{llm="one"\} (\d)/.exec((await door.ask("GET", "/metrics")).text)?.[1];
    while ((await queue()) !== "2") await new Promise(setImmediate);
    expect(asked).toHaveLength(1);
    first.give();
    await Promise.all(answers);
    expect(asked).toHaveLength(3);
    expect(await queue()).toBe("0");
  });

  it("turns callers away when too many are being answered", async () => {
    const first = signal<void>();
    const { at, reached } = await upstream({ text: "1", until: first.came });
    const { openai } = await gateway({ one: at("openai") }, { maxCalls: 1 });
    const answer = openai.chat.completions.create(question);
    await reached(1);
    const other = openai.chat.completions.create(question);
    await expect(other).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining("1 calls are under way"),
    });
    first.give();
    expect((await answer).choices[0]?.message.content).toBe("1");
  });
});

describe("callers who leave", () => {
  const messages = [{ role: "user" as const, content: "Hi" }];

  const silences: readonly (readonly [name: string, reply: Reply])[] = [
    ["in the middle of a stream", { text: ["Once upon"], ends: "stall" }],
    ["before anything is said", "silence"],
  ];
  const surfaces = ["openai", "anthropic", "ollama"] as const;
  const cases = silences.flatMap(([name, reply]) =>
    surfaces.flatMap((surface) => wires.map((wire) => ({ name, reply, surface, wire }))),
  );

  // One that leaves late has waited for something, and does so every time: the quickest shows it. A single one may be
  // late because the machine was busy, but not by any time after which the gateway would have given up by itself.
  const times = 3;

  it.each(cases)(
    "leaves the $wire server at once when a client of $surface has gone $name",
    async ({ reply, surface, wire }) => {
      const { at, reached, left } = await upstream(reply);
      const door = await gateway({ one: at(wire) });
      const question = { model: "one", messages, max_tokens: 9, stream: true } as const;
      const streams = {
        openai: (signal) => door.openai.chat.completions.create(question, { signal }),
        anthropic: (signal) => door.anthropic.messages.create(question, { signal }),
        // the client of Ollama can be aborted only once an answer has begun
        ollama: (signal) =>
          new Ollama({ host: door.url, fetch: (url, init) => fetch(url, { ...init, signal }) }).chat(question),
      } satisfies Record<typeof surface, (signal: AbortSignal) => PromiseLike<AsyncIterable<unknown>>>;
      const late: number[] = [];
      for (let count = 1; count <= times; count++) {
        const gone = new AbortController();
        let began = 0;
        const leave = () => {
          began = performance.now();
          gone.abort();
        };
        const reading = async () => {
          for await (const _ of await streams[surface](gone.signal)) leave();
        };
        const read = reading().catch((error: unknown) => error);
        await reached(count);
        if (reply === "silence") leave();
        late.push((await left(count)) - began);
        await read;
      }
      expect(Math.min(...late)).toBeLessThan(100);
      expect(Math.max(...late)).toBeLessThan(5_000);
    },
  );
});
