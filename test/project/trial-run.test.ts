import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { NewEvent } from "../../src/events.ts";
import type { Trial, TrialStep } from "../../src/project/trial.ts";
import { trialOperation } from "../../src/project/trial-run.ts";
import { chromiumPath } from "../helpers/browser.ts";
import { tempFolder } from "../helpers/temp.ts";

const probe = fileURLToPath(new URL("../../dist/probe.cjs", import.meta.url));

/** Tries out a project with these files. */
async function tried(files: Readonly<Record<string, string>>, steps: readonly TrialStep[], agrees = true) {
  const folder = tempFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const asked: (readonly string[])[] = [];
  const events: NewEvent[] = [];
  const operation = trialOperation({
    folder: () => folder,
    runFolder: tempFolder(),
    sandbox: "auto",
    async consent(commands) {
      asked.push(commands);
      return agrees;
    },
    probe,
    emit: (event) => events.push(event),
  });
  const run = () =>
    operation({ steps } as never, {
      key: "",
      lane: "",
      signal: new AbortController().signal,
    }) as unknown as Promise<Trial>;
  return { trial: await run(), run, asked, events, folder };
}

const test = (line: string): TrialStep => ({ what: "test", line, subject: "t" });

describe("a trial run", () => {
  it("decides by exit codes, and keeps what was printed, without the place it was printed at", async () => {
    const { trial, events, folder } = await tried({ "a.sh": "pwd; echo 你好; exit 3\n" }, [
      test("sh a.sh"),
      test("true"),
    ]);
    expect(trial.steps).toMatchObject([
      { works: "no", why: "exit code 3", output: ".\n你好\n", subject: "t" },
      { works: "yes", why: "exit code 0", output: "" },
    ]);
    expect(JSON.stringify(trial)).not.toContain(folder);
    expect(events.map(({ type }) => type)).toEqual(["command-start", "command-end", "command-start", "command-end"]);
  });

  it("does not try what needs a step that failed", async () => {
    const { trial } = await tried({}, [
      { what: "build", line: "false" },
      { what: "start", line: "true", probe: { does: "program", line: "true" } },
    ]);
    expect(trial.steps.map(({ works }) => works)).toEqual(["no", "not tried"]);
  });

  it("blames no product for a program that is not on the machine", async () => {
    const { trial } = await tried({}, [test("no-such-tool-anywhere --run")]);
    expect(trial.steps).toMatchObject([{ works: "unclear", why: "no-such-tool-anywhere is not on this machine" }]);
  });

  it("asks for consent once, before anything runs, and runs nothing without it", async () => {
    const { trial, asked, run, events } = await tried({}, [test("touch ran"), test("true")], false);
    expect(trial).toMatchObject({ refused: "running it was not agreed to", steps: [] });
    await run();
    expect([asked, events]).toEqual([[["touch ran", "true"]], []]);
  });

  it("starts a program and a server under the eyes of the probe", async () => {
    const server = `require("node:http").createServer((_, answer) => answer.end("<h1>留言板</h1>")).listen(process.env.PORT)\n`;
    const { trial } = await tried({ "server.cjs": server, "main.cjs": 'console.log("hello")\n' }, [
      { what: "start", line: "node main.cjs", probe: { does: "program", line: "node main.cjs" } },
      { what: "start", line: "node server.cjs", probe: { does: "server", line: "node server.cjs" } },
    ]);
    expect(trial.steps.map(({ works, why }) => [works, why.length > 5])).toEqual([
      ["yes", true],
      ["yes", true],
    ]);
    expect(trial.steps[0]?.output).toContain("hello");
  });

  it.skipIf(!chromiumPath)("opens a page in the browser, and tells a broken one", async () => {
    const page = (script: string) =>
      `<!doctype html><title>T</title><button id="b">加一</button><p id="n">0</p><script>${script}</script>`;
    const { trial } = await tried(
      {
        "good.html": page("let n = 0; b.onclick = () => { n += 1; document.getElementById('n').textContent = n; };"),
        "bad.html": page("undefinedFunction();"),
      },
      ["good.html", "bad.html"].map((file) => ({
        what: "start",
        line: `open ${file}`,
        probe: { does: "page", file, chromium: "?" },
      })),
    );
    expect(trial.steps.map(({ works }) => works)).toEqual(["yes", "no"]);
    expect(trial.steps[1]?.output).toContain("undefinedFunction is not defined");
  });
});
