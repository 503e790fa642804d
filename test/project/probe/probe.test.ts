import { execFileSync, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProbeRequest } from "../../../src/project/probe/answers.ts";
import { probeLine, readProbe } from "../../../src/project/probe/call.ts";
import { chromiumPath } from "../../helpers/browser.ts";
import { tempFolder } from "../../helpers/temp.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
// below node_modules, so that packages are found as they are from dist/
const built = join(root, "node_modules/.cache", `probe-${process.pid}`);

const start = (argument: string, cwd: string) =>
  spawnSync(process.execPath, [join(built, "probe.cjs"), argument], { cwd, encoding: "utf8" });
const ask = (request: ProbeRequest, cwd: string) => readProbe(start(probeLine(request), cwd).stdout);

describe("the probe, built and started as it is in a run", { timeout: 60_000 }, () => {
  beforeAll(() => {
    const options = ["--no-config", "--format", "cjs", "--minify", "--target", "node20.19", "--log-level", "error"];
    const tsdown = join(root, "node_modules/tsdown/dist/run.mjs");
    execFileSync(process.execPath, [tsdown, "bin/probe.ts", "--out-dir", built, ...options], { cwd: root });
  });
  afterAll(() => rmSync(built, { recursive: true, force: true }));

  it("answers in one line and leaves, whatever the program says", () => {
    const request = { does: "program", line: 'echo \'{"does":"page"}\'; echo 你好' } as const;
    const { stdout, status } = start(probeLine(request), tempFolder());
    expect(stdout.trimEnd()).not.toContain("\n");
    expect(status).toBe(0);
    expect(readProbe(stdout)).toMatchObject({ does: "program", works: "yes", output: '{"does":"page"}\n你好\n' });
  });

  it("starts servers in the folder that it stands in", () => {
    const folder = tempFolder();
    writeFileSync(
      join(folder, "server.cjs"),
      `require("http").createServer((_, r) => r.end("hi")).listen(process.env.PORT)`,
    );
    const answer = ask({ does: "server", line: `${JSON.stringify(process.execPath)} server.cjs`, seconds: 20 }, folder);
    expect(answer).toMatchObject({ does: "server", works: "yes", answers: [{ status: 200, text: "hi" }] });
  });

  it.skipIf(!chromiumPath)("opens pages of that folder, also those that move by themselves", () => {
    const folder = tempFolder();
    writeFileSync(
      join(folder, "index.html"),
      `<h1 id="clock"></h1><button onclick="count.textContent++">+</button><p id="count">0</p>
       <script>setInterval(() => clock.textContent = performance.now(), 50)</script>`,
    );
    const answer = ask({ does: "page", file: "index.html", chromium: chromiumPath ?? "" }, folder);
    expect(answer).toMatchObject({ does: "page", works: "yes", reacts: "yes", reaction: 'click on "+"', errors: [] });
  });

  it.each(["", "{", '{"does":"magic"}', '{"does":"page","file":"a.html"}'])("refuses %j", (argument) => {
    const { stdout, stderr, status } = start(argument, tempFolder());
    expect([stdout, status]).toEqual(["", 1]);
    expect(stderr).toMatch(/\S/);
  });
});
