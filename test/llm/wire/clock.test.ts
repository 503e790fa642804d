import { expect, it } from "vitest";
import { startClock, type Timeouts } from "../../../src/llm/wire/clock.ts";

it.each<[string, Timeouts, { connect: number; firstToken: number | undefined; idle: number; whole: number }]>([
  ["none is set", {}, { connect: 10, firstToken: undefined, idle: 120, whole: 600 }],
  ["timeout is 0", { timeout: 0 }, { connect: 10, firstToken: undefined, idle: 120, whole: 300 }],
  [
    "all are set",
    { timeout: 900, connect_timeout: 3, first_token_timeout: 60, idle_timeout: 0.5 },
    { connect: 3, firstToken: 60, idle: 0.5, whole: 900 },
  ],
  [
    "the others are 0",
    { connect_timeout: 0, first_token_timeout: 0, idle_timeout: 0 },
    { connect: 10, firstToken: undefined, idle: 120, whole: 600 },
  ],
])("waits as long as it says where %s (case 174)", (_, timeouts, seconds) => {
  const clock = startClock(timeouts, undefined);
  clock.stop();
  const { connect, firstToken, idle, whole } = clock;
  const ms = (value: number | undefined) => value && value / 1000;
  expect({ connect: ms(connect), firstToken: ms(firstToken), idle: ms(idle), whole: ms(whole) }).toEqual(seconds);
});

it("ends with the caller, for the caller's reason", () => {
  const caller = new AbortController();
  const clock = startClock({}, caller.signal);
  caller.abort("enough");
  expect([clock.signal.aborted, clock.signal.reason]).toEqual([true, "enough"]);
  clock.stop();
});

it("does not end once it is stopped, however long its time is", async () => {
  const clock = startClock({ timeout: 0.02 }, null);
  clock.stop();
  const endless = startClock({ timeout: 1e9 }, null);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([clock.signal.aborted, endless.signal.aborted]).toEqual([false, false]);
  endless.stop();
});

it("ends with the limit that is reached first, and tells those who asked", async () => {
  const clock = startClock({}, null);
  const told: unknown[] = [];
  clock.whenEnded((reason) => told.push(reason));
  clock.limit(10_000, "waited long");
  const stopped = clock.limit(10, "was stopped");
  stopped.stop();
  clock.limit(30, "said nothing");
  const reason = await new Promise((resolve) => clock.whenEnded(resolve));
  expect(reason).toMatchObject({ kind: "timeout", message: "the server said nothing in 0.03 s" });
  expect([clock.ended, clock.reason, clock.signal.reason, told]).toEqual([true, reason, reason, [reason]]);
  clock.whenEnded((late) => told.push(late));
  expect(told).toEqual([reason, reason]);
});

it("counts a limit anew from when it is restarted", async () => {
  const clock = startClock({}, null);
  const began = performance.now();
  const limit = clock.limit(60, "said nothing");
  setTimeout(() => limit.restart(), 40);
  await new Promise((resolve) => clock.whenEnded(resolve));
  expect(performance.now() - began).toBeGreaterThanOrEqual(99);
});
