import { describe, expect, it } from "vitest";
import { endingOf } from "../../src/either-signal.ts";
import { retrying } from "../../src/llm/call/retry.ts";
import { type FailureKind, ProviderError } from "../../src/llm/provider.ts";
import { httpServer } from "../helpers/http-server.ts";
import { type Format, failed, failure, type Reply, serve, whole } from "./format.ts";
import { sparkFormat } from "./formats/spark.ts";
import { eventFormats, formats, httpFormats, named, textFormats } from "./formats.ts";

const never = new AbortController().signal;
const usage = { input: 9, output: 2 };
const said = { text: ["Hello."], finish: "stop", usage } as const;

/** A refusal with this body. */
const refusal = (status: number, body: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { "content-type": typeof body === "string" ? "text/html" : "application/json", ...headers },
  pieces: [typeof body === "string" ? body : JSON.stringify(body)],
});

/** A server that answers with these in turn and then properly, asked as often as its failures allow. */
async function tried(format: Format, ...replies: readonly Reply[]) {
  const proper = { pieces: format.pieces(said) };
  const server = await serve(format, ({ number }) => replies[number - 1] ?? proper);
  const llm = await server.connect();
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  const call = retrying(() => whole(llm), { ended: endingOf(never), sleep, random: () => 0 });
  const outcome = await call.then(
    ({ text }) => ({ text, error: undefined }),
    (error: unknown) => {
      if (!(error instanceof ProviderError)) throw error;
      return { text: undefined, error };
    },
  );
  return { ...outcome, waits, asked: server.asked(), url: server.url };
}

const times = (count: number, reply: Reply) => Array.from({ length: count }, () => reply);

