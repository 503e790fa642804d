import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { terminal } from "../../../src/llm/human/terminal.ts";

/** A terminal without a screen: what is typed goes in, what is shown is kept. */
function fakeTerminal(isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = new PassThrough();
  let shown = "";
  output.on("data", (data) => {
    shown += String(data);
  });
  const seen = async (text: string) => {
    while (!shown.includes(text)) await new Promise((resolve) => setImmediate(resolve));
  };
  return { ask: terminal({ input, output }), input, shown: () => shown, seen };
}
const never = new AbortController().signal;

it("shows the question and reads lines until a lone dot", async () => {
  const { ask, input, shown, seen } = fakeTerminal();
  const answer = ask("Write the file.", never);
  await seen("Write the file.");
  input.write("first\n\n  . indented\n.");
  input.write("\n");
  expect(await answer).toBe("first\n\n  . indented");
  expect(shown()).toContain("a line with only a dot ends it");
});

it("takes the end of the input as the end of the answer", async () => {
  const { ask, input, seen } = fakeTerminal();
  const answer = ask("Question", never);
  await seen("Question");
  input.end("the last words");
  expect(await answer).toBe("the last words");
});

it("asks one question at a time", async () => {
  const { ask, input, shown, seen } = fakeTerminal();
  const answers = [ask("One?", never), ask("Two?", never)];
  await seen("One?");
  input.write("1\n");
  expect(shown()).not.toContain("Two?");
  input.write(".\n");
  await seen("Two?");
  input.write("2\n.\n");
  expect(await Promise.all(answers)).toEqual(["1", "2"]);
});

it("announces each question when its turn has come, before it is shown", async () => {
  const { ask, input, shown, seen } = fakeTerminal();
  const turns: string[] = [];
  const turn = (name: string) => () => turns.push(`${name} ${shown().includes(name)}`);
  const answers = [ask("One?", never, turn("One?")), ask("Two?", never, turn("Two?"))];
  await seen("One?");
  expect(turns).toEqual(["One? false"]);
  input.write("1\n.\n");
  await seen("Two?");
  expect(turns).toEqual(["One? false", "Two? false"]);
  input.write("2\n.\n");
  await Promise.all(answers);
});

it("does not take a dot alone for an answer", async () => {
  const { ask, input, seen } = fakeTerminal();
  const answer = ask("Question", never);
  await seen("Question");
  input.write(".\nanswer\n.\n");
  expect((await answer).trim()).toBe("answer");
});

it.each(["exit", "quit", "EXIT"])("ends the run on %s", async (word) => {
  const { ask, input, seen } = fakeTerminal();
  const answer = ask("Question", never);
  await seen("Question");
  input.write(`${word}\n`);
  await expect(answer).rejects.toMatchObject({ kind: "aborted" });
});

it("takes exit within an answer as part of it", async () => {
  const { ask, input, seen } = fakeTerminal();
  const answer = ask("Question", never);
  await seen("Question");
  input.write("run\nexit\n.\n");
  expect(await answer).toBe("run\nexit");
});

it("ends the run when the input ends without an answer", async () => {
  const { ask, input, seen } = fakeTerminal();
  const answer = ask("Question", never);
  await seen("Question");
  input.end("\n");
  await expect(answer).rejects.toMatchObject({ kind: "aborted" });
});

it("withdraws a question, and those that wait behind it, when the run stops", async () => {
  const { ask, shown, seen } = fakeTerminal();
  const stop = new AbortController();
  const turns: string[] = [];
  const answers = ["One?", "Two?"].map((name) => ask(name, stop.signal, () => turns.push(name)));
  await seen("One?");
  stop.abort();
  expect(await Promise.allSettled(answers)).toMatchObject([
    { reason: { kind: "aborted" } },
    { reason: { kind: "aborted" } },
  ]);
  expect(shown()).not.toContain("Two?");
  expect(turns).toEqual(["One?"]);
});

it("shows nothing that could drive the terminal", async () => {
  const { ask, input, shown, seen } = fakeTerminal();
  const answer = ask("\u001b[2Jred\u001b]0;title\u0007 and\ttabs\n蛇", never);
  await seen("蛇");
  input.write("ok\n.\n");
  await answer;
  expect(shown()).toContain("[2Jred]0;title and\ttabs\n蛇");
});

it("fails at once where nobody can type, naming the other way", async () => {
  const { ask } = fakeTerminal(false);
  await expect(ask("Question", never)).rejects.toMatchObject({
    kind: "request",
    hint: expect.stringContaining("folder:"),
  });
});
