import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/errors.ts";
import { loadProvider } from "../../src/llm/custom.ts";
import type { Llm } from "../../src/llm/provider.ts";
import { drain } from "../helpers/drain.ts";
import { tempFolder } from "../helpers/temp.ts";
import { tools } from "../helpers/tools.ts";

/** The path of a module with this text. */
function moduleOf(text: string, name = "mine.ts"): string {
  const file = path.join(tempFolder(), name);
  writeFileSync(file, text);
  return file;
}

async function connect(text: string, settings: Record<string, unknown> = {}): Promise<Llm> {
  const provider = await loadProvider(moduleOf(text));
  return provider.connect(provider.config.parse(settings), tools());
}

/** A module whose stream has this body; `request`, `signal`, `settings` and `fetch` are at hand. */
const streaming = (body: string) => `
  export default {
    async connect(settings: Record<string, string>, { fetch }: { fetch: typeof globalThis.fetch }) {
      return {
        async *stream(request: { messages: { content: string }[] }, { signal }: { signal: AbortSignal }) { ${body} },
      };
    },
  };`;
const failure = (text: string, signal?: AbortSignal) =>
  connect(text)
    .then((llm) => drain(llm, {}, signal))
    .then(
      () => new Error("the call succeeded"),
      (error: unknown) => error,
    );

describe("a module of the user's own", () => {
  it.each([
    ["by default", streaming('yield "hello";')],
    ["by a name", streaming('yield "hello";').replace("export default", "export const mine =")],
    [
      "by a name, among other things",
      `export interface Extra { a: string }
       export const address: string = "x";
       ${streaming('yield "hello";').replace("export default", "export const mine =")}`,
    ],
    ["as its functions", 'export async function connect() { return { async *stream() { yield "hello"; } }; }'],
    [
      "as an object that uses itself",
      'export default { word: "hello", async connect() { const { word } = this; return { async *stream() { yield word; } }; } };',
    ],
    ["of the old kind", 'module.exports = { connect: async () => ({ async *stream() { yield "hello"; } }) };'],
  ])("is found %s", async (_, text) => {
    expect(await drain(await connect(text))).toMatchObject({
      text: "hello",
      deltas: [{ type: "text", text: "hello" }],
      finish: "stop",
      model: "",
      usage: undefined,
    });
  });

  it("may be JavaScript", async () => {
    const text = 'export default { connect: async () => ({ async *stream() { yield "hello"; } }) };';
    const { connect } = await loadProvider(moduleOf(text, "mine.mjs"));
    expect(await drain(await connect({}, tools()))).toMatchObject({ text: "hello" });
  });

  it("may import what lies beside it", async () => {
    const file = moduleOf(`import { word } from "./word.ts";\n${streaming("yield word;")}`);
    writeFileSync(path.join(path.dirname(file), "word.ts"), 'export const word: string = "hello";');
    const { connect } = await loadProvider(file);
    expect(await drain(await connect({}, tools()))).toMatchObject({ text: "hello" });
  });

  it("gets its request, its settings and our fetch", async () => {
    const llm = await connect(
      streaming("yield [settings.greeting, request.messages.at(-1)?.content, typeof fetch].join(' ');"),
      { greeting: "Good day." },
    );
    expect(await drain(llm)).toMatchObject({ text: "Good day. Say hello. function" });
  });

  it("offers its models where it can list them", async () => {
    const llm = await connect(`export default { connect: async () => ({
      names: ["m"],
      async *stream() { yield "hello"; },
      async models() { return this.names.map((id) => ({ id })); },
    }) };`);
    expect(await llm.models?.({ signal: new AbortController().signal })).toEqual([{ id: "m" }]);
    expect(await connect(streaming('yield "hello";'))).not.toHaveProperty("models");
  });
});

describe("its settings", () => {
  const checked = `import { z } from "zod";
    export default {
      config: z.strictObject({ model: z.string(), api_type: z.string().optional() }),
      async connect({ model }) { return { async *stream() { yield model; } }; },
    };`;

  it("are every one that is written, where it names none", async () => {
    const provider = await loadProvider(moduleOf(streaming("")));
    expect(provider.open).toBe(true);
    expect(provider.config.parse({ a: 1, b: [2] })).toEqual({ a: 1, b: [2] });
  });

  it("are checked by its own zod schema, which is of our zod", async () => {
    const provider = await loadProvider(moduleOf(checked));
    expect(provider.open).toBe(false);
    expect(Object.keys(provider.config.shape)).toEqual(["model", "api_type"]);
    expect(provider.config.safeParse({ model: "m", modle: "x" }).error?.issues).toMatchObject([
      { code: "unrecognized_keys", keys: ["modle"] },
    ]);
    expect(await drain(await provider.connect(provider.config.parse({ model: "m" }), tools()))).toMatchObject({
      text: "m",
    });
  });
});

