import { type AddressInfo, createServer, connect as dial } from "node:net";
import { networkInterfaces } from "node:os";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { anthropic } from "../../src/llm/anthropic.ts";
import type { Deployment } from "../../src/llm/deployment.ts";
import { connectDeployment } from "../../src/llm/index.ts";
import { openai } from "../../src/llm/openai.ts";
import { startClock } from "../../src/llm/wire/clock.ts";
import { resolveFrom } from "../helpers/config-folder.ts";
import { drain } from "../helpers/drain.ts";
import { httpServer } from "../helpers/http-server.ts";
import { tools } from "../helpers/tools.ts";
import { answered, type Format, failed, type Reply, serve, whole } from "./format.ts";
import { anthropicFormat } from "./formats/anthropic.ts";
import { openaiFormat } from "./formats/openai.ts";
import { formats, named } from "./formats.ts";
import { operationOn } from "./operation.ts";

const usage = { input: 9, output: 2 };
const said = { text: ["Hello."], finish: "stop", usage } as const;

describe.each(named(formats))("%s", (_, format) => {
  const proper: Reply = { pieces: format.pieces(said) };

  it(`166 ${format.name}: the environment decides nothing`, async () => {
    const trap = await httpServer(() => ({ status: 500 }));
    onTestFinished(() => trap.close());
    for (const vendor of ["OPENAI", "ANTHROPIC", "OLLAMA", "DASHSCOPE", "ZHIPUAI", "QIANFAN", "SPARK"]) {
      for (const end of ["BASE_URL", "HOST", "API_BASE", "URL"]) vi.stubEnv(`${vendor}_${end}`, trap.url);
      for (const end of ["API_KEY", "AUTH_TOKEN", "SECRET_KEY", "ACCESS_KEY"]) vi.stubEnv(`${vendor}_${end}`, "trap");
    }
    onTestFinished(() => void vi.unstubAllEnvs());
    // Whatever is not as configured is refused by the server of the format.
    expect((await answered(format, proper)).text).toBe("Hello.");
    expect(trap.requests).toEqual([]);
  });

  it(`168 ${format.name}: no secret is in anything that is shown`, async () => {
    const settings = { headers: { "x-gateway": "header-secret-0001" } };
    const secrets = [...Object.values({ ...format.secrets, app_id: undefined }), "header-secret-0001"].flatMap(
      (one) => one ?? [],
    );
    const echo = `no: ${secrets.join(" ")} Bearer ${secrets.at(-1)}`;
    const replies: Reply[] = [
      { status: 401, pieces: [JSON.stringify({ error: { message: echo, code: "invalid_key" } })] },
      { status: 502, pieces: [`<html>${echo}</html>`] },
      { pieces: [...format.pieces({ text: ["Hel"] }), format.fault(echo)] },
      { headers: { "content-type": "text/html" }, pieces: [`${echo}\n\n`] },
    ];
    for (const reply of replies) {
      const { error } = await failed(await (await serve(format, reply)).connect(settings));
      const shown = `${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error)}${error.stack}`;
      expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
    }
  });

  it.each(Object.keys(format.secrets))(`169 ${format.name}: a wrong %s is refused and not repeated`, (setting) => {
    for (const value of ["", "YOUR_API_KEY", "sk-12345678\n", "sk-1234５678", "Bearer sk-12345678"]) {
      const own = { base_url: "", model: "m", ...format.secrets, [setting]: value };
      const read = format.config.safeParse({
        ...own,
        base_url: format.name === "spark" ? undefined : "http://127.0.0.1",
      });
      expect(read.success).toBe(false);
      expect(read.error?.issues.map(({ path }) => path[0])).toContain(setting);
      expect(String(read.error)).not.toMatch(/12345678|1234５/);
    }
  });

  it(`170 ${format.name}: localhost, a trailing slash and a query-free address lead to one place`, async () => {
    const server = await serve(format, proper);
    const base = String(server.settings.base_url);
    for (const base_url of [
      base,
      ...(format.name === "spark" ? [] : [`${base}/`]),
      base.replace("127.0.0.1", "localhost"),
    ]) {
      expect((await whole(await server.connect({ base_url }))).text).toBe("Hello.");
    }
    expect(server.asked()).toBe(format.name === "spark" ? 2 : 3);
  });

  it.skipIf(!hasIpv6())(`170 ${format.name}: [::1] is an address like others`, async () => {
    const server = await serve(format, proper);
    const base = new URL(String(server.settings.base_url));
    base.host = `[::1]:${await forwarder(Number(base.port))}`;
    expect((await whole(await server.connect({ base_url: base.href.replace(/\/$/, "") }))).text).toBe("Hello.");
  });

  it(`175 ${format.name}: half a character in the prompt is none, a NUL is what it is`, async () => {
    const heard: string[] = [];
    const server = await serve(format, ({ text }) => {
      heard.push(text);
      return proper;
    });
    const deployment: Deployment = {
      ...{ name: "main", provider: format.name, apiType: format.name, model: "test-model", baseUrl: "" },
      ...{ settings: server.settings, price: { input: 0, output: 0 }, priceBasis: "known" as const, maxToken: 1000 },
    };
    const llm = await connectDeployment(deployment, { notify: () => {}, heard: () => {} });
    await whole(llm, { messages: [{ role: "user", content: "a\ud83cb\0c" }] });
    expect(heard).toContain("a\ufffdb\0c");
  });
});