describe.each(named(httpFormats))("%s: a refusal", (_, format) => {
  it.each<[unknown, string?]>([
    [{ error: { message: "BOOM", type: "t", param: null, code: null } }],
    [{ error: { message: "BOOM", code: "unknown_parameter" } }, "unknown_parameter"],
    [{ error: { message: "BOOM", type: "BadRequestError", code: 400 } }],
    [{ error: "BOOM" }],
    [{ error: { code: "invalid_model", message: "BOOM" }, id: "as-1" }, "invalid_model"],
    [{ error: { code: "1210", message: "BOOM" } }, "1210"],
    [{ type: "error", error: { type: "invalid_request_error", message: "BOOM" }, request_id: "r" }],
    [{ object: "error", message: "BOOM", code: 40001 }, "40001"],
    [{ detail: "BOOM" }],
    [{ detail: [{ loc: ["body"], msg: "BOOM", type: "missing" }] }],
    [{ detail: { error: { message: "BOOM", code: "c-1" } } }, "c-1"],
    [{ code: "InvalidParameter", message: "BOOM", request_id: "r" }, "InvalidParameter"],
    [{ error_code: 336003, error_msg: "BOOM" }, "336003"],
    [{ code: 10163, message: "BOOM", sid: "s" }, "10163"],
    [[{ error: { code: 400, message: "BOOM", errors: [], status: "INVALID_ARGUMENT" } }]],
    ["<html><head><title>400</title></head><body><center>BOOM</center></body></html>"],
  ])(`073 ${format.name}: %j gives its words and its code, after one request`, async (body, code) => {
    const { error, asked } = await tried(format, ...times(2, refusal(400, body)));
    expect([error?.kind, asked]).toEqual(["request", 1]);
    expect(error?.message).toMatch(new RegExp(`: BOOM \\(HTTP 400${code ? `, ${code}` : "(, \\w+)?"}\\)$`));
  });

  it.each<[string, FailureKind, Reply]>([
    ["086", "quota", refusal(429, { error: { message: "no money", code: "insufficient_quota" } })],
    ["086", "quota", refusal(402, { error: { message: "no money" } })],
    ["092", "overflow", refusal(413, "<html>Request Entity Too Large</html>")],
    ["098", "policy", refusal(400, { error: { message: "no", code: "content_filter" } })],
    ["098", "policy", refusal(400, { error: { message: "no", code: "data_inspection_failed" } })],
    ["098", "policy", refusal(403, { error: { code: 403, message: "no", metadata: { reasons: ["violence"] } } })],
  ])(`%s ${format.name}: %s after one request: %j`, async (_, kind, reply) => {
    const { error, asked } = await tried(format, ...times(2, reply));
    expect([error?.kind, asked]).toEqual([kind, 1]);
  });

  it.each([
    "prompt is too long: 210000 tokens > 200000 maximum",
    "This model's maximum context length is 4096 tokens.",
    "Range of input length should be [1, 30720]",
  ])(`091 ${format.name}: an overflow is not sent again: %s`, async (message) => {
    const { error, asked } = await tried(format, ...times(2, refusal(400, { error: { message } })));
    expect([error?.kind, asked]).toEqual(["overflow", 1]);
    expect(error?.hint).toContain("larger context");
  });

  it(`090 ${format.name}: of an unknown model names it, with a hint`, async () => {
    const body = { error: { message: "The model `test-model` does not exist", code: "model_not_found" } };
    const { error, asked } = await tried(format, ...times(2, refusal(404, body)));
    expect([error?.kind, asked]).toEqual(["request", 1]);
    expect(error?.message).toContain("test-model at http://127.0.0.1:");
    expect(error?.hint).toContain("test-model");
  });

  it(`087 ${format.name}: of a key says what to mend, after one request`, async () => {
    const { error, asked } = await tried(format, ...times(2, refusal(401, { error: { message: "no such key" } })));
    expect([error?.kind, asked]).toEqual(["auth", 1]);
    expect(error?.hint).toContain(Object.keys(format.secrets)[0] ?? "api_key");
  });

  it(`085 ${format.name}: is tried again or not as the server says`, async () => {
    const no = await tried(format, refusal(503, "busy", { "x-should-retry": "false" }));
    expect([no.error?.kind, no.asked]).toEqual(["server", 1]);
    const yes = await tried(format, refusal(400, { error: "once more" }, { "x-should-retry": "true" }));
    expect([yes.text, yes.asked]).toEqual(["Hello.", 2]);
  });

  it.each<[string, Record<string, string>, number]>([
    ["080", { "retry-after": "2" }, 2000],
    ["080", { "retry-after": "0.5" }, 500],
    ...["0", "-1", "abc", "", "Thu, 15 Jan 2026 08:29:00 GMT"].map((wait): [string, Record<string, string>, number] => [
      "081",
      { "retry-after": wait },
      500,
    ]),
    ["083", { "retry-after-ms": "300", "retry-after": "9" }, 300],
    ["084", { "x-ratelimit-reset-requests": "17ms" }, 17],
    ["084", { "x-ratelimit-reset-tokens": "50s" }, 50_000],
  ])(`%s ${format.name}: with %j is waited for %i ms`, async (_, headers, wait) => {
    const { text, waits } = await tried(format, refusal(429, { error: { message: "slow" } }, headers));
    expect({ text, waits }).toEqual({ text: "Hello.", waits: [wait] });
  });

  it(`080 ${format.name}: with a date is waited for until then`, async () => {
    const date = new Date(Date.now() + 20_000).toUTCString();
    const { waits } = await tried(format, refusal(429, { error: { message: "slow" } }, { "retry-after": date }));
    expect(waits[0]).toBeGreaterThan(10_000);
    expect(waits[0]).toBeLessThanOrEqual(20_000);
  });

  it.each([
    ["082", { "retry-after": "3600" }, 3600],
    ["084", { "x-ratelimit-reset-requests": "1m30s" }, 90],
  ])(`%s ${format.name}: with %j is not waited for, and the wait named`, async (_, headers, seconds) => {
    const { error, waits, asked } = await tried(format, refusal(429, { error: { message: "slow" } }, { ...headers }));
    expect([error?.kind, waits, asked]).toEqual(["rate", [], 1]);
    expect(error?.message).toContain(`the server asks to wait ${seconds} s`);
  });
});

describe.each(named(formats))("%s: a server in trouble", (_, format) => {
  it(`074 ${format.name}: with a page, a text or nothing is tried again`, async () => {
    const troubles = [
      refusal(502, "<html>Bad Gateway</html>"),
      refusal(500, ""),
      refusal(503, "busy"),
      refusal(524, ""),
    ];
    const { text, asked } = await tried(format, ...troubles);
    expect([text, asked]).toEqual(["Hello.", 5]);
    const { error } = await tried(format, ...times(5, refusal(502, "<html><h1>Bad Gateway</h1></html>")));
    expect(error).toMatchObject({ kind: "server", status: 502, message: expect.stringContaining("Bad Gateway") });
  });

  it.each([409, 500, 503, 529])(`088 ${format.name}: %i once goes unnoticed`, async (status) => {
    const { text, asked } = await tried(format, refusal(status, { error: { message: "busy" } }));
    expect([text, asked]).toEqual(["Hello.", 2]);
  });

  it(`089 ${format.name}: for ever is tried five times, the last error told`, async () => {
    const busy = (number: number) => refusal(503, { error: { message: `busy ${number}` } });
    const { error, asked, waits } = await tried(format, ...[1, 2, 3, 4, 5, 6].map(busy));
    expect([error?.kind, asked, waits]).toEqual(["server", 5, [500, 1000, 2000, 4000]]);
    expect(error?.message).toContain("busy 5");
    expect(error?.tries).toHaveLength(5);
  });

  it(`077 ${format.name}: says so in the middle of a stream`, async () => {
    const begun = format.pieces({ text: ["Hel"] });
    const mark = format.framing === "events" ? ["data: [DONE]\n\n"] : [];
    for (const rest of [[], mark]) {
      const { error, text } = await failure(format, { pieces: [...begun, format.fault("engine died"), ...rest] });
      expect([error.kind, text]).toEqual(["server", "Hel"]);
      expect(error.message).toContain("engine died");
    }
  });
});

