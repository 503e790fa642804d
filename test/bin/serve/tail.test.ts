import { appendFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { followEvents } from "../../../bin/serve/runs/tail.ts";
import { tempFolder } from "../../helpers/temp.ts";

const line = (seq: number, text = "") => `${JSON.stringify({ v: 1, seq, type: "warning", message: text })}\n`;

/** The numbers of all events that are told, while these things happen to the file between two looks at it. */
async function told(after: number, file: string, happenings: readonly (() => void)[]) {
  const left = [...happenings];
  const goesOn = async () => {
    left.shift()?.();
    return left.length > 0;
  };
  const seqs: number[] = [];
  for await (const { seq } of followEvents(file, { after, goesOn, signal: new AbortController().signal }))
    seqs.push(seq);
  return seqs;
}

it("tells every whole line once, however it is written", async () => {
  const file = join(tempFolder(), "events.jsonl");
  const second = line(2, "ü".repeat(100_000));
  const events = await told(0, file, [
    () => {}, // no file yet
    () => writeFileSync(file, line(1) + second.slice(0, 70_001)),
    () => appendFileSync(file, second.slice(70_001)),
    () => appendFileSync(file, `${line(3)}{"v":1,"se`),
  ]);
  expect(events).toEqual([1, 2, 3]);
});

it("is not misled by a torn line that is cut off, or left, when the run goes on", async () => {
  const file = join(tempFolder(), "events.jsonl");
  const events = await told(1, file, [
    () => writeFileSync(file, `${line(1)}${line(2)}{"v":1,"seq":3,"type":"torn`),
    () => truncateSync(file, line(1).length + line(2).length),
    () => appendFileSync(file, `${line(3)}{"v":1,"seq":4,"ty\n${line(5)}`),
  ]);
  expect(events).toEqual([2, 3, 5]);
});

it("ends when nobody listens any more", async () => {
  const file = join(tempFolder(), "events.jsonl");
  writeFileSync(file, line(1) + line(2));
  const gone = new AbortController();
  const seqs: number[] = [];
  for await (const { seq } of followEvents(file, { after: 0, goesOn: async () => true, signal: gone.signal })) {
    seqs.push(seq);
    gone.abort();
  }
  expect(seqs).toEqual([1]);
});
