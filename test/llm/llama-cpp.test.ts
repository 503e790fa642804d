import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { installCommand } from "../../src/llm/llama/package.ts";
import { llamaCpp } from "../../src/llm/llama-cpp.ts";
import type { Notice } from "../../src/llm/provider.ts";
import { strictSchema } from "../../src/repair/index.ts";
import { drain, question } from "../helpers/drain.ts";
import { type Answer, type Heard, type HttpServer, httpServer } from "../helpers/http-server.ts";
import { llamaPackageFolder } from "../helpers/llama-package.ts";
import { tempFolder } from "../helpers/temp.ts";
import { writeTinyGguf } from "../helpers/tiny-gguf.ts";
import { tools } from "../helpers/tools.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const installed = await llamaPackageFolder();
const folder = mkdtempSync(join(tmpdir(), "metagpt-test-"));
const tiny = join(folder, "tiny.gguf");
beforeAll(() => writeTinyGguf(tiny));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Settings = Record<string, unknown>;

const connect = (settings: Settings = {}, notify?: (notice: Notice) => void) =>
  llamaCpp.connect(
    llamaCpp.config.parse({ model: tiny, package: installed, threads: 1, gpu: "off", seed: 1, ...settings }),
    tools({}, notify),
  );

const Bounded = z.object({
  name: z.string().max(12),
  files: z
    .array(z.object({ path: z.string().max(16), lines: z.int().min(1).max(9) }))
    .min(1)
    .max(3),
  language: z.enum(["python", 'type"script']),
  weight: z.number(),
  count: z.int().positive(),
  note: z.string().max(8).optional(),
  kind: z.union([z.literal("web"), z.object({ port: z.int() }), z.array(z.boolean()).max(2)]),
});
const bounded = { schema: { name: "Doc", schema: strictSchema(Bounded) } };
/** What was optional may be null. */
const Answered = Bounded.extend({ note: z.string().max(8).nullable() });

