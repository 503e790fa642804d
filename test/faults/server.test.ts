import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { Prd } from "../../actions/write-prd.ts";
import { Random } from "../../bench/corpus/random.ts";
import { readCode, repair } from "../../src/repair/index.ts";
import { type Fault, faultNames, faulty } from "./faults.ts";
import { type Model, usageOf } from "./model.ts";
import { type Faults, faultsBySeed, killsBySeed } from "./plan.ts";
import { type FaultyServer, faultyServer } from "./server.ts";

const poem = `${"Röslein auf der Heiden, 野玫瑰。\n".repeat(60)}Ende`;

/** What came over the wire, until it ended or nothing more was waited for. */
interface Came {
  /** Undefined where not even a status line came. */
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly end: "close" | "reset" | "open";
}

const looksLike: Record<Fault, (came: Came, server: FaultyServer) => unknown> = {
  async "refused connections"(came, server) {
    expect([came.status, came.end]).toEqual([undefined, "reset"]);
    expect(await connecting(server)).toBe("ECONNREFUSED");
    await expect.poll(() => connecting(server), { timeout: 5_000 }).toBe("connected");
  },
  reset: (came) => expect([came.status, came.end]).toEqual([undefined, "reset"]),
  "no answer": (came) => expect([came.status, came.end]).toEqual([undefined, "open"]),
  stall: (came) => expect([came.status, came.body.length, came.end]).toEqual([200, 0, "open"]),
  "stall in the middle": (came) => expect([isPart(came), came.end]).toEqual([true, "open"]),
  "slow-loris"(came) {
    const [first, rest = ""] = came.body.toString().split(/(?<=\n\n)/);
    expect([came.status, came.end, first?.endsWith("\n\n")]).toEqual([200, "open", true]);
    expect(rest).toMatch(/^dat?a?:?.{0,5}$/);
  },
  async "429 with Retry-After"(came, server) {
    expect([came.status, came.headers["retry-after"]]).toEqual([429, "1"]);
    expect(await ask(server, "another question")).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    await sleep(350);
    expect(await ask(server)).toMatchObject({ status: 200 });
  },
  "429 with milliseconds": (came) =>
    expect(came).toMatchObject({
      status: 429,
      headers: { "retry-after-ms": "350", "x-ratelimit-remaining-requests": "0" },
    }),
  async "429 without headers"(came, server) {
    expect(came.status).toBe(429);
    expect(Object.keys(came.headers).filter((name) => /retry|ratelimit/.test(name))).toEqual([]);
    expect(await ask(server, "another question")).toMatchObject({ status: 429 });
  },
  "500": (came) => expect([came.status, errorIn(came)]).toEqual([500, "The server had an error"]),
  "502": (came) => expect([came.status, errorIn(came)]).toEqual([502, "bad gateway"]),
  "503": (came) => expect([came.status, errorIn(came), came.headers["retry-after"]]).toEqual([503, "overloaded", "1"]),
  "529": (came) => expect([came.status, errorIn(came)]).toEqual([529, "Overloaded"]),
  "HTML page with 502": (came) => expect([came.status, isPage(came)]).toEqual([502, true]),
  "HTML page with 200": (came) => expect([came.status, isPage(came)]).toEqual([200, true]),
  "cut stream": (came) => expect([isPart(came), came.end]).toEqual([true, "close"]),
  "reset in the middle": (came) => expect([isPart(came), came.end]).toEqual([true, "reset"]),
  "half a character"(came) {
    expect([isPart(came), came.end]).toEqual([true, "close"]);
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(came.body)).toThrow("not valid");
  },
  "characters in halves"(came) {
    expect(whole(came)).toEqual({ text: poem, finish: "stop" });
    const { pieces = [] } = faulty("characters in halves", model.answer([asked("a question")]), new Random(1));
    const halves = pieces.filter((piece) => Buffer.from(piece).toString().endsWith("\ufffd"));
    expect(halves.length).toBeGreaterThan(3);
  },
  "answer called HTML": (came) => expect(typed(came)).toEqual(["text/html; charset=utf-8", poem]),
  "answer called JSON": (came) => expect(typed(came)).toEqual(["application/json", poem]),
  "answer called nothing": (came) => expect(typed(came)).toEqual([undefined, poem]),
  "empty body": (came) => expect([came.status, came.body.length, came.end]).toEqual([200, 0, "close"]),
  "empty answer": (came) => expect(whole(came)).toEqual({ text: "", finish: "stop" }),
  "a megabyte of thoughts"(came) {
    expect(came.body.length).toBeGreaterThan(1_000_000);
    expect(whole(came)).toEqual({ text: poem, finish: "stop" });
  },
  "more than was allowed"(came) {
    expect(whole(came).text.length).toBeGreaterThan(20 * 60_000);
    expect(whole(came).finish).toBe("");
  },
  garbage(came) {
    const { text, finish } = whole(came);
    expect([finish, text.length > 80]).toEqual(["stop", true]);
    expect(readCode(text, { path: "js/game.js" }).ok).toBe(false);
    expect(repair(text, Prd, { accept: "exact" }).ok).toBe(false);
  },
  "output limit"(came) {
    const { text, finish } = whole(came);
    expect([finish, poem.startsWith(text), text.length > 0 && text.length < poem.length]).toEqual([
      "length",
      true,
      true,
    ]);
  },
};

