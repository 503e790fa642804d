import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { About, ChatMessage, Delta, Llm, Notice } from "../../src/llm/provider.ts";
import { recording } from "../../src/llm/recording.ts";
import { recorder } from "../../src/llm/recordings.ts";
import { tools } from "../helpers/tools.ts";

let folder: string;
let notices: Notice[];
let llm: Llm;
const about: About = { role: "Engineer", action: "WriteCode", subject: "game.js", attempt: 1, turn: 1 };
const messages: ChatMessage[] = [{ role: "user", content: "Write game.js." }];
const usage = { input: 100, output: 50, cachedRead: 20, source: "reported" as const };
const text = `${"蛇🐍".repeat(100)}\r\nend\n`;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "recording-"));
  const { add } = recorder(folder, { idea: "write a snake game", date: "2026-11-21" });
  await add({ ...about, messages }, { text, finish: "length", model: "gpt-x", usage, usd: 0.25 });
  notices = [];
  llm = await connect();
});
afterEach(() => rm(folder, { recursive: true }));

const connect = () =>
  recording.connect(
    { folder },
    tools({}, (notice) => notices.push(notice)),
  );

async function drain(question: About, asked = messages, signal = new AbortController().signal) {
  const stream = llm.stream({ messages: asked, maxTokens: 100, about: question }, { signal });
  const deltas: Delta[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done) return { deltas, finish: step.value };
    deltas.push(step.value);
  }
}

it("plays an answer in pieces, to the byte, with its usage, model and cost", async () => {
  const { deltas, finish } = await drain(about);
  expect(deltas.length).toBeGreaterThan(1);
  expect(deltas.map((delta) => (delta.type === "text" ? delta.text : "?")).join("")).toBe(text);
  expect(finish).toEqual({ finish: "length", usage, model: "gpt-x", cost: 0.25 });
  expect(notices).toEqual([]);
});

it.each([
  [{ ...about, turn: 2 }, "WriteCode/game.js/1.2"],
  [{ ...about, attempt: 2 }, "WriteCode/game.js/2.1"],
  [{ ...about, subject: "other.js" }, "WriteCode/other.js/1.1"],
  [{ ...about, action: "WritePRD", subject: "" }, "WritePRD/1.1"],
])("names a call that was not recorded", async (question, key) => {
  await expect(drain(question)).rejects.toMatchObject({ kind: "unrecorded", message: expect.stringContaining(key) });
});

it("reports a prompt that has changed since, and plays the answer nevertheless", async () => {
  const { deltas } = await drain(about, [{ role: "user", content: "Write game.js well." }]);
  expect(deltas[0]).toMatchObject({ type: "text" });
  expect(notices).toEqual([{ type: "prompt-changed", about, recording: "write a snake game" }]);
});

it("stops when the run does", async () => {
  await expect(drain(about, messages, AbortSignal.abort())).rejects.toMatchObject({ kind: "aborted" });
});

it("names a folder that holds no recording", async () => {
  await rm(path.join(folder, "recording.json"));
  await expect(connect()).rejects.toMatchObject({ kind: "request", message: expect.stringContaining(folder) });
});

it("names a recording whose answer is gone", async () => {
  const { calls } = JSON.parse(await readFile(path.join(folder, "recording.json"), "utf8"));
  await rm(path.join(folder, calls[0].answer));
  await expect(drain(about)).rejects.toMatchObject({ kind: "request", message: expect.stringContaining(folder) });
});

it("takes no setting but its folder", () => {
  expect(recording.config.safeParse({ folder, model: "x" }).success).toBe(false);
  expect(recording.config.safeParse({}).success).toBe(false);
});