describe.skipIf(!installed)("a model in this process", () => {
  it("answers a conversation and counts its tokens", async () => {
    const llm = await connect();
    const answer = await drain(llm, { maxTokens: 20 });
    expect(answer).toMatchObject({ finish: "length", model: tiny, usage: { output: 20, source: "reported" } });
    expect(answer.text).toMatch(/^[\0-\x7f]{10,}$/);
    expect(answer.deltas.length).toBeGreaterThan(5);
    expect(answer.structure).toBeUndefined();
    // about one for each letter and mark of the two messages
    expect(answer.usage?.input).toBe(52);
  });

  it("lets its caller say how it shall answer, and where to stop", async () => {
    const llm = await connect({ seed: 2 });
    const sampling = { seed: 1, temperature: 0.5, topP: 0.9 };
    const whole = await drain(llm, { maxTokens: 20, sampling });
    expect(whole.text).toBe(
      (await drain(await connect({ temperature: 0.5 }), { maxTokens: 20, sampling: { topP: 0.9 } })).text,
    );
    const stop = whole.text.slice(8, 11);
    const cut = await drain(llm, { maxTokens: 20, sampling: { ...sampling, stop: [stop] } });
    expect(cut).toMatchObject({ finish: "stop", text: whole.text.slice(0, whole.text.indexOf(stop)) });
  });

  it("takes no tools", async () => {
    const request = { tools: [{ name: "look", parameters: {} }] };
    await expect(drain(await connect(), request)).rejects.toMatchObject({ kind: "request" });
  });

  it("answers the same to the same seed, and does not read the same prompt twice", async () => {
    const llm = await connect();
    const first = await drain(llm, { maxTokens: 20 });
    const second = await drain(llm, { maxTokens: 20 });
    expect(second.text).toBe(first.text);
    expect(second.usage).toEqual({ ...first.usage, cachedRead: 51 });
    expect((await drain(await connect({ seed: 2 }), { maxTokens: 20 })).text).not.toBe(first.text);
  });

  it("is loaded once for calls that come at once, and answers one after the other", async () => {
    const llm = await connect();
    const answers = await Promise.all([1, 2, 3].map(() => drain(llm, { maxTokens: 20 })));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it("prints nothing", async () => {
    const prints = (["log", "info", "warn", "error"] as const).map((name) => vi.spyOn(console, name));
    const writes = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write"));
    await drain(await connect(), { ...bounded, maxTokens: 1000 });
    for (const print of [...prints, ...writes]) expect(print).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it("says what it is and how much it remembers", async () => {
    const { signal } = new AbortController();
    expect(await (await connect()).models?.({ signal })).toEqual([{ id: tiny, context: 2048 }]);
    expect(await (await connect({ context: 512 })).models?.({ signal })).toEqual([{ id: tiny, context: 512 }]);
  });

  it("refuses a prompt for which its context is too small, with the numbers (case 91)", async () => {
    const messages = [{ role: "user" as const, content: "x".repeat(400) }];
    await expect(drain(await connect({ context: 512 }), { messages, maxTokens: 200 })).rejects.toMatchObject({
      kind: "overflow",
      message: `${tiny}: the prompt of 419 tokens leaves no room for an answer in a context of 512`,
      hint: expect.stringContaining("Raise context"),
    });
  });

  it("ends an answer where the context is full", async () => {
    const { finish, usage } = await drain(await connect({ context: 1280 }), { maxTokens: 2000 });
    expect([finish, usage?.output]).toEqual(["length", 1280 - 8 - 52]);
  });

  it("lets the process end (case 71)", async () => {
    const script = fileURLToPath(new URL("../helpers/one-llama-call.ts", import.meta.url));
    const words = [join(root, "node_modules/jiti/lib/jiti-cli.mjs"), script, installed ?? "", tiny];
    const ended = execFileSync(process.execPath, words, { timeout: 15_000 });
    expect(ended.toString()).toBe("length");
  });
});

describe.skipIf(!installed)("a document in this process", () => {
  it.each([1, 2, 3])("parses and has its shape, with seed %i (case 99)", async (seed) => {
    const { text, finish, structure } = await drain(await connect({ seed }), { ...bounded, maxTokens: 1500 });
    expect({ finish, structure }).toEqual({ finish: "stop", structure: "grammar" });
    expect(Answered.safeParse(JSON.parse(text)).error?.message).toBeUndefined();
  });

  it("keeps its shape where the model begins every answer by thinking", async () => {
    const model = join(tempFolder(), "thinks.gguf");
    writeTinyGguf(model, { thinks: true });
    const llm = await connect({ model });
    const { text, reasoning, usage } = await drain(llm, { ...bounded, maxTokens: 1500 });
    expect(Answered.safeParse(JSON.parse(text)).error?.message).toBeUndefined();
    expect(reasoning).toBe("");
    // "<think></think>" before it, in which "th" and "in" are one token each
    const plain = await drain(llm, { maxTokens: 1 });
    expect((usage?.input ?? 0) - (plain.usage?.input ?? 0)).toBe(11);
  });

  it("without bounds is cut by the limit of the answer", async () => {
    const schema = strictSchema(z.object({ text: z.string().min(500) }));
    const answer = await drain(await connect(), { schema: { name: "Doc", schema }, maxTokens: 100 });
    expect(answer).toMatchObject({ finish: "length", structure: "grammar", usage: { output: 100 } });
    expect(answer.text).toMatch(/^\{\s*"text"/);
  });

  it.each([
    ["that no grammar understands", { schema: { allOf: [{ type: "object" }] }, settings: {} }],
    ["with structured: off", { schema: { type: "object" }, settings: { structured: "off" } }],
  ])("%s is asked for in the prompt alone", async (_, { schema, settings }) => {
    const { structure } = await drain(await connect(settings), { schema: { name: "Doc", schema }, maxTokens: 20 });
    expect(structure).toBe("off");
  });
});

describe.skipIf(!installed)("ending a call", () => {
  it("in the middle of the answer is aborted at once, and the next call is whole (case 68)", async () => {
    const llm = await connect();
    const whole = await drain(llm, { maxTokens: 20 });
    const caller = new AbortController();
    const stream = llm.stream({ ...question, maxTokens: 1800 }, { signal: caller.signal });
    await stream.next();
    const began = performance.now();
    caller.abort();
    await expect(stream.next()).rejects.toMatchObject({
      kind: "aborted",
      message: `${tiny}: the call was ended`,
    });
    expect(performance.now() - began).toBeLessThan(100);
    expect((await drain(llm, { maxTokens: 20 })).text).toBe(whole.text);
  });

  it("while it waits for its turn leaves the others whole (case 72)", async () => {
    const llm = await connect();
    const caller = new AbortController();
    const first = drain(llm, { maxTokens: 300 });
    const second = drain(llm, { maxTokens: 300 }, caller.signal);
    const third = drain(llm, { maxTokens: 300 });
    caller.abort();
    await expect(second).rejects.toMatchObject({ kind: "aborted" });
    expect((await third).text).toBe((await first).text);
  });

  it("by reading no further ends the work (case 70)", async () => {
    const llm = await connect();
    for await (const _ of llm.stream({ ...question, maxTokens: 1900 }, { signal: new AbortController().signal })) break;
    const began = performance.now();
    await drain(llm, { maxTokens: 1 });
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe.skipIf(!installed)("a model on a hub", () => {
  const open: HttpServer[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close();
  });
  const weights = () => readFileSync(tiny);

  async function hub(answer: (request: Heard, number: number) => Answer | undefined = () => undefined) {
    const server = await httpServer((request, number) => answer(request, number) ?? served(request, weights()));
    open.push(server);
    return server;
  }

  it("is downloaded once, told in percent, and then found without the network", async () => {
    const server = await hub();
    const settings = {
      model: "hf:someone/tiny-GGUF:Q4_0",
      hub: server.url,
      folder: tempFolder(),
      api_key: "hf_secret",
    };
    const notices: Notice[] = [];
    expect((await drain(await connect(settings, (notice) => notices.push(notice)), { maxTokens: 5 })).model).toBe(
      settings.model,
    );
    expect(server.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ["/v2/someone/tiny-GGUF/manifests/Q4_0", "Bearer hf_secret"],
      ["/someone/tiny-GGUF/resolve/main/tiny.Q4_0.gguf", "Bearer hf_secret"],
    ]);
    const size = weights().length;
    expect(notices.at(-1)).toEqual({
      type: "download",
      about: question.about,
      file: "tiny.Q4_0.gguf",
      done: size,
      total: size,
    });
    await drain(await connect(settings), { maxTokens: 5 });
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ["hf:someone/tiny/deep/file.gguf#v2", "/someone/tiny/resolve/v2/deep/file.gguf"],
    ["hf:someone/tiny", "/someone/tiny/resolve/main/tiny.Q4_0.gguf"],
  ])("%s is %s", async (model, path) => {
    const server = await hub();
    await drain(await connect({ model, hub: `${server.url}/`, folder: tempFolder() }), { maxTokens: 1 });
    expect(server.requests.at(-1)?.url).toBe(path);
  });

  it("is taken from where it redirects to, which does not see the key (case 97)", async () => {
    const other = await hub();
    const server = await hub(({ url }) =>
      url.startsWith("/v2/") ? undefined : { status: 302, headers: { location: `${other.url}/blob.gguf?signed=1` } },
    );
    await drain(
      await connect({ model: "hf:someone/tiny:Q4_0", hub: server.url, folder: tempFolder(), api_key: "hf_secret" }),
      { maxTokens: 1 },
    );
    expect(other.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ["/blob.gguf?signed=1", undefined],
    ]);
  });

  it("comes in parts where it is large", async () => {
    const server = await hub(({ url }) => (url.includes("00002") ? { pieces: ["more"] } : undefined));
    const settings = { model: `${server.url}/big-00001-of-00002.gguf?key=1`, folder: tempFolder() };
    await expect(drain(await connect(settings), { maxTokens: 1 })).rejects.toThrow(
      "big-00001-of-00002.gguf cannot be loaded",
    );
    expect(server.requests.map(({ url }) => url)).toEqual([
      "/big-00001-of-00002.gguf?key=1",
      "/big-00002-of-00002.gguf?key=1",
    ]);
  });

  it("goes on where a broken download stopped (case 58)", async () => {
    const half = weights().length / 2;
    const server = await hub((request, number) =>
      number === 1
        ? { ...served(request, weights()), pieces: [weights().subarray(0, half)], end: "reset", pause: 50 }
        : undefined,
    );
    const settings = { model: `${server.url}/tiny.gguf`, folder: tempFolder() };
    const llm = await connect(settings);
    await expect(drain(llm, { maxTokens: 1 })).rejects.toMatchObject({ kind: "network" });
    expect((await drain(llm, { maxTokens: 1 })).finish).toBe("length");
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${half}-`]);
    const kept = join(settings.folder, readdirSync(settings.folder)[0] ?? "");
    expect(readFileSync(join(kept, "tiny.gguf")).equals(weights())).toBe(true);
  });

  it("begins anew where the file is another by now", async () => {
    const half = weights().length / 2;
    const server = await hub((request, number) => {
      const etag = `"${Math.min(number, 2)}"`;
      const whole = served(request, number === 1 ? Buffer.alloc(weights().length, 1) : weights());
      const headers = { ...whole.headers, etag };
      if (number > 1) return { ...whole, headers };
      return { ...whole, headers, pieces: [Buffer.alloc(half, 1)], end: "reset", pause: 50 };
    });
    const settings = { model: `${server.url}/tiny.gguf`, folder: tempFolder() };
    const llm = await connect(settings);
    await expect(drain(llm, { maxTokens: 1 })).rejects.toMatchObject({ kind: "network" });
    expect((await drain(llm, { maxTokens: 1 })).finish).toBe("length");
  });

  it("that it does not have is named (case 90)", async () => {
    const server = await hub(() => ({ status: 404 }));
    await expect(
      drain(await connect({ model: "hf:a/b:Q4_0", hub: server.url, folder: tempFolder() })),
    ).rejects.toMatchObject({
      kind: "request",
      status: 404,
      message: expect.stringContaining(`hf:a/b:Q4_0 at ${server.url}: not found`),
      hint: expect.stringContaining("Check model"),
    });
  });

  it("that gives it only to some asks for a key (case 87)", async () => {
    const server = await hub(({ url }) => (url.startsWith("/v2/") ? undefined : { status: 401 }));
    await expect(
      drain(await connect({ model: "hf:a/b:Q4_0", hub: server.url, folder: tempFolder(), api_key: "hf_secret" })),
    ).rejects.toMatchObject({ kind: "auth", hint: expect.stringContaining("Some want an api_key.") });
  });

  it("that cannot be reached fails as a connection does (case 59)", async () => {
    const server = await httpServer(() => ({}));
    await server.close();
    await expect(
      drain(await connect({ model: `${server.url}/tiny.gguf`, folder: tempFolder() })),
    ).rejects.toMatchObject({
      kind: "network",
      message: `${server.url}/tiny.gguf at ${server.url}: the connection was refused`,
    });
  });

  it("stops downloading when nobody waits for it any more (case 67)", async () => {
    const server = await hub((request) => ({
      ...served(request, weights()),
      pieces: [weights().subarray(0, 9)],
      end: "stall",
    }));
    const llm = await connect({ model: `${server.url}/tiny.gguf`, folder: tempFolder() });
    const callers = [new AbortController(), new AbortController()] as const;
    const calls = callers.map(({ signal }) => drain(llm, { maxTokens: 1 }, signal).catch((error: unknown) => error));
    await expect.poll(() => server.requests.length).toBe(1);
    callers[0].abort();
    expect(await calls[0]).toMatchObject({ kind: "aborted" });
    expect(server.left()).toBe(0);
    callers[1].abort();
    expect(await calls[1]).toMatchObject({ kind: "aborted" });
    await expect.poll(server.left).toBe(1);
  });
});

/** A hub as the package llama.cpp knows it: which file is meant, and the file, from any byte on. */
function served({ method, url, headers }: Heard, bytes: Buffer): Answer {
  if (method !== "GET") throw new Error(`no such route: ${method} ${url}`);
  if (url.startsWith("/v2/")) {
    if (headers["user-agent"] !== "llama-cpp") throw new Error("the hub tells only llama.cpp which file is meant");
    return { pieces: [JSON.stringify({ ggufFile: { rfilename: "tiny.Q4_0.gguf", size: bytes.length } })] };
  }
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  const range = { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
  return {
    status: from > 0 ? 206 : 200,
    headers: { "content-length": String(bytes.length - from), etag: '"1"', ...(from > 0 && range) },
    pieces: [bytes.subarray(from)],
  };
}

describe("what is missing", () => {
  it("is the package: its install command is named", async () => {
    await expect(connect({ package: tempFolder() })).rejects.toMatchObject({
      name: "ConfigError",
      message: expect.stringContaining("node-llama-cpp, which runs models in this process, is not installed in"),
      hint: `Run "${installCommand()}", with -g where metagpt itself was installed with it.`,
    });
  });

  it.each([
    ["linux", "x64", "npm i --omit=optional --ignore-scripts node-llama-cpp@3 @node-llama-cpp/linux-x64@3"],
    ["darwin", "arm64", "npm i --omit=optional --ignore-scripts node-llama-cpp@3 @node-llama-cpp/mac-arm64-metal@3"],
    ["win32", "x64", "npm i --omit=optional --ignore-scripts node-llama-cpp@3 @node-llama-cpp/win-x64@3"],
    ["freebsd", "x64", "npm i node-llama-cpp@3"],
  ])("on %s %s: %s", (platform, arch, command) => {
    expect(installCommand(platform, arch)).toBe(command);
  });

  it.skipIf(!installed)("is looked for beside the user's project too", async () => {
    const cwd = vi.spyOn(process, "cwd").mockReturnValue(installed ?? "");
    expect((await drain(await connect({ package: undefined }), { maxTokens: 1 })).finish).toBe("length");
    cwd.mockRestore();
  });

  it("is the model's file", async () => {
    await expect(connect({ model: join(folder, "none.gguf") })).rejects.toMatchObject({
      name: "ConfigError",
      message: `the model file ${join(folder, "none.gguf")} does not exist`,
    });
  });

  it("is an address", async () => {
    await expect(connect({ model: "hf:nobody" })).rejects.toThrow("hf:nobody is not the address of a model");
  });

  it.skipIf(!installed)("is a whole file", async () => {
    const model = join(tempFolder(), "cut.gguf");
    writeFileSync(model, readFileSync(tiny).subarray(0, 9000));
    await expect(drain(await connect({ model }))).rejects.toMatchObject({
      kind: "request",
      message: expect.stringContaining(`${model} cannot be loaded`),
      hint: "Is it a whole GGUF file, of a kind that llama.cpp knows?",
    });
  });
});

describe("the settings", () => {
  it.each([[{ gpu: "cuda" }], [{ threads: 0 }], [{ context: -1 }], [{ hub: 1 }], [{ base_url: "http://x" }]])(
    "%j are refused",
    (settings) => {
      expect(llamaCpp.config.safeParse({ model: "x.gguf", ...settings }).success).toBe(false);
    },
  );
});
