import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Answered, openJournal, readJournal } from "../../src/engine/journal.ts";
import { DiskError } from "../../src/errors.ts";
import { tempFolder } from "../helpers/temp.ts";

const record = (key: string, answer: Answered["answer"] = key): Answered => ({
  ...{ at: "2026-01-02T03:04:05.678Z", key, operation: "llm", lane: "coder" },
  ...{ request: "r1", sent: "s1", settled: true, about: { action: "WriteCode" }, answer },
});

const strange = {
  text: '},"sum":"0"\n\u2028 贪吃蛇 \u{1f40d} \ud800 __proto__',
  __proto__: null,
  10: "ten",
  9: "nine",
};

describe("a journal", () => {
  it("gives back what was added, in order, also when it is opened again", async () => {
    const file = join(tempFolder(), "journal.jsonl");
    const journal = await openJournal(file);
    await Promise.all([journal.append(record("a")), journal.note(record("b", strange)), journal.append(record("c"))]);
    await journal.close();
    expect(await readJournal(file)).toEqual({ records: [record("a"), record("b", strange), record("c")], damaged: 0 });

    const again = await openJournal(file);
    expect(again.records.map(({ key }) => key)).toEqual(["a", "b", "c"]);
    await again.append({ at: "2026-01-02T03:04:06Z", key: "commit/1", effect: "commit", request: "r2" });
    await again.close();
    expect((await readJournal(file)).records.at(-1)).toEqual({
      ...{ at: "2026-01-02T03:04:06Z", key: "commit/1", effect: "commit", request: "r2" },
    });
  });

  it("is one JSON object a line", async () => {
    const file = join(tempFolder(), "journal.jsonl");
    const journal = await openJournal(file);
    await journal.append(record("a", strange));
    await journal.append(record("b"));
    await journal.close();
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual(["sum", "sum"]);
  });

  it("is empty where there is no file, which only opening makes", async () => {
    const file = join(tempFolder(), "journal.jsonl");
    expect(await readJournal(file)).toEqual({ records: [], damaged: 0 });
    expect(() => statSync(file)).toThrow("ENOENT");
    await (await openJournal(file)).close();
    expect(statSync(file).size).toBe(0);
  });

  it("loses only the last record, wherever a crash tears it", async () => {
    const whole = join(tempFolder(), "journal.jsonl");
    const journal = await openJournal(whole);
    await journal.append(record("a", "蛇"));
    const first = statSync(whole).size;
    await journal.append(record("b", "蛇"));
    await journal.close();
    const bytes = readFileSync(whole);
    for (let length = first; length < bytes.length; length++) {
      const file = join(tempFolder(), "journal.jsonl");
      writeFileSync(file, bytes.subarray(0, length));
      expect(await readJournal(file)).toEqual({ records: [record("a", "蛇")], damaged: 0 });
      const opened = await openJournal(file);
      await opened.append(record("c"));
      await opened.close();
      expect((await readJournal(file)).records.map(({ key }) => key)).toEqual(["a", "c"]);
    }
  });

  it.each([
    ["a changed letter", (line: string) => line.replace("coder", "codes")],
    ["a changed checksum", (line: string) => line.replace(/"sum":"./, '"sum":"x')],
    ["no record at all", () => "null"],
    ["half of it", (line: string) => line.slice(0, 40)],
    ["nothing", () => ""],
  ])("leaves out a line in the middle that holds %s, and counts it", async (_, spoil) => {
    const file = join(tempFolder(), "journal.jsonl");
    const journal = await openJournal(file);
    for (const key of ["a", "b", "c"]) await journal.append(record(key));
    await journal.close();
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, lines.with(1, spoil(lines[1] ?? "")).join("\n"));
    const { records, damaged } = await readJournal(file);
    expect(records.map(({ key }) => key)).toEqual(["a", "c"]);
    expect(damaged).toBe(1);
  });

  it("says so when there is no place for it", async () => {
    await expect(openJournal(tempFolder())).rejects.toBeInstanceOf(DiskError);
    await expect(openJournal(join(tempFolder(), "none", "journal.jsonl"))).rejects.toThrow(
      /cannot be kept in .*ENOENT/,
    );
  });

  it("keeps records that somebody else added to the file before it was opened", async () => {
    const file = join(tempFolder(), "journal.jsonl");
    const journal = await openJournal(file);
    await journal.append(record("a"));
    await journal.close();
    appendFileSync(file, readFileSync(file));
    expect((await readJournal(file)).records.map(({ key }) => key)).toEqual(["a", "a"]);
  });
});
