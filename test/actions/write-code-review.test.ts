import { describe, expect, it } from "vitest";
import { projectBrief } from "../../actions/write-code.ts";
import { type CodeReview, type ReviewRequest, writeCodeReview } from "../../actions/write-code-review.ts";
import type { DesignedFile } from "../../actions/write-design.ts";
import type { Reply } from "../../src/action.ts";
import { code, design, prd, tasks } from "../helpers/greeter.ts";
import { promptOf } from "../helpers/prompt.ts";

const file = design.files[0] as DesignedFile;
const request: ReviewRequest = {
  common: projectBrief(prd, design, tasks),
  file,
  logic: "Return the first argument, or world.",
  dependencies: [],
  code: code[file.path] ?? "",
};

const read = (text: string) => (writeCodeReview.reply as Reply<CodeReview>).read(text, { truncated: false });

it("asks for a review in the words it did", async () => {
  await expect(await promptOf(writeCodeReview, request)).toMatchFileSnapshot(
    "../fixtures/prompts/write-code-review.txt",
  );
});

describe("a verdict", () => {
  it.each([
    ["LGTM", true],
    ["lgtm.", true],
    ['"LGTM"', true],
    ["**LGTM**", true],
    ["LGTM, no changes needed", true],
    ["looks good to me", true],
    ["approved", true],
    ["Accepted", true],
    ["OK", true],
    ["yes", true],
    ["通过", true],
    ["通过，无需修改", true],
    ["同意", true],
    ["LBTM", false],
    ['"LBTM"', false],
    ["LGTM / LBTM", false],
    ["Not LGTM", false],
    ["not approved", false],
    ["cannot be approved", false],
    ["I can't accept this", false],
    ["unable to approve", false],
    ["disapproved", false],
    ["LGTM once the loop ends", false],
    ["accepted after changes", false],
    ["changes requested", false],
    ["rejected", false],
    ["fails", false],
    ["不通过", false],
    ["未通过", false],
    ["没有通过", false],
    ["无法通过", false],
    ["不同意", false],
    ["不予批准", false],
    ["需要修改", false],
    ["it broke, okay?", false],
    ["hmm", false],
    ["", false],
  ])("of %j approves: %s", (verdict, approved) => {
    expect(read(JSON.stringify({ comments: ["x"], verdict }))).toMatchObject({
      ok: true,
      value: { approved, comments: ["x"] },
    });
  });
});

describe("a review in prose", () => {
  it.each([
    ["LGTM", true],
    ["The file does what its contract says, it is not long. LGTM, thank you!", true],
    ["<think>\nIs it LBTM? No.\n</think>\nLGTM", true],
    ["LGTM at first sight.\nBut the loop never ends: LBTM", false],
    ["This is not LGTM.", false],
    ["This isn't LGTM yet", false],
    ["<think>\nLooks fine, LGTM\n</think>\nLBTM: the loop never ends", false],
  ])("of %j approves: %s", (text, approved) => {
    expect(read(text)).toMatchObject({ ok: true, value: { approved }, repairs: [{ kind: "prose", lossy: true }] });
  });

  it("gives its words, without the reasoning, to whoever rewrites the file", () => {
    const reading = read("<think>LGTM?</think>\nLBTM: the loop never ends");
    expect(reading).toMatchObject({ value: { comments: ["LBTM: the loop never ends"] } });
    expect(read("All fine. LGTM")).toMatchObject({ value: { comments: [] } });
  });

  it.each(["The file is fine.", "", '{"comments": []}', "<think>\nI would say LGTM, but", "algtmx"])(
    "is asked for again where %j names no verdict",
    (text) => {
      expect(read(text).ok).toBe(false);
    },
  );
});
