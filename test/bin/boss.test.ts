import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { bossOperation } from "../../bin/boss.ts";
import type { BossQuestion } from "../../src/boss.ts";
import type { Json } from "../../src/engine/steps.ts";
import { atTerminal, hasPty, type Key } from "../helpers/pty.ts";
import { fakeSeat } from "../helpers/seat.ts";
import { tempFolder } from "../helpers/temp.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const never = new AbortController().signal;
const review: BossQuestion = {
  asks: "review",
  action: "WritePRD",
  role: "ProductManager",
  file: "docs/prd.md",
  shown: "# Snake\n\nEat **apples**.",
  text: '{\n  "goal": "fun"\n}',
};
const questions: BossQuestion = { asks: "questions", role: "ProductManager", questions: ["For whom?", "Where?"] };
const prompt = "or type a remark: ";

/** A boss at a terminal of its own; `editor` is a shell command that finds the file as its last argument. */
function boss({ editor = "true", isTTY = true, signal = never, hold = () => () => {} } = {}) {
  const { seat, ...terminal } = fakeSeat({ isTTY });
  const env = { NO_COLOR: "1", ...(editor && { EDITOR: editor }) };
  const operation = bossOperation({ signal, seat, env, hold });
  const about = { key: "Boss/1.1", lane: "", signal: never };
  return { ...terminal, asked: (question: BossQuestion) => operation(question as unknown as Json, about) };
}

/** An editor that is a script; $1 is the file. */
function scriptedEditor(script: string): string {
  const file = join(tempFolder(), "my editor.sh");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return `"${file}"`;
}

async function exists(file: string) {
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("a document that stands for review", () => {
  it("is shown with who wrote it and where it lies, before anything is asked", async () => {
    const { asked, shown, type } = boss();
    const answer = asked(review);
    await type(prompt, "\n");
    expect(await answer).toEqual({ says: "go-on" });
    const [before = ""] = shown().split("[Enter]");
    expect(before.trim().split("\n")).toEqual([
      "ProductManager shows docs/prd.md (WritePRD)",
      "─".repeat(59),
      "# Snake",
      "",
      "Eat **apples**.",
      "─".repeat(59),
    ]);
  });

  it("is shown whole, however long, and cannot drive the terminal", async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `line ${index}`);
    const { asked, shown, type } = boss();
    const answer = asked({
      ...review,
      file: "docs/\u001b[2Jprd.md",
      shown: `${lines.join("\n")}\n\u001b]0;title\u0007end`,
    });
    await type(prompt, "\n");
    await answer;
    expect(shown()).toContain(`${lines.join("\n")}\n]0;titleend\n`);
    expect(shown()).toContain("shows docs/prd.md");
  });

  it.each([
    ["Enter", "\n", { says: "go-on" }],
    ["a word of approval", "OK\n", { says: "go-on" }],
    ["a Chinese word of approval", "可以\n", { says: "go-on" }],
    ["q", "q\n", { says: "later" }],
    ["a full-width q", "ｑ\n", { says: "later" }],
    ["the end of the input", "\u0004", { says: "later" }],
    ["a remark", "  without apples \n", { says: "remark", text: "without apples" }],
    ["a Chinese remark", "不要苹果，要梨\n", { says: "remark", text: "不要苹果，要梨" }],
    ["a remark that was pasted", "no apples\n\nbut pears\n", { says: "remark", text: "no apples\n\nbut pears" }],
    ["a remark that begins like a choice", "e.g. pears\n", { says: "remark", text: "e.g. pears" }],
  ])("is answered by %s", async (_what, typed, expected) => {
    const { asked, type } = boss();
    const answer = asked(review);
    await type(prompt, typed);
    expect(await answer).toEqual(expected);
  });

  it("takes a remark of several lines that end with a backslash", async () => {
    const { asked, type, see } = boss();
    const answer = asked(review);
    await type(prompt, "first \\\n");
    await type("… ", "第二\\\n", "third\n");
    expect(await answer).toEqual({ says: "remark", text: "first \n第二\nthird" });
    await see("\n");
  });

  it("waits for the Enter of a last line that was pasted without it", async () => {
    const { asked, input, see } = boss();
    const answer = asked(review);
    await see(prompt);
    input.write("first\nsec");
    await see("sec");
    await new Promise((resolve) => setTimeout(resolve, 60));
    input.write("ond\n");
    expect(await answer).toEqual({ says: "remark", text: "first\nsecond" });
  });

  it.each(["n", "x", "?", "no", "d"])("asks again when only %s was typed", async (typed) => {
    const { asked, type, see } = boss();
    const answer = asked(review);
    await type(prompt, `${typed}\n`);
    await see("Say in words what shall be different");
    await type(prompt, "\n");
    expect(await answer).toEqual({ says: "go-on" });
  });

  it("is not approved of by what was typed before it was shown", async () => {
    const { asked, input, type } = boss();
    input.write("yes\nplease\n");
    const answer = asked(review);
    await type(prompt, "too late\n");
    expect(await answer).toEqual({ says: "remark", text: "too late" });
  });

  it("waits until the one before is answered, with the screen held for each", async () => {
    const turns: string[] = [];
    const hold = () => {
      turns.push("held");
      return () => void turns.push("released");
    };
    const { asked, shown, type } = boss({ hold });
    const answers = [asked(review), asked({ ...review, file: "docs/design.md" })];
    await type(prompt, "one\n");
    await answers[0];
    expect(shown()).not.toContain("docs/design.md");
    await type(prompt, "two\n");
    expect(await Promise.all(answers)).toEqual([
      { says: "remark", text: "one" },
      { says: "remark", text: "two" },
    ]);
    expect(turns).toEqual(["held", "released", "held", "released"]);
  });

  it("is left for later when the run stops, and so is the next", async () => {
    const stop = new AbortController();
    const { asked, see, shown } = boss({ signal: stop.signal });
    const answers = [asked(review), asked({ ...review, file: "docs/design.md" })];
    await see(prompt);
    stop.abort();
    expect(await Promise.all(answers)).toEqual([{ says: "later" }, { says: "later" }]);
    expect(shown()).not.toContain("docs/design.md");
  });

  it("is left for later where nobody is, and nothing is printed", async () => {
    const { asked, shown } = boss({ isTTY: false });
    expect(await Promise.all([asked(review), asked(questions)])).toEqual([{ says: "later" }, { says: "later" }]);
    expect(shown()).toBe("");
  });

  it("is left for later when the terminal goes away", async () => {
    const { asked, input, see } = boss();
    const answer = asked(review);
    await see(prompt);
    input.destroy(new Error("EIO"));
    expect(await answer).toEqual({ says: "later" });
  });
});

