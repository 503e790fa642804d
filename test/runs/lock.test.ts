import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DiskError, exitCodes } from "../../src/errors.ts";
import { BusyError, holderOf, lockRun } from "../../src/runs/lock.ts";
import { thisProcess } from "../../src/runs/process.ts";
import { tempFolder } from "../helpers/temp.ts";

const jiti = fileURLToPath(new URL("../../node_modules/jiti/lib/jiti-cli.mjs", import.meta.url));
const worker = fileURLToPath(new URL("lock-worker.ts", import.meta.url));
const root = process.getuid?.() === 0;

/** A lock that somebody else may have left in the folder: of this process, but for these changes. */
async function claimIn(folder: string, number: number, changes: Record<string, unknown> = {}) {
  const claim = { ...(await thisProcess()), since: "2026-01-31T23:59:30.000Z", ...changes };
  writeFileSync(join(folder, `lock.${number}`), `${JSON.stringify(claim)}\n`);
}

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.unreachable("it was not refused"),
    (error: unknown) => error,
  );

describe("the lock of a run", () => {
  it("belongs to one at a time, and is free again when it is released", async () => {
    const folder = tempFolder();
    const lock = await lockRun(folder);
    const error = await refusal(lockRun(folder));
    expect(error).toBeInstanceOf(BusyError);
    expect(error).toMatchObject({ exitCode: exitCodes.busy, holder: { pid: process.pid, seen: true } });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await lockRun(folder)).release();
  });

  it("removes what a process left that was killed in the middle of a claim, and nothing else", async () => {
    const folder = tempFolder();
    const living = `.lock.${process.pid}.0b9c1f5e.tmp`;
    for (const name of [".lock.4194999.0b9c1f5e.tmp", living, "notes.tmp"]) writeFileSync(join(folder, name), "");
    await (await lockRun(folder)).release();
    expect(readdirSync(folder).sort()).toEqual([living, "notes.tmp"]);
  });

  it("goes to exactly one of many who want it at once", async () => {
    const folder = tempFolder();
    const all = await Promise.allSettled(Array.from({ length: 30 }, () => lockRun(folder)));
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(readdirSync(folder)).toHaveLength(1);
    for (const one of all) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(BusyError);
  });

  it("is told by whom it is held, since when, and how to get it", async () => {
    const folder = tempFolder();
    await claimIn(folder, 1);
    const { host } = await thisProcess();
    expect(await refusal(lockRun(folder))).toMatchObject({
      message: expect.stringMatching(
        /^the run \S+ is in use: process \d+ on .+ at work on it since 2026-01-31 23:59 UTC$/,
      ),
      hint: `Wait until it ends, or end it with: kill ${process.pid}`,
    });
    expect(await holderOf(folder)).toEqual({
      pid: process.pid,
      host,
      since: "2026-01-31T23:59:30.000Z",
      file: join(folder, "lock.1"),
      seen: true,
    });
  });

  it.each([
    ["another machine", { host: "elsewhere" }],
    ["another container", { room: "pid:[1]" }],
  ])("is not taken from a process of %s, which may live", async (_, changes) => {
    const folder = tempFolder();
    await claimIn(folder, 7, changes);
    const hint = `It cannot be seen from here. If that machine or container is gone, delete ${join(folder, "lock.7")}`;
    expect(await refusal(lockRun(folder))).toMatchObject({ hint, exitCode: exitCodes.busy });
    unlinkSync(join(folder, "lock.7"));
    await (await lockRun(folder)).release();
  });

  it.each([
    ["that is gone", async () => ({ pid: await ended() })],
    ["whose number another one has now", async () => ({ started: "1" })],
    ["from before the machine was started", async () => ({ boot: "another" })],
  ])("is taken over from a process %s", async (_, changes) => {
    const folder = tempFolder();
    await claimIn(folder, 4, await changes());
    expect(await holderOf(folder)).toBeUndefined();
    const lock = await lockRun(folder);
    expect(readdirSync(folder).sort()).toEqual(["lock.4", "lock.5"]);
    await lock.release();
    expect(readdirSync(folder)).toEqual(["lock.4"]);
  });

  it.runIf(process.platform === "linux")(
    "is taken over from a process that was killed and is still listed",
    async () => {
      const folder = tempFolder();
      const parent = spawn("sh", ["-c", "sleep 0.3 & echo $!; exec sleep 60"]);
      try {
        const pid = Number(await new Promise((resolve) => parent.stdout.once("data", resolve)));
        const stat = () => readFileSync(`/proc/${pid}/stat`, "utf8");
        await expect.poll(stat, { timeout: 10_000 }).toContain(") Z ");
        const started = stat().split(" ")[21];
        await claimIn(folder, 1, { pid, started });
        expect(await holderOf(folder)).toBeUndefined();
      } finally {
        parent.kill("SIGKILL");
      }
    },
  );

  it.each([
    ["an empty", ""],
    ["half a", '{"pid":12,"ho'],
    ["a foreign", '{"pid":-1}'],
  ])("is not held by %s claim: who was killed while making it never got the lock", async (_, text) => {
    const folder = tempFolder();
    writeFileSync(join(folder, "lock.2"), text);
    expect(await holderOf(folder)).toBeUndefined();
    const lock = await lockRun(folder);
    await lock.release();
    expect(readFileSync(join(folder, "lock.2"), "utf8")).toBe(text);
  });

  it("passes over names that lead nowhere", async () => {
    const folder = tempFolder();
    symlinkSync("nowhere", join(folder, "lock.1"));
    writeFileSync(join(folder, "lock.old"), "");
    await (await lockRun(folder)).release();
    expect(readdirSync(folder).sort()).toEqual(["lock.1", "lock.old"]);
  });

  it("leaves a claim alone that has taken the number of its own", async () => {
    const folder = tempFolder();
    const lock = await lockRun(folder);
    unlinkSync(join(folder, "lock.1"));
    await claimIn(folder, 1, { host: "elsewhere" });
    await lock.release();
    expect(readdirSync(folder)).toEqual(["lock.1"]);
  });

  it("says what is wrong with a folder that is not there", async () => {
    const error = await refusal(lockRun(join(tempFolder(), "none")));
    expect(error).toBeInstanceOf(DiskError);
    expect(error).toMatchObject({ message: expect.stringContaining("cannot be locked (ENOENT)") });
  });

  it.skipIf(root)("says what is wrong with a folder that it may not write to", async () => {
    const folder = join(tempFolder(), "run");
    mkdirSync(folder);
    chmodSync(folder, 0o555);
    expect(await refusal(lockRun(folder))).toMatchObject({ message: expect.stringContaining("(EACCES)") });
  });

  it.each([
    ["with hard links", "yes"],
    ["on a file system without hard links", "no"],
  ])(
    "never has two holders, %s, while processes fight for it and are killed at any time",
    async (_, links) => {
      const folder = tempFolder();
      const said = await fight(folder, { links, together: 4, killed: 8 });
      expect(said.broken).toEqual([]);
      expect(said.held).toBeGreaterThan(4);
      expect(said.busy).toBeGreaterThan(0);
      expect(readdirSync(folder).filter((name) => /^lock\.\d+$/.test(name)).length).toBeGreaterThan(0);
      expect(await holderOf(folder)).toBeUndefined();
      await (await lockRun(folder)).release();
    },
    60_000,
  );
});

