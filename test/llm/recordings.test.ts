import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiskError } from "../../src/errors.ts";
import type { ChatMessage } from "../../src/llm/provider.ts";
import {
  findRecording,
  ideaKey,
  listRecordings,
  prepareRecording,
  promptHash,
  readRecording,
  recorder,
} from "../../src/llm/recordings.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "recordings-"));
});
afterEach(() => rm(root, { recursive: true }));

const messages: ChatMessage[] = [{ role: "user", content: "Write the file." }];
const call = (subject: string, turn = 1) => ({
  role: "Engineer",
  action: "WriteCode",
  subject,
  attempt: 1,
  turn,
  messages,
});
const answer = (text: string, model = "gpt-x") => ({
  text,
  finish: "stop" as const,
  model,
  usage: { input: 10, output: 5, source: "reported" as const },
  usd: 0.001,
});
const snake = { idea: "write a snake game", date: "2026-11-21" };

describe("ideaKey", () => {
  it.each([
    ["write a snake game", "Write a Snake-Game!"],
    ["write a snake game", "  write a\n snake game. "],
    ["写一个2048小游戏", "写一个 ２０４８ 小游戏！"],
    ["café", "cafe\u0301"],
  ])("takes %j and %j for the same idea", (one, other) => {
    expect(ideaKey(other)).toBe(ideaKey(one));
  });

  it.each([
    ["write a snake game", "write a 2048 game"],
    ["写一个2048小游戏", "写一个贪吃蛇小游戏"],
  ])("tells %j from %j", (one, other) => {
    expect(ideaKey(other)).not.toBe(ideaKey(one));
  });
});

describe("promptHash", () => {
  it("is the SHA-256 of roles and contents", () => {
    expect(promptHash(messages)).toBe("c54027132557d8354df66b00ac4734d169c52276cd5bbe0d4aa936427bd5d0d8");
  });

  it("does not confuse where one message ends and the next begins", () => {
    const split = (...contents: string[]) => promptHash(contents.map((content) => ({ role: "user", content })));
    expect(new Set([split("ab"), split("a", "b"), split("", "ab")]).size).toBe(3);
  });
});

describe("recorder", () => {
  it("writes the table and each answer as it goes", async () => {
    const folder = path.join(root, "snake");
    const { add } = recorder(folder, snake);
    await add(call("src/game.js"), answer("```js\nplay();\n```\n"));
    expect(await readRecording(folder)).toEqual({
      version: 1,
      ...snake,
      model: "gpt-x",
      calls: [
        {
          role: "Engineer",
          action: "WriteCode",
          subject: "src/game.js",
          attempt: 1,
          turn: 1,
          prompt: promptHash(messages),
          answer: "answers/WriteCode-src-game.js.txt",
          finish: "stop",
          model: "gpt-x",
          usage: { input: 10, output: 5, source: "reported" },
          usd: 0.001,
        },
      ],
    });
    expect(await readFile(path.join(folder, "answers/WriteCode-src-game.js.txt"), "utf8")).toBe(
      "```js\nplay();\n```\n",
    );
    await add(call("src/game.js", 2), answer("more", "llama"));
    const recording = await readRecording(folder);
    expect(recording.model).toBe("gpt-x, llama");
    expect(recording.calls.map((one) => one.answer)).toEqual([
      "answers/WriteCode-src-game.js.txt",
      "answers/WriteCode-src-game.js-1.2.txt",
    ]);
  });

  it("keeps every answer of calls that end at once, also when their file names would be the same", async () => {
    const subjects = ["src/a.js", "src-a.js", "SRC/A.js", "b.js"];
    const { add } = recorder(root, snake);
    await Promise.all(subjects.map((subject) => add(call(subject), answer(`this is ${subject}`))));
    const { calls } = await readRecording(root);
    const kept = await Promise.all(
      calls.map(async (one) => [one.subject, await readFile(path.join(root, one.answer), "utf8")]),
    );
    expect(kept).toEqual(subjects.map((subject) => [subject, `this is ${subject}`]));
    expect(await readdir(path.join(root, "answers"))).toHaveLength(4);
  });

  it("replaces a call that is recorded twice", async () => {
    const { add } = recorder(root, snake);
    await add(call("a.js"), answer("old"));
    await add(call("b.js"), answer("other"));
    await add(call("a.js"), answer("new"));
    const { calls } = await readRecording(root);
    expect(calls.map(({ subject }) => subject)).toEqual(["b.js", "a.js"]);
    expect(await readFile(path.join(root, "answers/WriteCode-a.js.txt"), "utf8")).toBe("new");
  });

  it("strikes secrets out, but no placeholders for keys", async () => {
    const secrets = ["sk-12345678", "EMPTY", ""];
    const { add } = recorder(root, { idea: "use sk-12345678", date: "2026-11-21", secrets });
    await add(call("a.js"), answer("const key = 'sk-12345678' || EMPTY; // sk-12345678"));
    expect(await readFile(path.join(root, "answers/WriteCode-a.js.txt"), "utf8")).toBe(
      "const key = '***' || EMPTY; // ***",
    );
    expect((await readRecording(root)).idea).toBe("use ***");
  });

  it("replaces an earlier recording, of which no answer is left", async () => {
    await recorder(root, snake).add(call("old.js"), answer("old"));
    await recorder(root, snake).add(call("new.js"), answer("new"));
    expect(await readdir(path.join(root, "answers"))).toEqual(["WriteCode-new.js.txt"]);
    expect((await readRecording(root)).calls).toHaveLength(1);
  });

  it("says where it could not write", async () => {
    const file = path.join(root, "file");
    await writeFile(file, "");
    const adding = recorder(file, snake).add(call("a.js"), answer("x"));
    await expect(adding).rejects.toThrow(DiskError);
    await expect(adding).rejects.toThrow(file);
  });
});

