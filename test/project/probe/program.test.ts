import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { probeProgram } from "../../../src/project/probe/program.ts";
import { tempFolder } from "../../helpers/temp.ts";

const node = JSON.stringify(process.execPath);
const script = (code: string) => `${node} -e ${JSON.stringify(code)}`;

describe("a program is called", () => {
  it("with its standard input closed: one that asks is told from one that is broken", async () => {
    const answer = await probeProgram({ line: `python3 -c "print('hi', input('Name: '))"`, inputs: "", seconds: 10 });
    expect(answer).toMatchObject({ works: "unclear", code: 1, wantsInput: true, running: false });
    expect(answer.output).toContain("EOFError");
  });

  it("with inputs where they are given", async () => {
    const answer = await probeProgram({ line: `python3 -c "print('你好', input())"`, inputs: "世界\n", seconds: 10 });
    expect(answer).toMatchObject({ works: "yes", code: 0, output: "你好 世界\n" });
  });

  it("and says how it is called", async () => {
    const answer = await probeProgram({ line: "python3 -m http.server --nonsense", inputs: "", seconds: 10 });
    expect(answer).toMatchObject({ works: "yes", code: 2, trace: "" });
  });

  it("and crashes", async () => {
    const answer = await probeProgram({ line: script("null.x"), inputs: "", seconds: 10 });
    expect(answer).toMatchObject({ works: "no", code: 1, running: false });
    expect(answer.trace).toMatch(/^TypeError: Cannot read properties of null/);
    expect(answer.why).toBe(`It failed: ${answer.trace}`);
  });

  it.skipIf(process.platform === "win32")("and is ended by a signal", async () => {
    const answer = await probeProgram({ line: "kill -ABRT $$", inputs: "", seconds: 10 });
    expect(answer).toMatchObject({ works: "no", code: null, why: "It was ended by SIGABRT." });
  });

  it("and draws for ever: it counts as running, and all that it started is gone afterwards", async () => {
    const mark = join(tempFolder(), "still-here");
    // a shell, which is there sooner than a second Node.js
    const child = `while :; do echo drawn >> ${mark}; sleep 0.02; done`;
    const parent = `require('child_process').spawn('sh', ['-c', ${JSON.stringify(child)}]); setInterval(() => console.log('frame'), 50); process.on('SIGTERM', () => {})`;
    const file = join(tempFolder(), "game.cjs");
    writeFileSync(file, parent);
    const answer = await probeProgram({ line: `${node} ${file}`, inputs: "", seconds: 2 });
    expect(answer).toMatchObject({ works: "yes", running: true, code: null });
    expect(existsSync(mark)).toBe(true);
    const last = readFileSync(mark, "utf8");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(readFileSync(mark, "utf8")).toBe(last);
  });

  it("and leaves a child behind that holds its output: the answer does not wait for it", async () => {
    const folder = tempFolder();
    const line = `cd ${folder} && (sleep 2; touch late) & echo done`;
    expect(await probeProgram({ line, inputs: "", seconds: 30 })).toMatchObject({ works: "yes", output: "done\n" });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("and writes without end: the beginning and the end are kept", async () => {
    const line = `python3 -c "print('first')\nwhile True: print('again and again')"`;
    const answer = await probeProgram({ line, inputs: "", seconds: 60 });
    expect(answer).toMatchObject({ works: "unclear", why: "It wrote without end.", running: false });
    const [head, tail] = answer.output.split(/\[\.\.\. \d+ characters left out \.\.\.\]/);
    expect(head).toMatch(/^first\n(?:again and again\n)+/);
    expect(tail).toMatch(/(?:again and again\n){50}/);
    expect(answer.output.length).toBeLessThanOrEqual(4000);
  });

  it("and colours what it says: the colours are left out", async () => {
    const line = script("console.log('\\u001b[31mred\\u001b[0m\\u0007 \\u001b[2Jok')");
    expect(await probeProgram({ line, inputs: "", seconds: 10 })).toMatchObject({ output: "red ok\n" });
  });
});
