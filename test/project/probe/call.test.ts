import { describe, expect, it } from "vitest";
import { clipped, type ProbeRequest } from "../../../src/project/probe/answers.ts";
import { probeLine, probeSeconds, readProbe } from "../../../src/project/probe/call.ts";

const answer = {
  does: "program",
  works: "yes",
  why: "It ended with exit code 0, without an error.",
  code: 0,
  running: false,
  wantsInput: false,
  wants: "",
  trace: "",
  output: "hé\n",
};

describe("the answer is read", () => {
  it("from the last line, whatever stands before it", () => {
    expect(readProbe(`{"does":"page"}\nhello\n${JSON.stringify(answer)}\n\n`)).toEqual(answer);
  });

  it.each([
    ["nothing was written", ""],
    ["it is no JSON", "Killed"],
    ["it is of another kind", JSON.stringify({ ...answer, does: "magic" })],
    ["a field is missing", JSON.stringify({ ...answer, trace: undefined })],
    ["a text is longer than any of ours", JSON.stringify({ ...answer, output: "x".repeat(4001) })],
    ["the judgement is none of ours", JSON.stringify({ ...answer, works: "great" })],
    ["the line has no end", `{"does":"program","output":"${"x".repeat(2_000_000)}"}`],
    ["it is nested without end", "[".repeat(900_000)],
  ])("as none if %s", (_, stdout) => {
    expect(readProbe(stdout)).toBeUndefined();
  });

  it("without what nobody asked for", () => {
    const line = JSON.stringify(answer).replace("{", '{"__proto__":{"polluted":true},"more":1,');
    expect(readProbe(line)).toEqual(answer);
  });
});

it("the request is one line, its gaps filled, and wrong ones are refused", () => {
  expect(JSON.parse(probeLine({ does: "server", line: "npm start" }))).toEqual({
    does: "server",
    line: "npm start",
    seconds: 15,
    paths: ["/"],
  });
  expect(probeLine({ does: "program", line: "a\nb" })).not.toContain("\n");
  expect(() => probeLine({ does: "server", line: "npm start", paths: ["no-slash"] })).toThrow();
});

const allowed: readonly (readonly [ProbeRequest, number])[] = [
  [{ does: "program", line: "a" }, 15],
  [{ does: "page", file: "index.html", chromium: "/c" }, 30],
  [{ does: "server", line: "a", paths: ["/", "/b"] }, 35],
  [{ does: "server", line: "a", chromium: "/c" }, 50],
];
it.each(allowed)("the time to allow for %j", (request, seconds) => {
  expect(probeSeconds(request)).toBe(seconds);
});

it("a text that is cut within a character ends in a mark, not in half of it", () => {
  expect(clipped("ab😀", 3)).toBe("ab\ufffd");
});