describe("prepareRecording", () => {
  it("makes the folder, with nothing in it", async () => {
    const folder = path.join(root, "new", "snake");
    await prepareRecording(folder);
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves an earlier recording as it is until the first answer comes", async () => {
    await recorder(root, snake).add(call("old.js"), answer("old"));
    const before = await readRecording(root);
    await prepareRecording(root);
    expect(await readRecording(root)).toEqual(before);
    expect((await readdir(root, { recursive: true })).sort()).toEqual([
      "answers",
      "answers/WriteCode-old.js.txt",
      "recording.json",
    ]);
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ["a file", "taken", () => writeFile(path.join(root, "taken"), "")],
    ["below a file", "taken/snake", () => writeFile(path.join(root, "taken"), "")],
    ["where the answers would lie is a file", ".", () => writeFile(path.join(root, "answers"), "")],
    ["what is there is no recording", ".", () => writeFile(path.join(root, "recording.json"), "{")],
  ])("refuses a place that cannot take one: %s", async (_, place, make) => {
    await make();
    const before = await readdir(root);
    const folder = path.join(root, place);
    const refused = await prepareRecording(folder).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DiskError);
    expect(refused).toMatchObject({ exitCode: 74, message: expect.stringContaining(folder) });
    expect(await readdir(root)).toEqual(before);
  });

  it.skipIf(process.platform === "win32").each([".", "answers"])(
    "refuses when nothing can be written in %s",
    async (name) => {
      await mkdir(path.join(root, "answers"));
      await chmod(root, 0o777);
      const locked = path.join(root, name);
      await chmod(locked, 0o555);
      const administrator = process.geteuid?.() === 0;
      if (administrator) process.seteuid?.(65534);
      try {
        await expect(prepareRecording(root)).rejects.toMatchObject({
          exitCode: 74,
          message: expect.stringContaining("EACCES"),
        });
      } finally {
        if (administrator) process.seteuid?.(0);
        await chmod(locked, 0o755);
      }
    },
  );
});

describe("finding recordings", () => {
  beforeEach(async () => {
    await recorder(path.join(root, "snake"), snake).add(call("a.js"), answer("x"));
    await recorder(path.join(root, "2048"), { ...snake, idea: "写一个2048小游戏" }).add(call("a.js"), answer("x"));
    await mkdir(path.join(root, "nothing"));
    await writeFile(path.join(root, "notes.txt"), "");
  });

  it("lists those below a folder by name", async () => {
    const found = await listRecordings(root);
    expect(found.map(({ folder }) => path.basename(folder))).toEqual(["2048", "snake"]);
  });

  it.each([
    ["Write a snake game.", "snake"],
    ["写一个 2048 小游戏", "2048"],
    ["write a chess game", undefined],
    ["?!", undefined],
  ])("for %j finds %s", async (idea, name) => {
    const found = await findRecording(root, idea);
    expect(found && path.basename(found.folder)).toBe(name);
  });

  it("finds none where there is no folder", async () => {
    expect(await findRecording(path.join(root, "absent"), "write a snake game")).toBeUndefined();
  });

  it.each([
    ["no JSON", "{"],
    ["another version", JSON.stringify({ version: 2, idea: "x", date: "", model: "", calls: [] })],
    ["an answer outside", JSON.stringify({ version: 1, idea: "x", date: "", model: "", calls: [{ answer: "../x" }] })],
  ])("names the file that holds %s", async (_, text) => {
    await writeFile(path.join(root, "snake/recording.json"), text);
    await expect(listRecordings(root)).rejects.toThrow(path.join(root, "snake", "recording.json"));
  });
});
