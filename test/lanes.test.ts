import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineAction } from "../src/action.ts";
import { askAlong } from "../src/lanes.ts";
import type { LlmAnswer } from "../src/llm/call.ts";
import { json } from "../src/reply.ts";
import { failed, said, scriptedSteps } from "./helpers/scripted-steps.ts";

const plain = defineAction({
  name: "WriteNote",
  reply: json("note", z.object({ title: z.string() })),
  prompt: (topic: string) => `Write a note about ${topic}.\n\n## Background\n${"It rains.\n".repeat(400)}`,
  usual: { calls: () => 1, input: 1, output: 1 },
});
const sparing = { ...plain, spare: ["## Background"] };

const answer = (model: string): LlmAnswer => ({ ...said('{"title": "Rain"}'), model }) as LlmAnswer;
const overflow = failed("overflow", "the prompt is too long");

/** Asks these deployments, which answer as listed, and tells what happened in short. */
function along(lanes: readonly string[], answers: LlmAnswer[], action: typeof plain = plain) {
  const { steps, asked, caused, left } = scriptedSteps(...answers);
  const about = { role: "Writer", persona: "You are Ann.", subject: "a.md", attempt: 2, maxReasks: 1, repair: true };
  return {
    asking: askAlong(steps, { ...about, action, input: "rain", lanes }),
    left,
    asked: () => asked.map(({ key, lane }) => `${lane} ${key.split("/").at(-1)}`),
    requests: () => asked.map(({ request }) => request),
    prompts: () => asked.map(({ request }) => request.messages[1]?.content ?? ""),
    fallbacks: () => caused.filter(({ input }) => input.type === "fallback"),
    keys: () => [...asked, ...caused].map(({ key }) => key),
  };
}

describe("the next LLM is asked", () => {
  it.each(["network", "timeout", "server", "rate", "truncated", "empty", "quota", "auth"] as const)(
    "when the one before it failed for good: %s",
    async (kind) => {
      const { asking, asked } = along(["a", "b"], [failed(kind, "it did not work"), answer("gpt-b")]);
      expect(await asking).toEqual({
        document: { title: "Rain" },
        author: { model: "gpt-b", insteadOf: "a" },
      });
      expect(asked()).toEqual(["a 2.1", "b 2.2"]);
    },
  );

  it.each(["request", "policy", "protocol", "overflow", "skipped"] as const)(
    "when the one before it cannot answer this question: %s",
    async (kind) => {
      const { asking, asked } = along(["a", "b"], [failed(kind, "it does not work"), answer("gpt-b")], sparing);
      expect(await asking).toMatchObject({ author: { model: "gpt-b", insteadOf: "a" } });
      expect(asked()).toEqual(["a 2.1", "b 2.2"]);
    },
  );

  it("when the answers of the one before it stay unusable, with the question as it was", async () => {
    const { asking, asked, requests } = along(["a", "b"], [said("no"), said("still no"), answer("gpt-b")]);
    expect(await asking).toMatchObject({ author: { model: "gpt-b" } });
    expect(asked()).toEqual(["a 2.1", "a 2.2", "b 2.3"]);
    expect(requests()[2]?.messages).toEqual(requests()[0]?.messages);
  });

  it("when the answers of the one before it have no end", async () => {
    const loop = failed("loop", "it repeated itself");
    const { asking, asked } = along(["a", "b"], [loop, loop, answer("gpt-b")]);
    expect(await asking).toMatchObject({ author: { model: "gpt-b" } });
    expect(asked()).toEqual(["a 2.1", "a 2.2", "b 2.3"]);
  });

  it("and named also where the rest of its answer never came", async () => {
    const cut = { ...answer("gpt-b"), finish: "length" } as LlmAnswer;
    const { asking } = along(["a", "b"], [failed("auth", "no"), cut, failed("empty", "nothing came")]);
    expect(await asking).toMatchObject({ author: { model: "gpt-b", insteadOf: "a" } });
  });

  it("and told so, each time under a key of its own", async () => {
    const answers = [failed("auth", "the key was refused"), said("no"), said("no"), answer("gpt-c")];
    const { asking, fallbacks, keys } = along(["a", "b", "c"], answers);
    expect(await asking).toMatchObject({ author: { model: "gpt-c", insteadOf: "a" } });
    const about = { role: "Writer", action: "WriteNote", subject: "a.md", attempt: 2 };
    expect(fallbacks().map(({ operation, input }) => [operation, input])).toEqual([
      [
        "note",
        {
          type: "fallback",
          key: "WriteNote/a.md/2.1",
          ...about,
          turn: 1,
          from: "a",
          to: "b",
          reason: "the key was refused",
        },
      ],
      [
        "note",
        {
          type: "fallback",
          key: "WriteNote/a.md/2.3",
          ...about,
          turn: 3,
          from: "b",
          to: "c",
          reason: expect.stringMatching(/^no usable answer to WriteNote of a\.md: /),
        },
      ],
    ]);
    expect(new Set(keys()).size).toBe(keys().length);
  });

  it("and all but the last one may be skipped", async () => {
    const no = failed("server", "overloaded");
    const { asking, requests } = along(["a", "b", "c"], [no, no, answer("gpt-c")]);
    await asking;
    expect(requests().map(({ replaceable }) => replaceable)).toEqual([true, true, undefined]);
  });
});

