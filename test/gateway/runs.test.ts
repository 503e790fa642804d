import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Agent, fetch, type Response } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { hashOfKey } from "../../src/gateway/callers.ts";
import type { RunView } from "../../src/gateway/runs.ts";
import { findSandbox } from "../../src/project/sandbox/index.ts";
import { onOpenAi } from "../helpers/company.ts";
import { code, idea } from "../helpers/greeter.ts";
import type { Script } from "../helpers/openai-server.ts";
import { filesIn, tempFolder } from "../helpers/temp.ts";

const program = fileURLToPath(new URL("../../dist/metagpt.cjs", import.meta.url));

/** All that a run asks, each once. */
const questions = [
  ...["WriteCode/greeter/names.py", "WriteCode/greeter/phrases.py", "WriteCode/main.py"],
  ...["WriteCodeReview/greeter/names.py", "WriteCodeReview/greeter/phrases.py", "WriteCodeReview/main.py"],
  ...["WriteDesign", "WritePRD", "WriteTasks"],
];

const hasSandbox = await findSandbox("require").then(
  () => true,
  () => false,
);

const keys = { boss: "key-of-the-boss", guest: "key-of-a-guest" };

/** Each may spend a dollar, and the guest ask one model only. */
const auth = [
  { name: "boss", key_hash: hashOfKey(keys.boss), budget: 1 },
  { name: "guest", key_hash: hashOfKey(keys.guest), models: ["open_llm"], budget: 1 },
];

type Company = Awaited<ReturnType<typeof onOpenAi>>;

/** The company of a server that lets its callers start runs, and the way to start that server. */
async function served(
  answer?: (question: string, times: number) => Script | undefined | Promise<Script | undefined>,
  settings: object = {},
) {
  const company = await onOpenAi(answer);
  const file = join(company.cwd, "config", "config2.yaml");
  const own = { serve: { runs: true, port: 0, run_queue: 1 }, auth, investment: 0.25, ...settings };
  const written = Object.entries(own).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
  const price = "  price: { input: 0.1, output: 0.2 }\n";
  writeFileSync(file, readFileSync(file, "utf8") + price + written.join(""));
  return { ...company, start: () => startServer(company) };
}