describe("the server with faults", () => {
  it.each(faultNames)("%s: looks so on the wire", { timeout: 10_000 }, async (fault) => {
    const server = await started((_opening, time) => (time === 1 ? fault : undefined));
    const came = await ask(server, "a question", patienceWith(fault));
    expect(server.log).toMatchObject([{ fault, title: "WritePoem" }]);
    await looksLike[fault](came, server);
  });

  it.each(faultNames)("%s: is over the next time, and counts as an answer only if one came", async (fault) => {
    let met = 0;
    const server = await started(() => (met++ === 0 ? fault : undefined));
    const came = await ask(server, "a question", patienceWith(fault));
    if (fault === "refused connections") await expect.poll(() => connecting(server)).toBe("connected");
    if (/^429/.test(fault)) await sleep(350);
    expect(whole(await ask(server))).toEqual({ text: poem, finish: "stop" });
    const complete = came.end === "close" && whole(came).finish !== "" && whole(came).text !== "";
    expect(server.log.map(({ answer }) => answer)).toEqual([complete ? whole(came).text : undefined, poem]);
  });

  it("answers properly where nothing goes wrong", async () => {
    const server = await started(() => undefined);
    const came = await ask(server);
    expect(came).toMatchObject({ status: 200, end: "close", headers: { "content-type": /event-stream/ } });
    expect(whole(came)).toEqual({ text: poem, finish: "stop" });
    expect(came.body.toString()).toContain('"usage":{"prompt_tokens":3,"completion_tokens":');
  });

  it("throws at its end what it did not understand", async () => {
    const server = await faultyServer(model, () => undefined);
    expect((await ask(server, "stupid question")).status).toBeUndefined();
    await expect(server.close()).rejects.toThrow("a stupid question");
  });

  it("is quiet once nobody waits for an answer", async () => {
    const server = await started(() => "stall");
    let waits = true;
    const asking = ask(server, "a question", 400).then(() => {
      waits = false;
    });
    await expect.poll(() => server.log.length).toBe(1);
    await server.quiet();
    expect(waits).toBe(false);
    await asking;
  });
});

