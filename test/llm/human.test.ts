import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { human } from "../../src/llm/human.ts";
import type { About, ChatMessage, Llm, Notice } from "../../src/llm/provider.ts";
import { tools } from "../helpers/tools.ts";

let root: string;
let folder: string;
let waiting: Extract<Notice, { type: "prompt-waiting" }>[];
const about: About = { role: "Engineer", action: "WriteCode", subject: "src/game.js", attempt: 1, turn: 1 };
const messages: ChatMessage[] = [
  { role: "system", content: "You are Alex." },
  { role: "user", content: "Write the file.\n\n# src/game.js" },
];

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "human-"));
  folder = path.join(root, "inbox");
  waiting = [];
});
afterEach(() => rm(root, { recursive: true }));

const connect = () =>
  human.connect(
    human.config.parse({ folder, model: "Ada" }),
    tools({}, (notice) => {
      if (notice.type === "prompt-waiting") waiting.push(notice);
    }),
  );

async function answerOf(llm: Llm, question: About = about, signal = new AbortController().signal) {
  const stream = llm.stream({ messages, maxTokens: 100, about: question }, { signal });
  let text = "";
  for (;;) {
    const step = await stream.next();
    if (step.done) return { text, finish: step.value };
    if (step.value.type === "text") text += step.value.text;
  }
}

/** Waits until so many prompts were announced. */
async function announced(count: number) {
  while (waiting.length < count) await sleep(5);
  return waiting.toSorted((a, b) => a.file.localeCompare(b.file));
}

it("lays a prompt down, announces it and takes the answer from beside it", async () => {
  const answer = answerOf(await connect());
  const [place] = await announced(1);
  expect(place).toEqual({
    type: "prompt-waiting",
    about,
    file: path.join(folder, "0001-WriteCode-src-game.js.prompt.md"),
    answer: path.join(folder, "0001-WriteCode-src-game.js.answer.md"),
  });
  await writeFile(place?.answer ?? "", "\uFEFFplay();\n");
  expect(await answer).toEqual({ text: "play();\n", finish: { finish: "stop", usage: undefined, model: "Ada" } });
});

it("tells in the prompt file which file to write, apart from the conversation", async () => {
  const answer = answerOf(await connect());
  const [place] = await announced(1);
  const text = await readFile(place?.file ?? "", "utf8");
  const [note, conversation] = [text.slice(0, text.indexOf("====")), text.slice(text.indexOf("===="))];
  expect(note).toContain("Engineer asks: WriteCode of src/game.js");
  expect(note).toContain("\n    0001-WriteCode-src-game.js.answer.md\n");
  expect(conversation).toBe(
    [
      "================ system ================\n\nYou are Alex.\n\n",
      "================ user ================\n\nWrite the file.\n\n# src/game.js\n",
    ].join(""),
  );
  await writeFile(place?.answer ?? "", "done");
  await answer;
});

