import { describe, expect, it } from "vitest";
import { roster } from "../../../roles/index.ts";
import type { LlmCall } from "../../../src/llm/call.ts";
import type { TrialStep, TriedStep } from "../../../src/project/trial.ts";
import { answerTo, code } from "../../helpers/greeter.ts";
import { runTeam } from "../../helpers/team-run.ts";

const block = (text: string) => `\`\`\`python\n${text}\`\`\``;
const namesTest = "tests/test_greeter_names.py";
const phrasesTest = "tests/test_greeter_phrases.py";

interface Told {
  readonly trial?: (step: TrialStep, files: Readonly<Record<string, string>>, times: number) => Partial<TriedStep>;
  /** The answer about a failure. */
  readonly debug?: (call: LlmCall) => string;
  readonly answer?: (call: LlmCall) => string | undefined;
}

const tested = ({ trial = () => ({}), debug = () => "", answer = () => undefined }: Told = {}) =>
  runTeam({
    roles: roster({ implement: true, run_tests: true }),
    options: { codeReview: false, runTests: true },
    trial,
    answer: (call) =>
      answer(call) ??
      (call.action === "WriteTest"
        ? block(`# tests of ${call.subject}\n`)
        : call.action === "DebugError"
          ? debug(call)
          : answerTo(call.messages)),
  });

const asked = (run: Awaited<ReturnType<typeof tested>>, action: string) =>
  run.asked.filter(({ call }) => call.action === action);
const fails = (output: string): Partial<TriedStep> => ({ works: "no", why: "exit code 1", output });

describe("tests", () => {
  it("are written for every file that offers something, from contract and stories, without its code", async () => {
    const run = await tested();
    expect(asked(run, "WriteTest").map(({ key }) => key)).toEqual([
      `WriteTest/${namesTest}/1.1`,
      `WriteTest/${phrasesTest}/1.1`,
    ]);
    const prompt = asked(run, "WriteTest")[0]?.call.messages[1]?.content ?? "";
    expect(prompt).toContain("name_from(args: list[str]) -> str");
    expect(prompt).toContain("I want to be greeted by name");
    expect(prompt).toContain("Import what you test from greeter.names");
    expect(prompt).not.toContain(code["greeter/names.py"]);
  });

  it("are tried one by one, then the start, and a product that passes is verified", async () => {
    const lines: string[] = [];
    const run = await tested({
      trial: ({ line, what }) => {
        lines.push(line);
        return what === "start" ? { why: "It printed Hello, world!" } : {};
      },
    });
    expect(lines).toEqual([
      "python3 -m unittest tests.test_greeter_names",
      "python3 -m unittest tests.test_greeter_phrases",
      "python3 main.py",
    ]);
    expect(run.tree()["README.md"]).toContain("Verified: It printed Hello, world!; 2/2 test files pass.");
    expect(run.tree()["README.md"]).toContain("python3 -m unittest discover -s tests -t .");
    expect(run.tree()["docs/verification.md"]).toContain(
      "| `python3 main.py` | yes | It printed Hello, world! | 0.1 |",
    );
    expect(run.outcome).toBe("done");
  });

  it("are not begun while files are missing", async () => {
    const run = await tested({
      answer: ({ action, subject }) => (action === "WriteCode" && subject === "main.py" ? "no" : undefined),
    });
    expect([asked(run, "WriteTest").length, run.times.trial]).toEqual([0, 0]);
    expect(run.notes("warning").map(({ message }) => message)).toContain(
      "nothing is tested, because main.py could not be written",
    );
  });
});

describe("what fails", () => {
  const trace = `File "/x/greeter/names.py", line 2, in name_from\nFile "/x/${namesTest}", line 9`;

  it("is mended in the code or in the test, by its output and the file it points to, until it works", async () => {
    const run = await tested({
      trial: ({ subject }, files) =>
        subject === namesTest && !files["greeter/names.py"]?.includes("# good") ? fails(trace) : {},
      debug: () => `File: greeter/names.py\n${block("# good\n")}`,
    });
    const [question, ...others] = asked(run, "DebugError");
    expect([question?.key, others.length, run.times.trial]).toEqual([`DebugError/${namesTest}/1.1`, 0, 2]);
    const prompt = question?.call.messages[1]?.content ?? "";
    expect(prompt).toContain(trace);
    expect(prompt).toContain(`### greeter/names.py\ngreeter/names.py: Finds out whom to greet.`);
    expect(prompt).toContain(`### ${namesTest}`);
    expect(run.tree()["greeter/names.py"]).toBe("# good\n");
    expect(run.tree()["README.md"]).toContain("Verified: ");
  });

  it("never has a test that passes rewritten", async () => {
    const run = await tested({
      trial: ({ subject }, _, times) =>
        subject === namesTest && times === 1 ? fails(`${trace}\nFile "/x/${phrasesTest}", line 1`) : {},
      debug: () => `File: ${phrasesTest}\n${block("# weaker\n")}`,
    });
    expect(run.tree()[phrasesTest]).toBe(`# tests of ${phrasesTest}\n`);
    const prompt = asked(run, "DebugError")[0]?.call.messages[1]?.content ?? "";
    expect(prompt).not.toContain(`### ${phrasesTest}`);
  });

  it("is tried to mend five times at most, and is then told", async () => {
    let version = 0;
    const run = await tested({
      trial: ({ subject }) => (subject === namesTest ? fails(trace) : {}),
      debug: () => {
        version += 1;
        return `File: greeter/names.py\n${block(`# ${version}\n`)}`;
      },
    });
    expect([asked(run, "DebugError").length, run.times.trial]).toEqual([5, 6]);
    expect(run.tree()["README.md"]).toContain("Partly verified");
    expect(run.tree()["README.md"]).toContain("- python3 -m unittest tests.test_greeter_names: exit code 1");
  });

  it("is taken back where more fails afterwards", async () => {
    const run = await tested({
      trial: ({ subject, what }, files) =>
        files["greeter/names.py"] === "# worse\n" && what === "start"
          ? fails("Traceback")
          : subject === namesTest
            ? fails(trace)
            : {},
      debug: () => `File: greeter/names.py\n${block("# worse\n")}`,
    });
    expect(run.tree()["greeter/names.py"]).toBe(code["greeter/names.py"]);
    expect(run.notes("warning")[0]?.message).toBe(
      "with the new greeter/names.py more failed than before; the old code is taken back",
    );
  });

  it("at the start is about the files that the trace names", async () => {
    const run = await tested({
      trial: ({ what }, files) =>
        what === "start" && files["main.py"] !== "# good\n" ? fails('File "main.py", line 4\nNameError') : {},
      debug: () => `File: main.py\n${block("# good\n")}`,
    });
    expect(asked(run, "DebugError").map(({ key }) => key)).toEqual(["DebugError/start/1.1"]);
    expect(run.tree()["main.py"]).toBe("# good\n");
  });
});