describe("the plan of a seed", () => {
  const openings = Array.from({ length: 200 }, (_, number) => `opening ${number}`);
  const metBy = (faults: Faults, opening: string) => [1, 2, 3, 4].flatMap((time) => faults(opening, time) ?? []);

  it("is the same each time, and another for another seed", () => {
    const all = (seed: number) => openings.map((opening) => metBy(faultsBySeed(seed), opening));
    expect(all(1)).toEqual(all(1));
    expect(all(1)).not.toEqual(all(2));
    expect(killsBySeed(1)).toEqual(killsBySeed(1));
    expect(killsBySeed(1)).not.toEqual(killsBySeed(2));
  });

  it("has a question meet no kind twice, and few in all", () => {
    for (const opening of openings) {
      const met = metBy(faultsBySeed(3, { most: 2 }), opening);
      expect(new Set(met).size).toBe(met.length);
      expect(met.length).toBeLessThanOrEqual(2);
    }
  });

  it("has every fault come up, and every way to kill", () => {
    const seeds = Array.from({ length: 30 }, (_, seed) => seed);
    const met = seeds.flatMap((seed) => openings.slice(0, 20).flatMap((opening) => metBy(faultsBySeed(seed), opening)));
    expect([...new Set(met)].sort()).toEqual([...faultNames].sort());
    const kills = seeds.flatMap((seed) => killsBySeed(seed));
    expect(new Set(kills.map(({ when, withChildren }) => `${when} ${withChildren}`)).size).toBe(8);
  });
});

const model: Model = {
  idea: "a poem",
  questions: new Map(),
  answer(messages) {
    const [{ content } = { content: "" }] = messages;
    if (content === "stupid question") throw new Error("this is a stupid question");
    const usage = usageOf(messages, poem);
    return { text: poem, usage, opening: content, conversation: content, title: "WritePoem", before: "" };
  },
};

const asked = (content: string) => ({ role: "user", content }) as const;

async function started(faults: Faults): Promise<FaultyServer> {
  const server = await faultyServer(model, faults);
  onTestFinished(() => server.close());
  return server;
}

/** Milliseconds. */
const patienceWith = (fault: Fault) =>
  fault === "slow-loris" ? 700 : /^(no answer|stall)/.test(fault) ? 400 : undefined;

/** Asks, and gives up after some time where no end is to be expected. */
function ask({ url }: FaultyServer, question = "a question", patience = 8_000): Promise<Came> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let status: number | undefined;
    let headers: IncomingHttpHeaders = {};
    const outgoing = request(`${url}/chat/completions`, { method: "POST", agent: false });
    const over = (end: Came["end"]) => {
      clearTimeout(timer);
      resolve({ status, headers, body: Buffer.concat(pieces), end });
      outgoing.destroy();
    };
    const timer = setTimeout(() => over("open"), patience);
    outgoing.on("error", () => over("reset"));
    outgoing.on("response", (incoming) => {
      status = incoming.statusCode;
      headers = incoming.headers;
      incoming.on("data", (piece: Buffer) => pieces.push(piece));
      incoming.on("end", () => over("close")).on("error", () => over("reset"));
    });
    outgoing.end(JSON.stringify({ stream: true, messages: [asked(question)] }));
  });
}

function connecting({ url }: FaultyServer): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  return new Promise<string>((resolve) => {
    socket.on("connect", () => resolve("connected"));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  }).finally(() => socket.destroy());
}

/** The text of a streamed answer, and its finish as far as one came. */
function whole({ body }: Came): { text: string; finish: string } {
  const events = body.toString().split("\n\n");
  const chunks = events.flatMap((event) => (/^data: \{.*\}$/s.test(event) ? [JSON.parse(event.slice(6))] : []));
  const choices = chunks.flatMap(({ choices }) => choices ?? []);
  return {
    text: choices.map(({ delta }) => delta.content ?? "").join(""),
    finish: choices.map(({ finish_reason }) => finish_reason ?? "").join(""),
  };
}

/** The beginning of the answer and no more. */
const isPart = (came: Came) => {
  const { text, finish } = whole(came);
  return came.status === 200 && came.body.length > 0 && finish === "" && poem.startsWith(text);
};

const typed = (came: Came) => [came.headers["content-type"], whole(came).text];
const isPage = ({ headers, body }: Came) => /html/.test(headers["content-type"] ?? "") && /^<!doctype/.test(`${body}`);
const errorIn = ({ body }: Came) => JSON.parse(body.toString()).error.message;
