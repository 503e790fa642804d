import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { endingOf } from "../src/either-signal.ts";

it.each([0, 1])("the end of two is that of whichever ends first (%i)", (which) => {
  const sources = [new AbortController(), new AbortController()] as const;
  const ending = endingOf(sources[0].signal, sources[1].signal);
  const { signal } = ending;
  expect([ending.aborted, signal.aborted]).toEqual([false, false]);
  sources[which]?.abort("enough");
  expect([ending.aborted, signal.aborted, signal.reason]).toEqual([true, true, "enough"]);
});

it("is listened for only where somebody asks for a signal, and not longer than that", () => {
  const { signal } = new AbortController();
  const ending = endingOf(signal);
  const listeners = () => getEventListeners(signal, "abort").length;
  expect([ending.aborted, listeners()]).toEqual([false, 0]);
  expect([ending.signal.aborted, listeners()]).toEqual([false, 1]);
  ending.release();
  expect(listeners()).toBe(0);
});
