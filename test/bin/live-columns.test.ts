import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openAnswer } from "../../bin/answer.ts";
import { liveColumns } from "../../bin/live-columns.ts";
import { createPaint } from "../../bin/paint.ts";
import { FakeTerminal } from "../helpers/fake-terminal.ts";

const figures = {
  ok: true,
  seconds: 3,
  usage: { input: 12, output: 840, source: "reported" },
  cost: { usd: 0.0042, basis: "known" },
  finish: "stop",
} as const;

/** Two answers on a terminal of 80 columns. */
async function live({ rows = 24, verbose = false } = {}) {
  const terminal = Object.assign(new FakeTerminal(80), { rows });
  const clock = { now: 0 };
  const answers = [openAnswer("a", "qwen", 0), openAnswer("b", "llama", 0)] as const;
  const view = liveColumns(answers, {
    stdout: terminal,
    paint: await createPaint(false),
    verbose,
    now: () => clock.now,
  });
  onTestFinished(() => view.close());
  return { terminal, clock, a: answers[0], b: answers[1], view };
}

const soon = (expectation: () => void) => vi.waitFor(expectation, { timeout: 10_000 });

describe("answers side by side", () => {
  it("grow at the same time and end with their figures", async () => {
    const { terminal, clock, a, b, view } = await live();
    expect(terminal.screen).toEqual([
      "a qwen                                   b llama",
      "",
      "· 0 s                                    · 0 s",
    ]);
    a.text = "你好，世界！\n";
    b.text = "Hello";
    b.tokens = 1234;
    clock.now = 2_900;
    await soon(() =>
      expect(terminal.screen).toEqual([
        "a qwen                                   b llama",
        "你好，世界！                             Hello",
        "",
        "· 2 s                                    · 2 s, 1.2k tokens",
      ]),
    );
    a.end = figures;
    b.text = "Hello world\nand more";
    b.firstToken = 0.4;
    b.end = { ...figures, cost: { usd: 0.0042, basis: "assumed", cny: 0.03 }, finish: "length" };
    view.close();
    expect(terminal.screen).toEqual([
      "a qwen                                   b llama",
      "你好，世界！                             Hello world",
      "                                         and more",
      "",
      "✓ 3.0 s, 12 in, 840 out, $0.0042         ✓ 3.0 s (first token 0.4 s), 12 in,",
      "                                           840 out, ¥0.0300 (assumed price)",
      "                                         ! cut off at max_token",
      "",
    ]);
  });

  it("show the end of what the screen cannot hold, and all of it in the end", async () => {
    const { terminal, a, b, view } = await live({ rows: 7 });
    const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`);
    a.text = lines.join("\n");
    b.text = "short";
    await soon(() =>
      expect(terminal.screen).toEqual([
        "a qwen                                   b llama",
        "line 6                                   short",
        "line 7",
        "line 8",
        "",
        "· 0 s                                    · 0 s",
      ]),
    );
    a.end = b.end = figures;
    view.close();
    expect(terminal.screen.slice(1, 10)).toEqual(["line 0                                   short", ...lines.slice(1)]);
  });

  it("take back what a broken try has shown, and say why nothing comes", async () => {
    const { terminal, a } = await live();
    a.text = "half of it\nand more";
    await soon(() => expect(terminal.screen).toContain("and more"));
    a.text = "";
    a.remark = "again in 2 s: the connection broke";
    await soon(() =>
      expect(terminal.screen).toEqual([
        "a qwen                                   b llama",
        "",
        "· again in 2 s: the connection broke     · 0 s",
      ]),
    );
  });

  it("show thoughts only when asked to, above the answer", async () => {
    const { terminal, a, view } = await live({ verbose: true });
    a.reasoning = "Let me think.";
    a.text = "Yes.";
    a.end = figures;
    view.close();
    expect(terminal.screen.slice(1, 3)).toEqual(["Let me think.", "Yes."]);
    const silent = await live();
    silent.a.reasoning = "Let me think.";
    silent.view.close();
    expect(silent.terminal.written).not.toContain("think");
  });

  it("keep what came before a failure, and say what to do", async () => {
    const { terminal, a, view } = await live();
    a.text = "half";
    a.end = { ok: false, kind: "auth", message: "qwen refused the key", hint: "Check api_key.", exitCode: 6 };
    view.close();
    expect(terminal.screen.slice(1, 5)).toEqual([
      "half",
      "",
      "✗ qwen refused the key                   · 0 s",
      "  Check api_key.",
    ]);
  });

  it("let no control character of an answer through", async () => {
    const { terminal, a, b, view } = await live();
    a.text = "\u001b[2Jgone\u001b]0;title\u0007\r\nnext\u009b1A";
    b.reasoning = "\u001b[31m";
    a.end = { ok: false, kind: "server", message: "bad\u001b[2J gateway", exitCode: 6 };
    view.close();
    expect(terminal.screen.slice(1, 3)).toEqual(["[2Jgone]0;title", "next1A"]);
    const own = terminal.written.split("\u001b[").map((part) => part.replace(/^(?:1G|\d*A|K|J)/, ""));
    expect(own.join("")).not.toMatch(/[^\P{Cc}\n]/u);
    expect(terminal.written).not.toContain("\u001b[2J");
  });

  it("hold still while a person types at the terminal", async () => {
    const { terminal, clock, a, b } = await live();
    a.typed = true;
    await new Promise((resolve) => setTimeout(resolve, 250));
    const { written } = terminal;
    b.text = "Hello";
    clock.now = 9_000;
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(terminal.written).toBe(written);
    a.typed = false;
    await soon(() => expect(terminal.screen.at(-1)).toBe("· 9 s                                    · 9 s"));
  });
});