describe("a document in the editor", () => {
  it("is taken as it was saved, without the marks of an editor", async () => {
    const { asked, type } = boss({ editor: scriptedEditor(`printf '\\357\\273\\277{"goal":"乐趣"}\\r\\n' > "$1"`) });
    const answer = asked(review);
    await type(prompt, "e\n");
    expect(await answer).toEqual({ says: "edited", text: '{"goal":"乐趣"}\r\n' });
  });

  it("has a file of its own, named after the document, that is gone afterwards", async () => {
    const note = join(tempFolder(), "note");
    const { asked, type } = boss({ editor: scriptedEditor(`echo "$1" > ${note}; cat "$1" >> ${note}; echo 1 > "$1"`) });
    const answer = asked({ ...review, file: "docs/sub/../sys tem设计.md" });
    await type(prompt, "e\n");
    expect(await answer).toEqual({ says: "edited", text: "1\n" });
    const [file = "", ...text] = readFileSync(note, "utf8").split("\n");
    expect(file).toMatch(/[\\/]sys-tem设计\.json$/);
    expect(text.join("\n")).toBe(`${review.text}\n`);
    expect(existsSync(dirname(file))).toBe(false);
  });

  it("is asked about again when nothing was changed but the ends of lines", async () => {
    const { asked, type, see } = boss({
      editor: scriptedEditor(`awk '{ printf "%s\\r\\n", $0 }' "$1" > "$1.new"; mv "$1.new" "$1"; echo >> "$1"`),
    });
    const answer = asked(review);
    await type(prompt, "e\n");
    await see("Nothing was changed");
    await type(prompt, "\n");
    expect(await answer).toEqual({ says: "go-on" });
  });

  it("is edited again where it is no JSON, with what was written kept", async () => {
    const editor = scriptedEditor(
      `if grep -q x "$1"; then sed 's/x/"y"/' "$1" > "$1.new"; mv "$1.new" "$1"; else printf '{\\n"goal": x}' > "$1"; fi`,
    );
    const { asked, type, see } = boss({ editor });
    const answer = asked(review);
    await type(prompt, "e\n");
    await see("line 2, column 9: a value is expected here");
    await type("[Enter] edit again", "\n");
    expect(await answer).toEqual({ says: "edited", text: '{\n"goal": "y"}' });
  });

  it("can be dropped where it is no JSON", async () => {
    const { asked, type } = boss({ editor: scriptedEditor('echo "{" > "$1"') });
    const answer = asked(review);
    await type(prompt, "e\n", "d\n", "\n");
    expect(await answer).toEqual({ says: "go-on" });
  });

  it("stays on the disk where it was not taken, and its place is told", async () => {
    const { asked, type, shown } = boss({ editor: scriptedEditor('echo "{" > "$1"') });
    const answer = asked(review);
    await type(prompt, "e\n", "q\n");
    expect(await answer).toEqual({ says: "later" });
    const [, kept = ""] = shown().match(/What you wrote is kept in (.*)\n/) ?? [];
    onTestFinished(() => rmSync(dirname(kept), { recursive: true }));
    expect(readFileSync(kept, "utf8")).toBe("{\n");
  });

  it("is not taken from an editor that failed, until it is opened again", async () => {
    const flag = join(tempFolder(), "flag");
    const editor = scriptedEditor(`echo 1 > "$1"; test -e ${flag} || { touch ${flag}; exit 3; }`);
    const { asked, type, see } = boss({ editor });
    const answer = asked(review);
    await type(prompt, "e\n");
    await see("the editor ended with exit code 3");
    await type(prompt, "\n");
    expect(await answer).toEqual({ says: "edited", text: "1\n" });
  });

  it("is taken at Enter from an editor that did not wait", async () => {
    const folder = tempFolder();
    const [save, saved] = [join(folder, "save"), join(folder, "saved")];
    const later = `while ! test -e ${save}; do sleep 0.02; done; echo 2 > "$1"; touch ${saved}`;
    const { asked, type, see } = boss({ editor: scriptedEditor(`(${later}) &`) });
    const answer = asked(review);
    await type(prompt, "e\n");
    await see("An editor with a window must wait");
    writeFileSync(save, "");
    await exists(saved);
    await type(prompt, "\n");
    expect(await answer).toEqual({ says: "edited", text: "2\n" });
  });

  it.each([
    ["that does not exist", "/no/such/editor 2>/dev/null", "the editor ended with exit code 127"],
    ["that deletes it", "rm", "does not exist"],
    ["that saves it as GBK", `printf '"\\312\\301"' >`, "it was not saved as UTF-8"],
  ])("survives an editor %s", async (_what, editor, told) => {
    const { asked, type, see } = boss({ editor: editor.endsWith(">") ? scriptedEditor(`${editor} "$1"`) : editor });
    const answer = asked(review);
    await type(prompt, "e\n");
    await see(told);
    await type(prompt, "as it was\n");
    expect(await answer).toEqual({ says: "remark", text: "as it was" });
  });

  it("is not edited where there is no editor", async () => {
    const { asked, type, see } = boss({ editor: "" });
    const answer = asked(review);
    await type(prompt, "e\n");
    await see("No editor was found: set EDITOR");
    await type(prompt, "\n");
    expect(await answer).toEqual({ says: "go-on" });
  });

  it("is left when the run stops, and the editor is ended", async () => {
    const stop = new AbortController();
    const note = join(tempFolder(), "note");
    const editor = scriptedEditor(
      `trap 'echo ended > ${note}; exit 1' TERM; echo on > ${note}; while :; do sleep 0.05; done`,
    );
    const { asked, type } = boss({ editor, signal: stop.signal });
    const answer = asked(review);
    await type(prompt, "e\n");
    await exists(note);
    stop.abort();
    expect(await answer).toEqual({ says: "later" });
    expect(readFileSync(note, "utf8")).toBe("ended\n");
  });
});