it("asks several at once, also for two runs in one folder, without using a number twice", async () => {
  const runs = [await connect(), await connect()];
  const answers = Array.from({ length: 12 }, (_, index) =>
    answerOf(runs[index % 2] as Llm, { ...about, subject: `${index}.js` }),
  );
  const places = await announced(12);
  expect(new Set(places.map(({ file }) => path.basename(file).slice(0, 4))).size).toBe(12);
  for (const place of places) await writeFile(place.answer, `answer to ${place.about.subject}`);
  const texts = (await Promise.all(answers)).map(({ text }) => text);
  expect(texts).toEqual(Array.from({ length: 12 }, (_, index) => `answer to ${index}.js`));
  expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

it.each([
  [{ subject: "", attempt: 1, turn: 2 }, "0008-WriteCode-1.2.prompt.md"],
  [{ subject: "../../etc/pass wd:", attempt: 2, turn: 1 }, "0008-WriteCode-etc-pass-wd-2.1.prompt.md"],
  [{ subject: `${"d/".repeat(100)}end.js`, attempt: 1, turn: 1 }, `0008-WriteCode-${"d-".repeat(37)}end.js.prompt.md`],
])("names the next prompt in a used folder after its question: %j", async (question, name) => {
  await mkdir(folder);
  await writeFile(path.join(folder, "0007-WritePRD.answer.md"), "from an earlier run");
  const stop = new AbortController();
  const answer = answerOf(await connect(), { ...about, ...question }, stop.signal);
  const [place] = await announced(1);
  expect(path.basename(place?.file ?? "")).toBe(name);
  stop.abort();
  await expect(answer).rejects.toMatchObject({ kind: "aborted" });
});

it("waits for an answer that is still being written", async () => {
  const answer = answerOf(await connect());
  const [place] = await announced(1);
  let text = "";
  for (let part = 1; part <= 40; part++) {
    await sleep(20);
    await appendFile(place?.answer ?? "", `part ${part}\n`);
    text += `part ${part}\n`;
  }
  expect((await answer).text).toBe(text);
});

it("does not take an empty file for an answer", async () => {
  const answer = answerOf(await connect());
  const [place] = await announced(1);
  await writeFile(place?.answer ?? "", "\n");
  expect(await Promise.race([answer, sleep(700, "still waiting")])).toBe("still waiting");
  await writeFile(place?.answer ?? "", "an answer");
  expect((await answer).text).toBe("an answer");
});

it("stops waiting when the run stops", async () => {
  const stop = new AbortController();
  const answer = answerOf(await connect(), about, stop.signal);
  await announced(1);
  stop.abort();
  await expect(answer).rejects.toMatchObject({ kind: "aborted" });
});

it("names a folder it cannot use", async () => {
  await writeFile(folder, "");
  await expect(answerOf(await connect())).rejects.toMatchObject({
    kind: "request",
    message: expect.stringContaining(folder),
    hint: expect.stringContaining("folder:"),
  });
});

it("is called human unless it has a name, and takes no other setting", () => {
  expect(human.config.parse({})).toEqual({ model: "human" });
  expect(human.config.safeParse({ base_url: "http://127.0.0.1" }).success).toBe(false);
});

it("without a folder announces each question when its turn at the terminal comes, before it is shown", async () => {
  const heard: string[] = [];
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough();
  output.on("data", (data) => {
    for (const [found] of String(data).matchAll(/asks: WriteCode of \S+/g)) heard.push(found);
  });
  const kept = {
    stdin: Object.getOwnPropertyDescriptor(process, "stdin"),
    stderr: Object.getOwnPropertyDescriptor(process, "stderr"),
  };
  Object.defineProperty(process, "stdin", { value: input, configurable: true });
  Object.defineProperty(process, "stderr", { value: output, configurable: true });
  try {
    const llm = await human.connect(
      human.config.parse({}),
      tools({}, ({ about: { subject }, ...notice }) => heard.push(`${subject} ${JSON.stringify(notice)}`)),
    );
    const answers = ["a.js", "b.js"].map((subject) => answerOf(llm, { ...about, subject }));
    const announcedAndShown = (subject: string) => [
      `${subject} {"type":"prompt-waiting","file":"","answer":""}`,
      `asks: WriteCode of ${subject}`,
    ];
    while (heard.length < 2) await sleep(5);
    expect(heard).toEqual(announcedAndShown("a.js"));
    input.write("one\n.\n");
    while (heard.length < 4) await sleep(5);
    expect(heard.slice(2)).toEqual(announcedAndShown("b.js"));
    input.write("two\n.\n");
    expect((await Promise.all(answers)).map(({ text }) => text)).toEqual(["one", "two"]);
  } finally {
    for (const [name, property] of Object.entries(kept)) if (property) Object.defineProperty(process, name, property);
  }
});

it("without a folder asks in the terminal, and fails at once where there is none (case 176)", async () => {
  const terminal = Object.getOwnPropertyDescriptor(process.stdin, "isTTY");
  Object.defineProperty(process.stdin, "isTTY", { value: false, configurable: true });
  try {
    const llm = await human.connect(human.config.parse({}), tools());
    await expect(answerOf(llm)).rejects.toMatchObject({ kind: "request", hint: expect.stringContaining("folder:") });
  } finally {
    if (terminal) Object.defineProperty(process.stdin, "isTTY", terminal);
    else Reflect.deleteProperty(process.stdin, "isTTY");
  }
});
