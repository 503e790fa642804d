import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { atTerminal, hasPty } from "../helpers/pty.ts";
import { filesIn, tempFolder } from "../helpers/temp.ts";

if (!hasPty) console.warn("SKIPPED: no python3 here, so nobody can be put at a terminal");

const program = fileURLToPath(new URL("../../dist/metagpt.cjs", import.meta.url));
const recording = fileURLToPath(new URL("../../recordings/todo-app-in-python", import.meta.url));
const idea = "write a command line todo app in python";

/** A run with tests at a terminal, where the question whether they may run gets this answer. */
function run(answer: string) {
  const home = tempFolder();
  const workspace = join(home, "workspace");
  const args = [idea, "--run-tests", "--llm", `recording/${recording}`, "--workspace", workspace];
  const keys = [["Run them? [y/N] ", answer]] as const;
  return { session: atTerminal([process.execPath, program, ...args], { keys, env: { HOME: home } }), workspace };
}

describe.skipIf(!hasPty)("whoever sits at the terminal", () => {
  it("is shown the commands and the sandbox once, and a no means that nothing is run", async () => {
    const { session, workspace } = run("\r");
    const { code, shown } = await session;
    expect(shown).toContain("  python3 -m unittest tests.test_storage");
    expect(shown).toContain("  python3 main.py");
    expect(shown).toContain("Sandbox: ");
    expect(shown.match(/Run them\?/g)).toHaveLength(1);
    expect([code, shown.includes("Not verified: running it was not agreed to.")]).toEqual([0, true]);
    expect(shown).not.toMatch(/[✓✗] test:/);
    expect(filesIn(join(workspace, "todo_cli"))["README.md"]).toContain("running it was not agreed to");
  });

  it.each(["y\r", "是\r"])("may agree: %j", async (answer) => {
    const { code, shown } = await run(answer).session;
    expect([code, /✓ Verified: /.test(shown)]).toEqual([0, true]);
  });
});