describe("questions about the idea", () => {
  it("are asked one after the other, each answered on its line", async () => {
    const { asked, shown, type } = boss();
    const answer = asked(questions);
    await type("> ", "children \n");
    expect(shown()).not.toContain("2/2");
    await type("> ", "手机上\n");
    expect(await answer).toEqual({ says: "answers", answers: ["children", "手机上"] });
    expect(shown()).toContain("1/2 For whom?\n> ");
    expect(shown()).toContain("2/2 Where?\n> ");
  });

  it.each([
    ["skipped with Enter", ["\n", "y\n"], { says: "answers", answers: ["", "y"] }],
    ["all skipped with q", ["q\n"], { says: "answers", answers: ["", ""] }],
    ["left at the end of the input", ["one\n", "\u0004"], { says: "later" }],
  ])("can be %s", async (_how, typed, expected) => {
    const { asked, type } = boss();
    const answer = asked(questions);
    await type("> ", ...typed);
    expect(await answer).toEqual(expected);
  });

  it("are not asked where there are none", async () => {
    const { asked, shown } = boss();
    expect(await asked({ ...questions, questions: [] })).toEqual({ says: "answers", answers: [] });
    expect(shown()).toBe("");
  });
});

describe.skipIf(!hasPty)("the boss at a real terminal (needs python3)", () => {
  const program = `
    import { bossOperation } from ${JSON.stringify(join(root, "bin/boss.ts"))};
    import { onInterrupt } from ${JSON.stringify(join(root, "bin/interrupt.ts"))};
    const interrupt = onInterrupt((message) => process.stderr.write("INTERRUPT " + message + "\\n"), { grace: 0 });
    const ask = bossOperation({ signal: interrupt.stop });
    const about = { key: "", lane: "", signal: interrupt.abort };
    const answers = [];
    for (const question of JSON.parse(process.argv[2])) answers.push(await ask(question, about));
    interrupt.release();
    console.log(JSON.stringify(answers));
  `;
  async function session(asked: readonly BossQuestion[], editor: string, keys: readonly Key[]) {
    const script = join(tempFolder(), "program.ts");
    writeFileSync(script, program);
    const jiti = join(root, "node_modules/.bin/jiti");
    const env = { EDITOR: scriptedEditor(editor) };
    const { stdout, shown, code } = await atTerminal([jiti, script, JSON.stringify(asked)], { env, keys });
    return { answers: stdout && JSON.parse(stdout), shown, code };
  }

  it("edits one document, remarks on the next and answers questions", async () => {
    const { answers, code } = await session(
      [review, review, questions],
      `sed s/fun/joy/ "$1" > "$1.new"; mv "$1.new" "$1"`,
      [
        [prompt, "e\r"],
        [prompt, "不要\u007f用苹果 \\\r"],
        ["… ", "but pears\r"],
        ["1/2 For whom?", ""],
        ["> ", "children\r"],
        ["> ", "\r"],
      ],
    );
    expect(answers).toEqual([
      { says: "edited", text: '{\n  "goal": "joy"\n}\n' },
      { says: "remark", text: "不用苹果 \nbut pears" },
      { says: "answers", answers: ["children", ""] },
    ]);
    expect(code).toBe(0);
  });

  it("leaves Ctrl-C to the editor, and hears it again afterwards", async () => {
    const editor = `trap 'echo CAUGHT' INT; echo EDITING; read line; read line; stty -a | grep -o ' icanon'; echo "$line" > "$1"`;
    const { answers, shown } = await session([review, review], editor, [
      [prompt, "e\r"],
      ["EDITING", "\u0003"],
      ["CAUGHT", '"typed"\n"typed"\n'],
      [prompt, "half a rem\u0003"],
    ]);
    expect(answers).toEqual([{ says: "edited", text: '"typed"\n' }, { says: "later" }]);
    expect(shown).toContain(" icanon");
    expect(shown.match(/INTERRUPT/g)).toHaveLength(1);
  });

  it("asks again when Ctrl-C has ended the editor", async () => {
    const { answers, shown } = await session([review], "echo EDITING; exec sleep 30", [
      [prompt, "e\r"],
      ["EDITING", "\u0003"],
      ["the editor ended with", ""],
      [prompt, "\r"],
    ]);
    expect(answers).toEqual([{ says: "go-on" }]);
    expect(shown).not.toContain("INTERRUPT");
  });

  it("takes no key for an answer that was hit before the question", async () => {
    const { answers } = await session([review, review], `echo READY; sleep 0.5; echo 1 > "$1"`, [
      [prompt, "e\r"],
      ["READY", "yes\rplease\r"],
      [prompt, "seen\r"],
    ]);
    expect(answers).toEqual([
      { says: "edited", text: "1\n" },
      { says: "remark", text: "seen" },
    ]);
  });
});