describe("172 an answer that is no stream", () => {
  it.each([
    ["openai", openaiFormat, openai],
    ["anthropic", anthropicFormat, anthropic],
  ] as const)("172 %s: is asked for by extra_body, and read as the stream would be", async (_, format, provider) => {
    const bodies: unknown[] = [];
    const server = await httpServer(({ text }) => {
      const body: unknown = JSON.parse(text);
      bodies.push(body);
      return "stream_options" in (body as object)
        ? { status: 400, pieces: ["stream_options is only allowed when stream is enabled"] }
        : { headers: { "content-type": "application/json" }, pieces: [format.body?.(said) ?? ""] };
    });
    onTestFinished(() => server.close());
    const settings = { base_url: server.url, api_key: "test-key-0001", model: "test-model" };
    const config = provider.config.parse({ ...settings, extra_body: { stream: false } });
    const { deltas, ...answer } = await drain(await provider.connect(config as never, tools()));
    const { deltas: _deltas, ...streamed } = await answered(format, { pieces: format.pieces(said) });
    expect(answer).toEqual(streamed);
    expect(bodies.at(-1)).toMatchObject({ stream: false });
  });
});

describe("173 money", () => {
  it("173 openai: a price that is only assumed is marked so, the tokens are right", async () => {
    const llm = await (await serve(openaiFormat, { pieces: openaiFormat.pieces(said) })).connect();
    const { ask, events } = operationOn(llm, { price: { input: 1, output: 1 }, priceBasis: "assumed" });
    await ask();
    expect(events.at(-1)).toMatchObject({ usage: { ...usage, source: "reported" }, cost: { basis: "assumed" } });
  });

  it("173 openai: a call that the money does not reach for is not sent", async () => {
    const server = await serve(openaiFormat, { pieces: openaiFormat.pieces(said) });
    const { ask } = operationOn(await server.connect(), { investment: 0.01, price: { input: 1, output: 10 } });
    const answers = [await ask(), await ask()];
    expect(answers).toMatchObject([
      { ok: false, failure: { kind: "budget" } },
      { ok: false, failure: { kind: "budget" } },
    ]);
    expect(server.asked()).toBe(0);
    const { ask: again, budget } = operationOn(await server.connect(), {
      investment: 0.011,
      price: { input: 1, output: 10 },
    });
    expect([(await again()).ok, (await again()).ok]).toEqual([true, true]);
    expect([server.asked(), budget.spent]).toEqual([2, (2 * 29) / 1e6]);
  });
});

describe("174 the time of a whole call", () => {
  it.each([
    [0, 300],
    [1, 1],
    [undefined, 600],
  ])("174 all: timeout %s is %i seconds", (timeout, seconds) => {
    const clock = startClock({ timeout }, undefined);
    clock.stop();
    expect(clock.whole).toBe(seconds * 1000);
  });

  const phases = formats.flatMap((format): [string, Format, Reply][] => [
    [`174 ${format.name}: ends the call before the headers`, format, { wait: 3000 }],
    [`174 ${format.name}: ends the call before the first token`, format, { pieces: [], end: "stall" }],
    [
      `174 ${format.name}: ends the call in the text`,
      format,
      { pieces: format.pieces({ text: ["Hel"] }), end: "stall" },
    ],
  ]);
  it.concurrent.for(phases)("%s", async ([, format, reply], { expect, onTestFinished }) => {
    const server = await serve(format, reply, onTestFinished);
    const { error } = await failed(await server.connect({}, { timeout: 0.2 }));
    expect(error.kind).toBe("timeout");
    expect(error.message).toContain("did not finish its answer in 0.2 s");
  });
});

it("176 all: a kind that nobody knows is answered with those that are known", async () => {
  const files = { "config/config2.yaml": "llm: { api_type: carrier pigeon, model: m }" };
  await expect(resolveFrom(files)).rejects.toMatchObject({
    message: expect.stringContaining("carrier pigeon is no kind of LLM"),
    hint: expect.stringMatching(/^Kinds are openai, anthropic, deepseek, /),
  });
});

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));
}

/** A port of the other kind of address that leads to this one. */
async function forwarder(port: number): Promise<number> {
  const server = createServer((near) => {
    const far = dial(port, "127.0.0.1");
    near.on("error", () => far.destroy()).pipe(far);
    far.on("error", () => near.destroy()).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "::1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
