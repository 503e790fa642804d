import { closeSync, mkdirSync, openSync, unlinkSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { writtenSince } from "../../../src/project/sandbox/disk.ts";
import { tempFolder } from "../../helpers/temp.ts";

const bounds = { bytes: 1e9, files: 1e6 };
const hundred = Buffer.alloc(100_000, 1);

describe("writtenSince", () => {
  it("counts what was written since then, even if it claims to be older", async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "old"), hundred);
    await delay(50);
    const since = Date.now() - 20;
    mkdirSync(join(folder, "new"));
    writeFileSync(join(folder, "new", "file"), hundred);
    utimesSync(join(folder, "new", "file"), 1, 1);
    const { bytes, files } = await writtenSince(since, bounds, { folders: [folder], pids: [] });
    expect(files).toBe(2);
    expect(bytes).toBeGreaterThanOrEqual(100_000);
    expect(bytes).toBeLessThan(200_000);
  });

  it("counts holes in files as nothing", async () => {
    const folder = tempFolder();
    const file = openSync(join(folder, "sparse"), "w");
    writeSync(file, "x", 1e9);
    closeSync(file);
    expect((await writtenSince(0, bounds, { folders: [folder], pids: [] })).bytes).toBeLessThan(100_000);
  });

  it("stops counting above its bounds", async () => {
    const folder = tempFolder();
    for (let i = 0; i < 50; i++) writeFileSync(join(folder, `${i}`), "");
    expect(await writtenSince(0, { bytes: 1e9, files: 9 }, { folders: [folder], pids: [] })).toMatchObject({
      files: 10,
    });
  });

  it.skipIf(process.platform !== "linux")("finds what processes still hold open without a name", async () => {
    const folder = tempFolder();
    const file = openSync(join(folder, "gone"), "w");
    onTestFinished(() => closeSync(file));
    writeSync(file, hundred);
    unlinkSync(join(folder, "gone"));
    const { bytes } = await writtenSince(0, bounds, { folders: [folder], pids: [process.pid] });
    expect(bytes).toBeGreaterThanOrEqual(100_000);
  });
});