/** Starts the program as a server, until the test ends, and gives what callers do with it. */
async function startServer({ cwd }: Company) {
  mkdirSync(join(cwd, "home"), { recursive: true });
  const env = { PATH: process.env.PATH ?? "", HOME: join(cwd, "home") };
  const words = ["serve", "--state", "state.json"];
  const server = spawn(process.execPath, [program, ...words], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(server, "close");
  const end = async (signal: NodeJS.Signals) => {
    server.kill(signal);
    await ended;
  };
  onTestFinished(() => end("SIGTERM"));
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const url = await new Promise<string>((resolve, reject) => {
    server.stdout.setEncoding("utf8").on("data", (text: string) => {
      const [found] = /http:\S+(?=\/v1 )/.exec(text) ?? [];
      if (found) resolve(found);
    });
    server.once("exit", () => reject(new Error(log)));
  });
  const ask = (method: string, path: string, { key = keys.boss, body, headers = {} }: Asking = {}) =>
    fetch(url + path, {
      method,
      // a connection for each request, so that none is left that the server would wait for
      dispatcher: new Agent({ pipelining: 0 }),
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const run = async (method: string, path: string, asking?: Asking) =>
    (await (await ask(method, path, asking)).json()) as RunView;
  const begin = (options: object = {}) => run("POST", "/v1/runs", { body: { idea, options } });
  /** The run in one of these states, once it is. */
  const reached = async (id: string, ...states: string[]) => {
    for (;;) {
      const found = await run("GET", `/v1/runs/${id}`);
      if (states.includes(found.state)) return found;
      await sleep(50);
    }
  };
  return { ask, run, begin, reached, end, log: () => log };
}

interface Asking {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Events as they were sent, a number of them or all; what a client of SSE would make of them. */
async function eventsOf(response: Response, most = Number.POSITIVE_INFINITY) {
  const events: { id: number; event: string; data: { seq: number; type: string } }[] = [];
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks.filter((one) => !one.startsWith(":"))) {
      const [, id, event = "", data = ""] = /^id: (\d+)\nevent: (.+)\ndata: (.+)$/.exec(block) ?? [];
      if (events.length < most) events.push({ id: Number(id), event, data: JSON.parse(data) });
    }
    if (events.length >= most) break;
  }
  return events;
}

/** The files of an archive. */
async function unpacked(response: Response) {
  const folder = tempFolder();
  execFileSync("tar", ["-xz", "-C", folder], { input: Buffer.from(await response.arrayBuffer()) });
  return { names: readdirSync(folder), files: filesIn(join(folder, readdirSync(folder)[0] ?? "")) };
}

/** A question that is answered when the test says so. */
function held() {
  let release = () => {};
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  onTestFinished(() => release());
  const arrive = async () => {
    reach();
    await released;
    return undefined;
  };
  return { reached, release, arrive };
}

describe("a run over HTTP", () => {
  it("is told of while it works, and given as the command line would have made it", async () => {
    const design = held();
    const {
      start,
      questions: heard,
      project,
      cwd,
    } = await served((asked) => (asked === "WriteDesign" ? design.arrive() : undefined));
    const server = await start();
    const accepted = await server.ask("POST", "/v1/runs", { body: { idea, options: { investment: 0.5 } } });
    const begun = (await accepted.json()) as RunView;
    expect([accepted.status, begun]).toMatchObject([202, { state: "queued", idea, caller: "boss", exit_code: null }]);
    const [path, last] = [`/v1/runs/${begun.id}`, "last-event-id"];

    await design.reached;
    expect(await server.run("GET", path)).toMatchObject({ state: "running", message: "" });
    const first = await eventsOf(await server.ask("GET", `${path}/events`), 4);
    const following = server.ask("GET", `${path}/events`, { headers: { [last]: String(first.at(-1)?.id) } });
    design.release();
    const events = [...first, ...(await eventsOf(await following))];
    const kept = readFileSync(join(cwd, "workspace", ".runs", begun.id, "events.jsonl"), "utf8")
      .trimEnd()
      .split("\n");
    expect(events.map(({ data }) => JSON.stringify(data))).toEqual(kept);
    expect(events.every(({ id, event, data }) => data.seq === id && data.type === event)).toBe(true);
    expect([events[0]?.event, events.at(-1)?.event]).toEqual(["run-start", "run-end"]);

    const done = await server.reached(begun.id, "done");
    expect(done).toMatchObject({ message: "done", project: "greeter", calls: questions.length, exit_code: 0 });
    expect(done.usd).toBeGreaterThan(0);
    const again = await server.ask("GET", `${path}/events?after=${events.at(-3)?.id}`);
    expect(await eventsOf(again)).toEqual(events.slice(-2));
    expect((await server.ask("GET", `${path}/events?after=${events.at(-1)?.id}`)).status).toBe(204);

    const archive = await server.ask("GET", `${path}/archive`);
    expect(archive.headers.get("content-disposition")).toBe('attachment; filename="greeter.tar.gz"');
    const { names, files } = await unpacked(archive);
    expect([names, files]).toEqual([["greeter"], filesIn(project)]);
    expect(files).toMatchObject(code);
    expect(heard.toSorted()).toEqual(questions);
    expect(await (await server.ask("GET", "/v1/usage")).json()).toMatchObject({
      data: [
        { caller: "boss", usd: done.usd },
        { caller: "guest", usd: 0 },
      ],
    });
    // one that is over is cancelled no more
    expect(await server.run("DELETE", path)).toEqual(done);
  });

  it("is refused where it asks for what a server does not do", async () => {
    const { start, questions: heard, cwd } = await served();
    const server = await start();
    const post = async (body: unknown, key?: string) => {
      const response = await server.ask("POST", "/v1/runs", { body, ...(key !== undefined && { key }) });
      const { error } = (await response.json()) as { error: { message: string; param: string | null } };
      return [response.status, error.param, error.message];
    };
    const option = (options: object) => post({ idea, options });
    const message = (text: string) => expect.stringContaining(text);
    expect(await option({ project_path: "/etc" })).toEqual([400, "options.project_path", message("changes no folder")]);
    expect(await option({ clarify: true })).toEqual([400, "options.clarify", message("nobody sits at the server")]);
    expect(await option({ review: true })).toEqual([400, "options.review", message("nobody sits at the server")]);
    expect(await option({ workspace: "/tmp" })).toEqual([400, "options", message('"workspace"')]);
    expect(await option({ record: "x" })).toEqual([400, "options", message('"record"')]);
    expect(await option({ n_round: 0 })).toEqual([400, "options.n_round", message("1")]);
    expect(await option({ llm: "recording//etc" })).toEqual([400, "options.llm", message("no LLM recording//etc")]);
    expect(await option({ run_tests: true })).toEqual([400, "options.run_tests", message("without sandbox: require")]);
    const folder = "options.project_name ../.. cannot name a folder";
    expect(await option({ project_name: "../.." })).toEqual([400, null, message(folder)]);
    const verified = "only what was run can be verified. Add options.run_tests.";
    expect(await option({ require_verified: true })).toEqual([400, null, message(verified)]);
    const money =
      "what boss may spend does not suffice for the run. Ask with a smaller options.investment. Whoever runs this server can";
    expect(await option({ investment: 2 })).toEqual([429, null, message(money)]);
    expect(await post({ idea: " \n" })).toEqual([400, "idea", message("empty")]);
    expect(await post({ idea, documents: {} })).toEqual([400, null, message('"documents"')]);
    expect(await post({ idea }, keys.guest)).toEqual([403, null, message("guest may not do this")]);

    const status = async (path: string) => (await server.ask("GET", path)).status;
    const strange = ["20260131-235959-1a2b", "..%2f..%2fconfig", "%2e%2e", ".runs", "..%5c..", "%00"];
    for (const id of strange) expect([id, await status(`/v1/runs/${id}`)]).toEqual([id, 404]);
    expect(await status("/v1/runs/..%2f/archive")).toBe(404);
    expect(readdirSync(cwd).sort()).toEqual(["config", "home", "state.json"]);
    expect(heard).toEqual([]);
  });

  it("waits its turn, and is taken out of the queue or ended when it is cancelled", async () => {
    const design = held();
    const {
      start,
      questions: heard,
      program: commandLine,
    } = await served((asked) => (asked === "WriteDesign" ? design.arrive() : undefined));
    const server = await start();
    const [running, waiting] = [await server.begin(), await server.begin({ project_name: "another" })];
    const full = await server.ask("POST", "/v1/runs", { body: { idea } });
    expect([full.status, full.headers.get("retry-after")]).toEqual([429, "60"]);
    await design.reached;
    const mine = async (key: string) => {
      const { data } = (await (await server.ask("GET", "/v1/runs", { key })).json()) as { data: RunView[] };
      return data.map(({ id, state }) => ({ id, state })).sort((a, b) => (a.state < b.state ? -1 : 1));
    };
    expect(await mine(keys.boss)).toEqual([
      { id: waiting.id, state: "queued" },
      { id: running.id, state: "running" },
    ]);
    expect(await mine(keys.guest)).toEqual([]);
    expect((await server.ask("DELETE", `/v1/runs/${running.id}`, { key: keys.guest })).status).toBe(404);
    expect((await server.ask("GET", `/v1/runs/${waiting.id}/archive`)).status).toBe(409);

    const told = () => server.ask("GET", `/v1/runs/${waiting.id}/events`);
    const before = await told();
    expect(await server.run("DELETE", `/v1/runs/${waiting.id}`)).toMatchObject({ state: "cancelled", calls: 0 });
    const after = await told();
    expect([before.status, await eventsOf(before)]).toEqual([200, []]);
    expect([after.status, await eventsOf(after)]).toEqual([204, []]);
    // of the dollar a quarter is set aside for the one that runs
    const cost = async (investment: number) => {
      const response = await server.ask("POST", "/v1/runs", { body: { idea, options: { investment } } });
      return { status: response.status, id: ((await response.json()) as RunView).id };
    };
    expect((await cost(0.76)).status).toBe(429);
    const third = await cost(0.74);
    expect(third.status).toBe(202);
    expect(await server.run("DELETE", `/v1/runs/${third.id}`)).toMatchObject({ state: "cancelled" });
    const ended = eventsOf(await server.ask("GET", `/v1/runs/${running.id}/events`));
    const cancelled = server.run("DELETE", `/v1/runs/${running.id}`);
    expect((await ended).at(-1)?.event).toBe("run-end");
    expect(await cancelled).toMatchObject({ state: "cancelled", calls: 1, exit_code: 143 });
    expect((await unpacked(await server.ask("GET", `/v1/runs/${running.id}/archive`))).names).toEqual(["greeter"]);

    // the next server does not go on with it, but who wants to can
    await server.end("SIGTERM");
    const next = await start();
    expect(await next.run("GET", `/v1/runs/${running.id}`)).toMatchObject({ state: "cancelled" });
    design.release();
    expect((await commandLine("resume", running.id)).code).toBe(0);
    expect(await next.run("GET", `/v1/runs/${running.id}`)).toMatchObject({ state: "done", exit_code: 0 });
    expect(heard.filter((question) => question !== "WriteDesign").toSorted()).toEqual(
      questions.filter((question) => question !== "WriteDesign"),
    );
  });

  it.skipIf(!hasSandbox)("runs the tests that a model wrote where the server has a sandbox for them", async () => {
    const { start } = await served(undefined, { sandbox: "require" });
    const server = await start();
    const begun = await server.begin({ run_tests: true, require_verified: true });
    expect(await server.reached(begun.id, "done")).toMatchObject({ exit_code: 0 });
    const { files } = await unpacked(await server.ask("GET", `/v1/runs/${begun.id}/archive`));
    expect(files["docs/verification.md"]).toMatch(/\*\*Verified: [\s\S]*Ran 1 test in/);
  });

  it.each(["SIGKILL", "SIGTERM"] as const)(
    "goes on after a %s of the server, and nothing is paid twice",
    async (signal) => {
      const tasks = held();
      const { start, questions: heard } = await served((asked) =>
        asked === "WriteTasks" ? tasks.arrive() : undefined,
      );
      const server = await start();
      const [first, second] = [await server.begin(), await server.begin({ project_name: "another" })];
      await tasks.reached;
      const stopped = server.end(signal);
      if (signal === "SIGTERM") tasks.release();
      await stopped;
      const next = await start();
      tasks.release();
      expect(await next.reached(first.id, "done")).toMatchObject({ project: "greeter", calls: questions.length });
      expect(await next.reached(second.id, "done")).toMatchObject({ project: "another", calls: questions.length });
      expect(heard.toSorted()).toEqual([...questions, ...questions].toSorted());
    },
  );

  it("is not there unless the server lets callers start runs", async () => {
    const { start } = await served(undefined, { serve: { port: 0 } });
    expect((await (await start()).ask("POST", "/v1/runs", { body: { idea } })).status).toBe(404);
  });
});
