import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { sandboxOf } from "../../../src/project/sandbox/find.ts";
import { type Command, findSandbox, type Sandbox } from "../../../src/project/sandbox/index.ts";
import { unshare } from "../../../src/project/sandbox/unshare.ts";
import { tempFolder } from "../../helpers/temp.ts";

const best = await findSandbox("auto");
const off = await findSandbox("off");
const kinds: readonly (readonly [string, Sandbox])[] = [
  ["no sandbox", off],
  ...(best.kind === "bubblewrap"
    ? ([
        ["bubblewrap", best],
        ["unshare", sandboxOf(unshare({ prlimit: true }))],
      ] as const)
    : []),
];
if (kinds.length === 1) console.warn(`SKIPPED: runs in bubblewrap. Here it is ${best.description}`);

describe.skipIf(process.platform === "win32").each(kinds)("a command in %s", (_, sandbox) => {
  const run = (line: Command["line"], more: Partial<Command> = {}) =>
    sandbox.run({ line, folder: tempFolder(), ...more });

  it.each([
    { line: "echo out; echo err >&2", ran: { code: 0, ended: "exit", stdout: "out\n", stderr: "err\n" } },
    { line: "exit 3", ran: { code: 3, ended: "exit" } },
    { line: ["printf", "%s", "a b;$c"], ran: { code: 0, stdout: "a b;$c" } },
    { line: "kill -SEGV $$", ran: { code: 139, ended: "exit", signal: "SIGSEGV" } },
    { line: "no-such-program", ran: { code: 127, ended: "missing" } },
    { line: ["no-such-program"], ran: { code: 127, ended: "missing" } },
    { line: "cat", ran: { code: 0, stdout: "" } },
    { line: "echo a\0b", ran: { code: null, ended: "stopped", reason: expect.stringContaining("null bytes") } },
    { line: "printf '\\033[31mred\\033[0m\\n'", ran: { stdout: "\u001b[31mred\u001b[0m\n", output: "red\n" } },
  ])("tells what came of $line", async ({ line, ran }) => {
    expect(await run(line)).toMatchObject(ran);
  });

  it("shows both outputs in order of arrival", async () => {
    const { output } = await run("for i in 1 2 3; do echo out$i; sleep 0.1; echo err$i >&2; sleep 0.1; done");
    expect(output).toBe("out1\nerr1\nout2\nerr2\nout3\nerr3\n");
  });

  it("keeps head and tail of a long output", async () => {
    const { ended, output } = await run("seq 1 100000");
    expect(ended).toBe("exit");
    expect(output.length).toBeLessThan(16_000);
    expect(output).toMatch(/^1\n2\n[\s\S]*characters left out[\s\S]*\n99999\n100000\n$/);
  });

  it("gets what is given as input", async () => {
    expect(await run("read word; echo got $word", { input: "hello\nignored" })).toMatchObject({
      stdout: "got hello\n",
    });
  });

  it("runs programs of Node.js, which reach each other over loopback", async () => {
    const script = `
      const server = require("node:http").createServer((_, answer) => answer.end("hi")).listen(0, "127.0.0.1", async () => {
        console.log(await (await fetch("http://127.0.0.1:" + server.address().port)).text());
        server.close();
      })`;
    expect(await run(["node", "-e", script])).toMatchObject({ code: 0, stdout: "hi\n" });
  });

  it("is asked to end before it is made to", async () => {
    const ran = await run("trap 'sleep 0.2; echo bye; exit 0' TERM; echo on; while :; do sleep 0.05; done", {
      seconds: 2,
    });
    expect(ran).toMatchObject({
      code: null,
      ended: "timeout",
      reason: "it took longer than 2 s",
      stdout: "on\nbye\n",
    });
  });

  it("ends when it is called off, and does not begin if it was before", async () => {
    const caller = new AbortController();
    setTimeout(() => caller.abort(), 200);
    expect(await run("sleep 30", { signal: caller.signal })).toMatchObject({ code: null, ended: "stopped" });
    const folder = tempFolder();
    expect(await run("touch begun", { folder, signal: caller.signal })).toMatchObject({ ended: "stopped" });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("finds its home again, and neither home nor caches lie in the project", async () => {
    const folder = tempFolder();
    expect(
      await run('mkdir -p "$XDG_CACHE_HOME" && echo kept > "$XDG_CACHE_HOME/file" && echo x > ~/y', { folder }),
    ).toMatchObject({ code: 0 });
    expect(await run('cat "$XDG_CACHE_HOME/file"; echo "$HOME"', { folder })).toMatchObject({
      stdout: expect.stringMatching(/^kept\n.*\/home\n$/),
    });
    expect(await run('cat "$XDG_CACHE_HOME/file"')).toMatchObject({ stdout: "" });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves no .git where there was none", async () => {
    const folder = tempFolder();
    await run("mkdir -p .git/hooks; echo x > .git/hooks/pre-commit; echo x > file", { folder });
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  it("reads what it may", async () => {
    const elsewhere = tempFolder();
    writeFileSync(join(elsewhere, "tool"), "a tool");
    expect(await run(["cat", join(elsewhere, "tool")], { readable: [elsewhere] })).toMatchObject({ stdout: "a tool" });
  });

  it("refuses a folder that has the home in it", async () => {
    vi.stubEnv("HOME", join(tempFolder(), "me"));
    mkdirSync(homedir());
    await expect(run("true", { folder: dirname(homedir()) })).rejects.toThrow("has your home in it");
    vi.unstubAllEnvs();
  });

  it("runs beside others without mixing up with them", async () => {
    const folder = tempFolder();
    const all = await Promise.all([1, 2, 3, 4].map((i) => run(`sleep 0.${i}; echo ${i}`, { folder })));
    expect(all.map(({ stdout }) => stdout)).toEqual(["1\n", "2\n", "3\n", "4\n"]);
  });
});

const root = fileURLToPath(new URL("../../..", import.meta.url));

describe.skipIf(process.platform !== "linux")("when this program ends", () => {
  it("the command ends too and its private folder is gone", () => {
    const place = tempFolder();
    const script = `
      import { existsSync, readFileSync } from "node:fs";
      import { createJiti } from "jiti";
      const { findSandbox } = await createJiti("${root}", { fsCache: false }).import("${root}/src/project/sandbox/index.ts");
      const sandbox = await findSandbox("off");
      sandbox.run({ line: "echo $$ > pid; sleep 30", folder: "${place}" });
      setInterval(() => existsSync("${place}/pid") && readFileSync("${place}/pid", "utf8") && process.exit(), 20);`;
    const temp = join(place, "temp");
    mkdirSync(temp);
    execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: root,
      env: { ...process.env, TMPDIR: temp },
    });
    const pid = readFileSync(join(place, "pid"), "utf8").trim();
    const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
    expect(status === "" || /State:\s+[ZX]/.test(status)).toBe(true);
    expect(readdirSync(temp).filter((name) => name.startsWith("metagpt-sandbox"))).toEqual([]);
  });
});

it("removes what a killed program left behind, and nothing else", async () => {
  const place = tempFolder();
  const gone = 2 ** 22 + 1;
  for (const name of [`metagpt-sandbox-${gone}-aaaaaa`, `metagpt-sandbox-${process.pid}-aaaaaa`, "other"]) {
    mkdirSync(join(place, name));
    utimesSync(join(place, name), 1, 1);
  }
  vi.stubEnv("TMPDIR", place);
  expect(tmpdir()).toBe(place);
  vi.resetModules();
  const { privateFolder } = await import("../../../src/project/sandbox/private-folder.ts");
  const { path } = privateFolder("/project");
  vi.unstubAllEnvs();
  expect(
    readdirSync(place)
      .map((name) => join(place, name))
      .sort(),
  ).toEqual([path, join(place, `metagpt-sandbox-${process.pid}-aaaaaa`), join(place, "other")].sort());
});