describe.each(named(textFormats))("%s: an error under 200", (_, format) => {
  const under200 = (body: object): Reply => ({
    headers: { "content-type": "application/json" },
    pieces: [JSON.stringify(body)],
  });

  const bodies = [{ error: "model exploded" }, { error: { message: "model exploded", type: "server_error" } }];
  // Ollama's errors are texts.
  it.each(format.framing === "lines" ? bodies.slice(0, 1) : bodies)(
    `075 ${format.name}: %j is none of the answers`,
    async (body) => {
      const { error } = await failure(format, under200(body));
      expect(error.kind).toBe("server");
      expect(error.message).toContain("model exploded");
    },
  );
});

describe.each(named(eventFormats))("%s: a limit under 200", (_, format) => {
  it.each([
    { error_code: 336501, error_msg: "slow down" },
    { code: "rpm_rate_limit_exceeded", msg: "slow down" },
    { code: 11202, message: "slow down", sid: "s" },
  ])(`076 ${format.name}: %j is tried again`, async (body) => {
    const reply = { headers: { "content-type": "application/json" }, pieces: [JSON.stringify(body)] };
    const { text, asked } = await tried(format, reply);
    expect([text, asked]).toEqual(["Hello.", 2]);
    const { error } = await failure(format, reply);
    expect([error.kind, error.message.includes("slow down")]).toEqual(["rate", true]);
  });
});

describe.each(named(httpFormats))("%s: a redirect", (_, format) => {
  const to = (status: number, location: string): Reply => ({ status, headers: { location }, pieces: [] });
  const route: Readonly<Record<string, string>> = {
    openai: "/v1/chat/completions",
    zhipu_jwt: "/v1/chat/completions",
    anthropic: "/v1/messages",
    ollama: "/api/chat",
    bedrock: "/model/test-model/converse-stream",
    dashscope: "/api/v1/services/aigc/text-generation/generation",
  };
  const home = route[format.name] ?? "?access_token=token-0001";

  it(`096 ${format.name}: within one origin is followed with the whole request`, async () => {
    const { text, asked } = await tried(format, to(307, home));
    expect([text, asked]).toEqual(["Hello.", 2]);
  });

  it.each([301, 302])(`096 ${format.name}: by %i is refused, and says where it leads`, async (status) => {
    const { error, asked, url } = await tried(format, to(status, home));
    expect([error?.kind, asked]).toEqual(["protocol", 1]);
    expect(error?.message).toContain(`the server redirects to ${url}`);
  });

  it(`097 ${format.name}: to another origin takes neither key nor prompt there`, async () => {
    const trap = await httpServer(() => ({ pieces: format.pieces(said) }));
    const server = await serve(format, to(307, `${trap.url}${home}`));
    const { error } = await failed(await server.connect());
    await trap.close();
    expect(error.kind).toBe("protocol");
    expect(error.message).toContain(trap.url);
    expect(trap.requests).toEqual([]);
  });
});

describe("spark", () => {
  it("080 spark: a handshake refused with a wait is waited for", async () => {
    const { text, waits } = await tried(sparkFormat, refusal(429, { message: "slow" }, { "retry-after": "2" }));
    expect({ text, waits }).toEqual({ text: "Hello.", waits: [2000] });
  });

  it.each([301, 307])("097 spark: a handshake redirected by %i takes nothing anywhere", async (status) => {
    const trap = await serve(sparkFormat, { pieces: sparkFormat.pieces(said) });
    const headers = { location: `${trap.url}/v3.5/chat` };
    const { error } = await failure(sparkFormat, { status, headers, pieces: ["moved"] });
    expect([error.kind, trap.asked()]).toEqual(["request", 0]);
  });
});