describe("its answer", () => {
  it("may be plain texts and pieces of both kinds", async () => {
    const llm = await connect(
      streaming('yield "one "; yield { type: "reasoning", text: "hm" }; yield { type: "text", text: "two" };'),
    );
    expect(await drain(llm)).toMatchObject({ text: "one two", reasoning: "hm" });
  });

  it.each([
    ["", { finish: "stop", model: "", usage: undefined }],
    ["return {};", { finish: "stop", model: "", usage: undefined }],
    ['return { finish: "length", model: "m-1", cost: 0.5 };', { finish: "length", model: "m-1", cost: 0.5 }],
    ["return { usage: { input: 3, output: 4 } };", { usage: { input: 3, output: 4, source: "reported" } }],
    [
      'return { usage: { input: 3, output: 4, cachedRead: 2, source: "estimated" } };',
      { usage: { input: 3, output: 4, cachedRead: 2, source: "estimated" } },
    ],
  ])("ends with what it says of it: %j", async (end, finish) => {
    expect(await drain(await connect(streaming(`yield "x"; ${end}`)))).toMatchObject(finish);
  });

  it.each([
    ['yield { type: "txt", text: "x" };', 'mine.ts: it gave {"type":"txt","text":"x"}, which is no piece of an answer'],
    ["yield 5;", "mine.ts: it gave 5, which is no piece of an answer"],
    ["yield;", "mine.ts: it gave undefined, which is no piece of an answer"],
    ['return { finish: "done" };', 'mine.ts: it gave {"finish":"done"}, which is no end of an answer'],
    ["return { usage: { input: -0.5, output: 1 } };", "which is no end of an answer"],
  ])("is refused where it is none: %s", async (body, message) => {
    expect(await failure(streaming(body))).toMatchObject({
      name: "ProviderError",
      kind: "protocol",
      message: expect.stringContaining(message),
    });
  });
});

