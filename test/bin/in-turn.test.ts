import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { type Answer, openAnswer } from "../../bin/answer.ts";
import { inTurn } from "../../bin/in-turn.ts";
import { createPaint } from "../../bin/paint.ts";
import { FakeTerminal } from "../helpers/fake-terminal.ts";

const figures = {
  ok: true,
  seconds: 3,
  usage: { input: 12, output: 840, source: "estimated" },
  cost: { usd: 0, basis: "local" },
  finish: "stop",
} as const;

/** Everything that is written about these answers, in one string for each stream. */
async function writing(answers: readonly Answer[], { streaming = true, verbose = false } = {}) {
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written) =>
    new Writable({
      decodeStrings: false,
      write(text, _encoding, next) {
        written[name] += text;
        next();
      },
    });
  const paint = await createPaint(false);
  const view = await inTurn(answers, {
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    paint,
    aside: paint,
    columns: 80,
    streaming,
    live: false,
    verbose,
    now: () => 0,
  });
  const tell = (answer: Answer, change: Partial<Answer>) => view.show(Object.assign(answer, change));
  return { written, tell };
}

describe("one answer", () => {
  it("is written as it comes, its figures beside it", async () => {
    const answer = openAnswer("a", "qwen", 0);
    const { written, tell } = await writing([answer]);
    tell(answer, { text: "\n\nHel" });
    expect(written.stdout).toBe("Hel");
    tell(answer, { text: "\n\nHello 🐍".slice(0, -1) });
    expect(written.stdout).toBe("Hello ");
    tell(answer, { text: "\n\nHello 🐍" });
    tell(answer, { end: figures });
    expect(written).toEqual({ stdout: "Hello 🐍\n", stderr: "✓ 3.0 s, ~12 in, ~840 out, $0\n" });
  });

  it("begins on a new line when a try breaks off", async () => {
    const answer = openAnswer("a", "qwen", 0);
    const { written, tell } = await writing([answer]);
    tell(answer, { text: "Hel" });
    tell(answer, { text: "", tries: 2, remark: "again in 2 s: it broke" });
    tell(answer, { text: "Hello\n", remark: "" });
    tell(answer, { end: figures });
    expect(written.stdout).toBe("Hel\nHello\n");
    expect(written.stderr).toMatch(/^· again in 2 s: it broke\n✓ /);
  });

  it("is written whole where it cannot be taken back", async () => {
    const answer = openAnswer("a", "qwen", 0);
    const { written, tell } = await writing([answer], { streaming: false });
    tell(answer, { text: "Hel" });
    tell(answer, { text: "", tries: 2, remark: "again in 2 s: it broke" });
    tell(answer, { text: "Hello" });
    expect(written.stdout).toBe("");
    tell(answer, { end: figures });
    expect(written.stdout).toBe("Hello\n");
  });

  it.each([
    [true, "think twice\n✓ "],
    [false, "✓ "],
  ])("is apart from what was thought, shown: %s", async (verbose, stderr) => {
    const answer = openAnswer("a", "qwen", 0);
    const { written, tell } = await writing([answer], { verbose });
    tell(answer, { reasoning: "think" });
    tell(answer, { reasoning: "think twice" });
    tell(answer, { text: "Yes." });
    tell(answer, { end: figures });
    expect(written.stdout).toBe("Yes.\n");
    expect(written.stderr.startsWith(stderr)).toBe(true);
  });

  it("drives no terminal", async () => {
    const answer = openAnswer("a", "qwen", 0);
    const { written, tell } = await writing([answer], { verbose: true });
    tell(answer, { reasoning: "\u001b[31mred", text: "\u001b" });
    tell(answer, { text: "\u001b[2Jgone\u001b]0;title\u0007\r\n\tnext\u009b1A" });
    tell(answer, { end: { ok: false, kind: "server", message: "bad\u001b[2J gateway", exitCode: 6 } });
    expect(written).toEqual({
      stdout: "[2Jgone]0;title\n\tnext1A\n",
      stderr: "[31mred\n✗ bad gateway\n",
    });
  });
});

describe("several answers", () => {
  it("come in their order, each below its name, the first at once", async () => {
    const [a, b, c] = [openAnswer("a", "qwen", 0), openAnswer("b", "b", 0), openAnswer("kind/c", "c", 0)];
    const { written, tell } = await writing([a, b, c]);
    tell(b, { text: "from b", end: figures });
    tell(c, { text: "from" });
    tell(a, { text: "from a" });
    expect(written).toEqual({ stdout: "=== a qwen ===\nfrom a", stderr: "" });
    tell(a, { end: { ok: false, kind: "truncated", message: "it broke", hint: "Try again.", exitCode: 6 } });
    expect(written.stdout).toBe("=== a qwen ===\nfrom a\n\n=== b ===\nfrom b\n\n=== kind/c ===\nfrom");
    tell(c, { text: "from c", end: figures });
    expect(written.stdout).toMatch(/=== kind\/c ===\nfrom c\n$/);
    expect(written.stderr).toBe(
      [
        "✗ a qwen: it broke",
        "  Try again.",
        "✓ b: 3.0 s, ~12 in, ~840 out, $0",
        "✓ kind/c: 3.0 s, ~12 in, ~840 out, $0",
        "",
      ].join("\n"),
    );
  });
});

it("on a terminal leaves the cursor where the text ends while it comes", async () => {
  const terminal = Object.assign(new FakeTerminal(80), { rows: 24 });
  const paint = await createPaint(false);
  const answer = openAnswer("a", "qwen", 0);
  const common = { paint, aside: paint, columns: 80, streaming: true, live: true, verbose: false, now: () => 0 };
  const view = await inTurn([answer], { stdout: terminal, stderr: terminal, ...common });
  for (const text of ["keep it ", "keep it in ", "keep it in a file.\n"]) view.show(Object.assign(answer, { text }));
  view.show(Object.assign(answer, { end: figures }));
  view.close();
  expect(terminal.screen).toEqual(["keep it in a file.", "✓ 3.0 s, ~12 in, ~840 out, $0", ""]);
});
