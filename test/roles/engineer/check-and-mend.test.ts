import { describe, expect, it } from "vitest";
import { roster } from "../../../roles/index.ts";
import type { Finding } from "../../../src/project/checks/finding.ts";
import { answerTo, code } from "../../helpers/greeter.ts";
import { runTeam } from "../../helpers/team-run.ts";

const block = (text: string) => `\`\`\`python\n${text}\`\`\``;
const finding = (path: string, more: Partial<Finding> = {}): Finding => ({
  path,
  kind: "import",
  message: `something is wrong with ${path}`,
  ...more,
});

/** A company without reviews; a rewrite says which one it is in its last line. */
const checked = (
  check: (files: Readonly<Record<string, string>>, times: number) => readonly Finding[],
  options: { maxFixRounds?: number } = {},
) =>
  runTeam({
    roles: roster({ implement: true }),
    options: { codeReview: false, ...options },
    check,
    answer: ({ action, subject, attempt, messages }) =>
      action === "WriteCode" && attempt > 1 ? block(`${code[subject]}# ${attempt}\n`) : answerTo(messages),
  });

const rewrites = ({ keys }: { keys: readonly string[] }) => keys.filter((key) => /^WriteCode\/.*\/[2-9]/.test(key));

describe("what a check finds", () => {
  it("is nothing for good code, and the README says that nothing was run", async () => {
    const run = await checked(() => []);
    expect([rewrites(run), run.times.check, run.outcome]).toEqual([[], 1, "done"]);
    expect(run.tree()["README.md"]).toContain("## State\n\nNot verified: nothing was run; only the code was checked.");
    expect(run.tree()["docs/verification.md"]).toContain("Nothing was found.");
  });

  it("goes back as one message a file, with the finding, the file and the contracts it touches, all at once", async () => {
    const run = await checked((files) =>
      files["main.py"]?.includes("# 2")
        ? []
        : [
            finding("main.py", {
              line: 3,
              message: "main.py imports nam from greeter/names.py",
              about: ["greeter/names.py"],
            }),
            finding("main.py", { message: "main.py does nothing" }),
            finding("greeter/phrases.py", { about: ["greeter/names.py"] }),
          ],
    );
    expect(rewrites(run)).toEqual(["WriteCode/main.py/2.1", "WriteCode/greeter/phrases.py/2.1"]);
    const prompt = (key: string) => run.asked.find((one) => one.key === key)?.call.messages[1]?.content ?? "";
    expect(prompt("WriteCode/main.py/2.1")).toContain(
      "A check of the code found this:\n- line 3: main.py imports nam from greeter/names.py\n- main.py does nothing",
    );
    expect(prompt("WriteCode/main.py/2.1")).toContain(code["main.py"]);
    // the design does not have it depend on names.py; the finding does
    expect(prompt("WriteCode/greeter/phrases.py/2.1")).toContain("greeter/names.py: Finds out whom to greet.");
    expect(run.tree()["main.py"]).toContain("# 2");
    expect(run.tree()["docs/verification.md"]).toContain("Nothing was found.");
  });

  it.each([0, 1, 2, 5])(
    "is mended at most %d times, and what remains is in README and documents",
    async (maxFixRounds) => {
      const run = await checked((_, times) => Array.from({ length: 20 - times }, () => finding("main.py")), {
        maxFixRounds,
      });
      expect(rewrites(run)).toHaveLength(maxFixRounds);
      const left = 19 - maxFixRounds;
      expect(run.tree()["README.md"]).toContain(`${left} findings in the code remain`);
      expect(run.tree()["README.md"].match(/- main\.py: something is wrong/g)).toHaveLength(left);
      expect(run.outcome).toBe("done");
    },
  );

  it("ends as soon as nothing gets better, with the code as it was", async () => {
    const run = await checked(() => [finding("main.py")]);
    expect([rewrites(run), run.tree()["main.py"]]).toEqual([["WriteCode/main.py/2.1"], code["main.py"]]);
  });

  it("does not take a rewrite that is worse, and takes the good one beside it", async () => {
    const run = await checked(
      (files) => [
        ...(files["main.py"]?.includes("# 2") ? [finding("main.py", { kind: "syntax" })] : [finding("main.py")]),
        ...(files["greeter/names.py"]?.includes("# 2") ? [] : [finding("greeter/names.py")]),
      ],
      { maxFixRounds: 1 },
    );
    expect(run.tree()["main.py"]).toBe(code["main.py"]);
    expect(run.tree()["greeter/names.py"]).toBe(`${code["greeter/names.py"]}# 2\n`);
    expect(run.notes("warning").map(({ message }) => message)).toEqual([
      "the new main.py was worse than the old one, which is kept",
    ]);
    expect(run.documents.CheckCode?.[""]).toMatchObject({ findings: [{ path: "main.py", kind: "import" }] });
  });

  it("may bring out more once a file can be parsed at all", async () => {
    const run = await checked((files) =>
      files["main.py"]?.includes("# 3")
        ? []
        : files["main.py"]?.includes("# 2")
          ? [finding("main.py"), finding("main.py"), finding("main.py")]
          : [finding("main.py", { kind: "syntax" })],
    );
    expect(rewrites(run)).toEqual(["WriteCode/main.py/2.1", "WriteCode/main.py/3.1"]);
    expect(run.documents.CheckCode?.[""]).toMatchObject({ findings: [] });
  });

  it("in a file that is not the engineer's is left to be read", async () => {
    const run = await checked(() => [finding("requirements.txt", { kind: "package" })]);
    expect(rewrites(run)).toEqual([]);
    expect(run.tree()["README.md"]).toContain("- requirements.txt: something is wrong");
  });
});