describe("what it throws", () => {
  it.each([
    ['throw new Error("no such model");', "server", "mine.ts: no such model"],
    ['yield "a"; throw new TypeError("x is not a function");', "server", "mine.ts: x is not a function"],
    ['throw "out of order";', "server", "mine.ts: out of order"],
    ['throw Object.assign(new Error("slow down"), { kind: "rate" });', "rate", "mine.ts: slow down"],
    ['throw Object.assign(new Error("bad key"), { kind: "auth", status: 401 });', "auth", "mine.ts: bad key"],
    ['throw Object.assign(new Error("odd"), { kind: "bad luck" });', "server", "mine.ts: odd"],
    ['throw Object.assign(new Error("over"), { kind: "aborted" });', "server", "mine.ts: over"],
  ])("is the failure of the call, in its words: %s", async (body, kind, message) => {
    expect(await failure(streaming(body))).toMatchObject({ name: "ProviderError", kind, message });
  });

  it("keeps what our fetch says, too", async () => {
    expect(await failure(streaming('await fetch("http://no-such-host.invalid");'))).toMatchObject({
      name: "ProviderError",
      kind: "network",
      message: "mine.ts: the host name was not found",
    });
  });

  it.each([
    ['throw new Error("MY_KEY is not set");', "MY_KEY is not set"],
    ["return {};", "connect gives no object with a function stream"],
    ["return undefined;", "connect gives no object with a function stream"],
  ])("while it connects is an error of the configuration: %s", async (body, reason) => {
    const provider = await loadProvider(moduleOf(`export default { async connect() { ${body} } };`));
    const error: unknown = await provider.connect({}, tools()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toMatch(/the LLM in \S*mine\.ts cannot be connected: /);
    expect(String(error)).toContain(reason);
  });
});

describe("no LLM is", () => {
  it.each([
    ["a module without one", "export const a = 1;", "mine.ts exports no LLM"],
    ["an empty module", "", "mine.ts exports no LLM"],
    [
      "one whose config is no schema",
      "export default { config: { model: 1 }, connect() {} };",
      "mine.ts exports no LLM",
    ],
    ["a class", "export default class { connect() {} }", "mine.ts exports no LLM"],
    ["text that is no program", "export default {", "cannot be loaded: "],
    ["a module that throws", 'throw new Error("not today");', "cannot be loaded: not today"],
    ["one that needs what is not there", 'import "./missing.ts";', "cannot be loaded: "],
  ])("%s", async (_, text, message) => {
    const error: unknown = await loadProvider(moduleOf(text)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain("\n");
  });

  it("a file that does not exist", async () => {
    await expect(loadProvider("/no/such/mine.ts")).rejects.toThrow(ConfigError);
  });
});

describe("a call that is ended", () => {
  it.each([
    [
      "listens to the signal",
      'await new Promise((_, no) => signal.addEventListener("abort", () => no(signal.reason)));',
    ],
    ["does not listen to it", "await new Promise(() => {});"],
    ["has answered before", 'yield "one"; await new Promise(() => {});'],
  ])("ends at once where the module %s", async (_, body) => {
    const caller = new AbortController();
    const call = failure(streaming(body), caller.signal);
    setTimeout(() => caller.abort(), 200);
    expect(await call).toMatchObject({ kind: "aborted", message: "mine.ts: the call was ended" });
  });

  it("before it began is not asked", async () => {
    expect(await failure(streaming('yield "x";'), AbortSignal.abort())).toMatchObject({ kind: "aborted" });
  });

  it("by its reader closes the module's stream", async () => {
    const closed = "closed of custom.test.ts";
    const llm = await connect(
      streaming(`try { yield "one"; yield "two"; } finally { process.emit(${JSON.stringify(closed)} as never); }`),
    );
    let heard = 0;
    process.once(closed as never, () => (heard += 1));
    const request = { messages: [], maxTokens: 1, about: { role: "", action: "", subject: "", attempt: 1, turn: 1 } };
    const stream = llm.stream(request, { signal: new AbortController().signal });
    await stream.next();
    expect(heard).toBe(0);
    await stream.return(undefined as never);
    expect(heard).toBe(1);
  });
});

describe("a module that never gets anywhere", () => {
  const never = "new Promise(() => {})";
  const impatient = tools({ timeout: 0.1 });

  it.each([
    ["while it answers", streaming(`await ${never};`)],
    [
      "in its first step",
      `export default { async connect() { return { stream: () => ({ next: () => ${never} }) }; } };`,
    ],
  ])("is ended by the clock %s", async (_, text) => {
    const provider = await loadProvider(moduleOf(text));
    const llm = await provider.connect({}, impatient);
    await expect(drain(llm)).rejects.toMatchObject({ kind: "timeout", message: expect.stringContaining("mine.ts: ") });
  });

  it("is ended by the clock while it connects", async () => {
    const provider = await loadProvider(moduleOf(`export const connect = () => ${never};`));
    await expect(provider.connect({}, impatient)).rejects.toThrow(/cannot be connected: the server did not finish/);
  });
});

it.each([
  ["throws before it begins", "stream() { throw new Error('x'); }"],
  [
    "throws when it is left",
    "stream: () => ({ next: async () => { throw new Error('x'); }, return() { throw new Error('y'); } })",
  ],
])("a module whose stream %s ends the call in its own words", async (_, stream) => {
  const error = await failure(`export default { async connect() { return { ${stream} }; } };`);
  expect(error).toMatchObject({ kind: "server", message: "mine.ts: x" });
});

it("a module's key is in no error of its own", async () => {
  const text =
    'export const connect = async ({ api_key }: { api_key: string }) => { throw new Error("bad " + api_key); };';
  await expect(connect(text, { api_key: "key-0123456789" })).rejects.toThrow(/cannot be connected: bad \*\*\*$/);
});

describe("what else a module may do", () => {
  const doing = (methods: string) =>
    connect(`export default { connect: async () => ({ async *stream(request) {}, ${methods} }) };`) as Promise<
      Required<Llm>
    >;
  const { signal } = new AbortController();

  it("is to call tools, which it is given as they are", async () => {
    const llm = await connect(
      streaming(`
        const { tools = [], sampling } = request as unknown as { tools?: { name: string }[]; sampling?: unknown };
        yield { type: "tool-call", index: 0, id: "c", name: tools[0]?.name, arguments: JSON.stringify(sampling) };
        return { finish: "tool_calls" };`),
    );
    const request = { tools: [{ name: "look", parameters: {} }], sampling: { temperature: 1 } };
    expect(await drain(llm, request)).toMatchObject({
      deltas: [{ type: "tool-call", index: 0, id: "c", name: "look", arguments: '{"temperature":1}' }],
      finish: "tool_calls",
    });
  });

  it("is to make vectors", async () => {
    const llm = await doing(
      "async embed(texts, { dimensions }) { return { vectors: texts.map(() => [dimensions]) }; }",
    );
    expect(await llm.embed(["a", "b"], { signal, dimensions: 3 })).toEqual({
      vectors: [[3], [3]],
      model: "",
      usage: undefined,
    });
  });

  it.each([
    ["are none", 'async embed() { return "none"; }', { kind: "protocol" }],
    [
      "fail",
      'async embed() { throw new Error("no such model"); }',
      { kind: "server", message: "mine.ts: no such model" },
    ],
    ["come after the end", "embed: () => new Promise(() => {})", { kind: "aborted" }],
  ])("is to make vectors that %s", async (_, methods, expected) => {
    const { embed } = await doing(methods);
    const ended = expected.kind === "aborted" ? AbortSignal.abort() : signal;
    await expect(embed(["a"], { signal: ended })).rejects.toMatchObject(expected);
  });

  it("is to go on with a raw text", async () => {
    const llm = await doing("async *complete({ prompt }) { yield prompt; yield '!'; }");
    const request = { prompt: "1, 2,", maxTokens: 9 };
    expect((await drain({ stream: (_, on) => llm.complete(request, on) })).text).toBe("1, 2,!");
  });
});
