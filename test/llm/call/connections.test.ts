import { describe, expect, it } from "vitest";
import { openConnections } from "../../../src/llm/call/connections.ts";
import type { Deployment } from "../../../src/llm/deployment.ts";
import type { Notice } from "../../../src/llm/provider.ts";

const deployment: Deployment = {
  name: "main",
  provider: "openai",
  apiType: "openai",
  model: "gpt-x",
  baseUrl: "https://llm.example.com/v1",
  settings: { api_key: "sk-1", temperature: 0 },
  price: { input: 1, output: 1 },
  priceBasis: "known",
  maxToken: 100,
};

/** Connections to nothing, with the names of what was connected and the ears it was given. */
function open() {
  const connected: string[] = [];
  const ears: ((status: number, headers: Headers) => void)[] = [];
  const notices: Notice[] = [];
  const { to, forget } = openConnections(
    async ({ name }, { notify, heard }) => {
      connected.push(name);
      ears.push(heard);
      notify({ type: "prompt-changed", about, recording: name });
      return { stream: () => Promise.reject(new Error("nobody asks it")) as never };
    },
    (notice) => notices.push(notice),
  );
  return { to, forget, connected, ears, notices };
}
const about = { role: "PM", action: "WritePRD", subject: "", attempt: 1, turn: 1 };

it("connects at the first call, once, also for calls at once", async () => {
  const { to, connected, notices } = open();
  const one = to(deployment);
  expect(connected).toEqual([]);
  const [first, second] = await Promise.all([one.llm(), to(deployment).llm()]);
  expect(second).toBe(first);
  expect(connected).toEqual(["main"]);
  expect(notices).toEqual([{ type: "prompt-changed", about, recording: "main" }]);
});

describe("two deployments", () => {
  it.each<[string, Partial<Deployment>, { llm: boolean; account: boolean }]>([
    [
      "that differ in name and price share everything",
      { price: { input: 2, output: 2 } },
      { llm: true, account: true },
    ],
    [
      "that differ in what they send share limits and failures",
      { settings: { ...deployment.settings, temperature: 1 } },
      { llm: false, account: true },
    ],
    ["with keys of their own share nothing", { settings: { api_key: "sk-2" } }, { llm: false, account: false }],
    [
      "with models of their own share nothing",
      { model: "gpt-y", settings: { ...deployment.settings, model: "gpt-y" } },
      { llm: false, account: false },
    ],
    [
      "with servers of their own share nothing",
      { baseUrl: "https://b.example.com", settings: { ...deployment.settings, base_url: "https://b.example.com" } },
      { llm: false, account: false },
    ],
    ["of different kinds share nothing", { provider: "anthropic" }, { llm: false, account: false }],
  ])("%s", async (_, part, shared) => {
    const { to } = open();
    const [one, other] = [to(deployment), to({ ...deployment, name: "other", ...part })];
    expect((await one.llm()) === (await other.llm())).toBe(shared.llm);
    expect(one.limits === other.limits).toBe(shared.account);
    expect(one.breaker === other.breaker).toBe(shared.account);
  });
});

it("lets the calls of a deployment wait for what its server said in the headers of an answer", async () => {
  const { to, ears } = open();
  await to(deployment).llm();
  ears[0]?.(429, new Headers({ "retry-after-ms": "60" }));
  const order: string[] = [];
  const enter = async (model: string) => {
    await to({ ...deployment, model }).limits.enter(1, new AbortController().signal);
    order.push(model);
  };
  await Promise.all([enter("gpt-x"), enter("gpt-y")]);
  expect(order).toEqual(["gpt-y", "gpt-x"]);
});

it("keeps to the limits that the first of them states", async () => {
  const { to } = open();
  const { limits } = to({ ...deployment, limits: { concurrency: 1 } });
  await limits.enter(1, new AbortController().signal);
  const caller = new AbortController();
  const waits = limits.enter(1, caller.signal);
  expect(limits.waiting).toBe(1);
  caller.abort();
  await expect(waits).rejects.toMatchObject({ kind: "aborted" });
});

it("forgets a deployment that is gone: one in its place has limits of its own and connects anew", async () => {
  const { to, forget, connected } = open();
  const before = to({ ...deployment, limits: { concurrency: 1 } });
  await before.llm();
  before.breaker.failed("auth", "the key was refused");
  forget(deployment);
  const after = to({ ...deployment, limits: { concurrency: 2 } });
  await after.llm();
  expect(connected).toEqual(["main", "main"]);
  const enter = () => after.limits.enter(1, new AbortController().signal);
  await Promise.all([enter(), enter()]);
  expect([before.breaker.check(), after.breaker.check()]).toEqual([
    "the key was refused (tried again in 60 s)",
    undefined,
  ]);
});
