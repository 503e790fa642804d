import { describe, expect, it } from "vitest";
import type { Answered, JournalRecord } from "../../src/engine/journal.ts";
import { recallFrom, requestOf, sentOf } from "../../src/engine/recall.ts";
import type { Call } from "../../src/engine/steps.ts";

/** A question put to a lane; with what is no part of the request. */
const call = (turn: string, asks: string, lane = "a", spare = 0): Call => ({
  ...{ key: `WriteCode/src/a.js/${turn}`, operation: "llm", lane },
  input: { asks, spare },
});

const traits = { llm: { request: (input: unknown) => (input as { asks: string }).asks } };

const kept = (of: Call, answer: string, settled = true): Answered => ({
  ...{ at: "", key: of.key, operation: of.operation, lane: of.lane },
  ...{ request: requestOf(of.input, traits.llm), sent: sentOf(of) },
  ...{ settled, about: null, answer },
});

/** What comes of these calls, one after the other. */
function recalled(records: readonly JournalRecord[], ...calls: readonly Call[]) {
  const recall = recallFrom(records, traits);
  return calls.map((one) => recall.answerTo(one, requestOf(one.input, traits.llm)));
}

describe("an answer is recalled", () => {
  it("to the same request under the same key", () => {
    expect(recalled([kept(call("1.1", "x"), "X")], call("1.1", "x"))).toEqual(["X"]);
  });

  it("whoever is asked now, and whatever else is sent along", () => {
    expect(recalled([kept(call("1.1", "x", "a", 1), "X")], call("1.1", "x", "b", 2))).toEqual(["X"]);
  });

  it("not to another request, another attempt or another subject", () => {
    const records = [kept(call("1.1", "x"), "X")];
    const other = { ...call("1.1", "x"), key: "WriteCode/src/b.js/1.1" };
    expect(recalled(records, call("1.1", "y"), call("2.1", "x"), other)).toEqual([undefined, undefined, undefined]);
  });

  it("once: a second time of saying the same is a call of its own", () => {
    const records = [kept(call("1.1", "x"), "X"), kept(call("1.2", "again"), "Y")];
    const calls = [call("1.1", "x"), call("1.2", "again"), call("1.3", "again")];
    expect(recalled(records, ...calls)).toEqual(["X", "Y", undefined]);
  });

  it("the newest version of the request where it was changed between two executions", () => {
    const records = [kept(call("1.1", "old"), "O"), kept(call("1.1", "new"), "N")];
    expect(recalled(records, call("1.1", "new"))).toEqual(["N"]);
    expect(recalled(records, call("1.1", "old"))).toEqual(["O"]);
  });
});

describe("a failure", () => {
  const failed = kept(call("1.1", "x"), "no", false);
  const answered = kept(call("1.2", "x", "b"), "X");

  it("is recalled where another LLM has answered after it, so that the same answers follow", () => {
    expect(recalled([failed, answered], call("1.1", "x"), call("1.2", "x", "b"))).toEqual(["no", "X"]);
  });

  it("is passed over where somebody else is asked now: the answer that was given counts", () => {
    expect(recalled([failed, answered], call("1.1", "x", "c"))).toEqual(["X"]);
  });

  it("is passed over where there is nobody to turn to any more", () => {
    expect(recalled([failed, answered], call("1.1", "x", "a", 1))).toEqual(["X"]);
  });

  it("is asked again where nobody has answered after it", () => {
    expect(recalled([failed], call("1.1", "x"))).toEqual([undefined]);
    const before = kept(call("1.1", "x"), "cut");
    const then = kept(call("1.2", "go on"), "no", false);
    expect(recalled([before, then], call("1.1", "x"), call("1.2", "go on"))).toEqual(["cut", undefined]);
  });

  it("counts no more once the same call was answered", () => {
    expect(recalled([failed, kept(call("1.1", "x"), "X")], call("1.1", "x"))).toEqual(["X"]);
  });
});

describe("answers that were of no use", () => {
  const remembered = { ...traits, raw: { rejects: (key: string) => key.replace("raw/", "") } };
  const raw = (of: Call) => ({ at: "", key: `raw/${of.key}`, effect: "raw", request: "" });
  const bad = kept(call("1.1", "x"), "rubbish");
  const records = [bad, raw(call("1.1", "x"))];
  const asked = (all: readonly JournalRecord[], lane: string) =>
    recallFrom(all, remembered).answerTo(call("1.1", "x", lane), requestOf(call("1.1", "x").input, traits.llm));

  it("are not asked for again of who gave them, but of another LLM", () => {
    expect([asked(records, "a"), asked(records, "b")]).toEqual(["rubbish", undefined]);
  });

  it("are recalled for everybody where a good one followed, so that the same comes of it", () => {
    const good = kept(call("1.2", "again"), "X");
    expect([asked([...records, good], "a"), asked([...records, good], "b")]).toEqual(["rubbish", "rubbish"]);
  });
});

it("an effect is done that was made true with the same content", () => {
  const requestFor = (files: string) => requestOf({ files });
  const recall = recallFrom([{ at: "", key: "commit/1", effect: "commit", request: requestFor("x") }], {});
  expect(["x", "y"].map((files) => recall.isDone("commit/1", requestFor(files)))).toEqual([true, false]);
});