describe("no other LLM is asked", () => {
  it("when the first one answers, of which nothing is said", async () => {
    const { asking, asked, fallbacks } = along(["a", "b"], [answer("gpt-a")]);
    expect(await asking).toEqual({ document: { title: "Rain" }, author: { model: "gpt-a" } });
    expect([asked(), fallbacks()]).toEqual([["a 2.1"], []]);
  });

  it.each(["budget", "stopped", "aborted", "unrecorded"] as const)("when the run itself ends: %s", async (kind) => {
    const { asking, asked, fallbacks } = along(["a", "b"], [failed(kind, "it is over")], sparing);
    await expect(asking).rejects.toMatchObject({ kind, message: "it is over" });
    expect([asked(), fallbacks()]).toEqual([["a 2.1"], []]);
  });

  it("when there is none, and the last failure counts", async () => {
    const answers = [failed("auth", "the key was refused"), failed("network", "no route")];
    const { asking, asked, fallbacks } = along(["a", "b"], answers, sparing);
    await expect(asking).rejects.toMatchObject({ kind: "network", message: "no route", title: "WriteNote of a.md" });
    expect(asked()).toEqual(["a 2.1", "b 2.2"]);
    expect(fallbacks()).toHaveLength(1);
  });

  it("for a bug", async () => {
    const { asking } = along(["a", "b"], []);
    await expect(asking).rejects.toThrow("nobody scripted an answer to WriteNote/a.md/2.1");
  });
});

it("asks the one there is where no lane is named", async () => {
  const { asking, asked, requests } = along([], [answer("gpt-a")]);
  expect(await asking).toEqual({ document: { title: "Rain" }, author: { model: "gpt-a" } });
  expect([asked(), requests()[0]?.replaceable]).toEqual([[" 2.1"], undefined]);
});

describe("where every context is too small", () => {
  it("the prompt is cut step by step, and the first answer is used", async () => {
    const { asking, asked, prompts, fallbacks, keys } = along(["a"], [overflow, overflow, answer("gpt-a")], sparing);
    expect(await asking).toEqual({ document: { title: "Rain" }, author: { model: "gpt-a" } });
    expect(asked()).toEqual(["a 2.1", "a 2.2", "a 2.3"]);
    const [whole = "", less = "", least = ""] = prompts();
    expect(whole).not.toContain("left out here");
    expect(less).toContain("left out here");
    expect(less.length / whole.length).toBeCloseTo(0.7, 1);
    expect(least.length / whole.length).toBeCloseTo(0.45, 1);
    for (const prompt of [less, least]) {
      expect(prompt).toMatch(/^Write a note about rain\.\n\n## Background\nIt rains\.\n/);
      expect(prompt).toContain("Answer with one JSON object");
    }
    expect(fallbacks().map(({ input: { from, to, reason } }) => [from, to, reason])).toEqual([
      ["a", "a", "the prompt is too long"],
      ["a", "a", "the prompt is too long"],
    ]);
    expect(new Set(keys()).size).toBe(keys().length);
  });

  it("only those are asked again whose context it was", async () => {
    const answers = [overflow, failed("network", "no route"), overflow, overflow, answer("gpt-c")];
    const { asking, asked, requests, fallbacks } = along(["a", "b", "c"], answers, sparing);
    expect(await asking).toMatchObject({ author: { model: "gpt-c", insteadOf: "a" } });
    expect(asked()).toEqual(["a 2.1", "b 2.2", "c 2.3", "a 2.4", "c 2.5"]);
    expect(requests().map(({ replaceable }) => replaceable ?? false)).toEqual([true, true, false, true, false]);
    expect(fallbacks().map(({ input: { from, to } }) => `${from} ${to}`)).toEqual(["a b", "b c", "c a", "a c"]);
  });

  it("one whose context it was is asked again when the last one failed otherwise", async () => {
    const { asking, asked } = along(["a", "b"], [overflow, failed("auth", "no"), answer("gpt-a")], sparing);
    expect(await asking).toEqual({ document: { title: "Rain" }, author: { model: "gpt-a" } });
    expect(asked()).toEqual(["a 2.1", "b 2.2", "a 2.3"]);
  });

  it("another failure on the way is the last one", async () => {
    const { asking, asked } = along(["a"], [overflow, failed("network", "no route")], sparing);
    await expect(asking).rejects.toMatchObject({ kind: "network" });
    expect(asked()).toEqual(["a 2.1", "a 2.2"]);
  });

  it("the shortest prompt is the last", async () => {
    const { asking, prompts } = along(["a"], [overflow, overflow, overflow, overflow], sparing);
    await expect(asking).rejects.toMatchObject({ kind: "overflow", message: "the prompt is too long" });
    const lengths = prompts().map(({ length }) => length);
    expect(lengths).toHaveLength(4);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
  });

  it("an action that can spare nothing fails at once", async () => {
    const { asking, asked, left } = along(["a", "b"], [overflow, overflow]);
    await expect(asking).rejects.toMatchObject({ kind: "overflow" });
    expect([asked(), left()]).toEqual([["a 2.1", "b 2.2"], 0]);
  });
});