/** The number of a process that has ended. */
async function ended(): Promise<number> {
  const child = spawn("true");
  await new Promise((resolve) => child.on("close", resolve));
  return child.pid ?? 0;
}

/** Keeps some workers on the lock until so many of them were killed; gives what they said. */
async function fight(folder: string, { links, together, killed }: { links: string; together: number; killed: number }) {
  const port = String(await freePort());
  const said = { held: 0, busy: 0, broken: [] as string[] };
  let begun = 0;
  const row = async () => {
    while (begun < killed && said.broken.length === 0) {
      begun += 1;
      const life = String(400 + Math.floor(Math.random() * 1600));
      const child = spawn(process.execPath, [jiti, worker, folder, port, life, links]);
      let text = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (more: string) => {
          text += more;
        });
      }
      const signal = await new Promise((resolve) => child.on("close", (_, by) => resolve(by)));
      said.held += text.match(/^held/gm)?.length ?? 0;
      said.busy += text.match(/^busy/gm)?.length ?? 0;
      if (signal !== "SIGKILL") said.broken.push(text);
    }
  };
  await Promise.all(Array.from({ length: together }, row));
  return said;
}

/** A port that nobody has, and that no connection is given by the way: those are above 32767. */
async function freePort(): Promise<number> {
  const port = 10_000 + Math.floor(Math.random() * 20_000);
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true));
  });
  if (!free) return freePort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
