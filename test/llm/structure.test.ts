import { describe, expect, it } from "vitest";
import type { Delta, Finish, FinishReason, LlmRequest } from "../../src/llm/provider.ts";
import { createLadder, judged, type Ladder, type Structure, type Structured } from "../../src/llm/structure.ts";

const schema = { type: "object", required: ["title", "lines"] };

/** Every rung in order, each refused by the server. */
function descent(ladder: Ladder): Structure[] {
  const rungs: Structure[] = [];
  for (let rung = ladder.rung; !rungs.includes(rung); rung = ladder.rung) {
    rungs.push(rung);
    ladder.refuse(rung);
  }
  return rungs;
}

describe("the ladder of a server", () => {
  it.each<[Structured | undefined, readonly Structure[], readonly Structure[]]>([
    [undefined, ["schema", "json"], ["schema", "json", "off"]],
    ["auto", ["structured_outputs", "guided_json", "json"], ["structured_outputs", "guided_json", "json", "off"]],
    ["schema", ["tool", "json"], ["tool", "json", "off"]],
    ["json", ["schema", "json"], ["json", "off"]],
    ["json", ["grammar"], ["off"]],
    ["off", ["schema", "json"], ["off"]],
    ["auto", [], ["off"]],
    ["auto", ["schema", "off", "json"], ["schema", "json", "off"]],
  ])("set to %s leads from %j down to nothing", (setting, known, rungs) => {
    expect(descent(createLadder(known, setting))).toEqual(rungs);
  });

  it("remembers what was refused, in whatever order", () => {
    const ladder = createLadder(["schema", "tool", "json"]);
    ladder.refuse("tool");
    ladder.refuse("tool");
    ladder.refuse("guided_json");
    expect(ladder.rung).toBe("schema");
    ladder.refuse("schema");
    expect(ladder.rung).toBe("json");
  });

  it("is never without a rung", () => {
    const ladder = createLadder(["json"], "off");
    ladder.refuse("off");
    expect(ladder.rung).toBe("off");
  });
});

describe("a whole answer", () => {
  const document = JSON.stringify({ title: "Rain", lines: [], more: 1 });
  it.each<[string, Structure, string, Structure]>([
    ["in the shape keeps its rung", "schema", document, "schema"],
    ["whose fields are of other types keeps it, for that is mended", "schema", '{"title":1,"lines":"x"}', "schema"],
    ["without a required field loses it", "schema", '{"title":"Rain"}', "json"],
    ["that is a list loses it", "schema", "[]", "json"],
    ["that is a text in quotes loses it", "schema", '"Rain"', "json"],
    ["that is null loses it", "schema", "null", "json"],
    ["with words around the JSON loses it", "schema", `Sure! ${document}`, "json"],
    ["in a fence loses it", "schema", `\`\`\`json\n${document}\n\`\`\``, "json"],
    ["that is empty loses it", "schema", "", "json"],
    ["with white space around it keeps it", "schema", `\n ${document} \n`, "schema"],
    ["that is any JSON keeps the weaker rung", "json", '{"a":1}', "json"],
    ["that is no JSON loses the weaker rung", "json", "Sure!", "off"],
    ["of a model held to nothing is not looked at", "off", "Sure!", "off"],
  ])("%s", (_, rung, text, next) => {
    const ladder = createLadder(["schema", "json"]);
    if (rung !== "schema") ladder.refuse("schema");
    if (rung === "off") ladder.refuse("json");
    ladder.judge(rung, schema, text);
    expect(ladder.rung).toBe(next);
  });

  it("is in no shape where the schema requires nothing but JSON", () => {
    const ladder = createLadder(["schema"]);
    ladder.judge("schema", { type: "object" }, "{}");
    expect(ladder.rung).toBe("schema");
  });

  it("of a call that began before its rung was refused takes no other one away", () => {
    const ladder = createLadder(["schema", "json"]);
    ladder.refuse("schema");
    ladder.judge("schema", schema, "Sure!");
    expect(ladder.rung).toBe("json");
  });
});

describe("a judged stream", () => {
  const request = (asked: LlmRequest["schema"]): LlmRequest => ({
    messages: [],
    schema: asked,
    maxTokens: 10,
    about: { role: "PM", action: "WritePRD", subject: "", attempt: 1, turn: 1 },
  });
  const held = request({ name: "note", schema });
  const said = (text: string): Delta => ({ type: "text", text });

  /** An answer in these pieces; `closed` says that its reader or its end closed it. */
  function answer(deltas: readonly Delta[], finish: FinishReason = "stop") {
    const state = { closed: false };
    async function* stream(): AsyncGenerator<Delta, Finish, void> {
      try {
        yield* deltas;
        return { finish, usage: undefined, model: "m" };
      } finally {
        state.closed = true;
      }
    }
    return { state, stream: stream() };
  }

  async function read(stream: AsyncGenerator<Delta, Finish, void>) {
    const deltas: Delta[] = [];
    for (;;) {
      const step = await stream.next();
      if (step.done) return { deltas, finish: step.value };
      deltas.push(step.value);
    }
  }

  it.each<[string, readonly Delta[], FinishReason, Structure]>([
    ["good", [said('{"title":"a",'), said('"lines":[]}')], "stop", "schema"],
    ["good, as a call of a tool", [said('{"title":"a","lines":[]}')], "tool_calls", "schema"],
    ["bad", [said("Sure!")], "stop", "json"],
    ["bad, as a call of a tool", [said("Sure!")], "tool_calls", "json"],
    [
      "good, what was thought before it left aside",
      [{ type: "reasoning", text: "Well." }, said('{"title":"a","lines":[]}')],
      "stop",
      "schema",
    ],
    ["cut off, which says nothing", [said('{"title":"a",')], "length", "schema"],
    ["refused, which says nothing", [said("I cannot")], "content_filter", "schema"],
  ])(
    "passes everything on, says how the model was held, and judges what it was: %s",
    async (_, deltas, finish, rung) => {
      const ladder = createLadder(["schema", "json"]);
      expect(await read(judged(ladder, { rung: "schema" }, held, answer(deltas, finish).stream))).toEqual({
        deltas,
        finish: { finish, usage: undefined, model: "m", structure: "schema" },
      });
      expect(ladder.rung).toBe(rung);
    },
  );

  it("of a question without a schema is only passed on", async () => {
    const ladder = createLadder(["schema", "json"]);
    const { finish } = await read(judged(ladder, { rung: "off" }, request(undefined), answer([said("code")]).stream));
    expect(finish).toEqual({ finish: "stop", usage: undefined, model: "m" });
    expect(ladder.rung).toBe("schema");
  });

  it.each([
    ["with a schema", held],
    ["without one", request(undefined)],
  ])("is closed when its reader leaves it: %s", async (_, asked) => {
    const { stream, state } = answer([said("a"), said("b")]);
    const reading = judged(createLadder(["schema"]), { rung: "schema" }, asked, stream);
    await reading.next();
    expect(state.closed).toBe(false);
    await reading.return(undefined as never);
    expect(state.closed).toBe(true);
  });

  it("that breaks is judged by nobody, and its error is thrown on", async () => {
    const broken = new Error("the connection broke");
    async function* stream(): AsyncGenerator<Delta, Finish, void> {
      yield said("Sur");
      throw broken;
    }
    const ladder = createLadder(["schema", "json"]);
    await expect(read(judged(ladder, { rung: "schema" }, held, stream()))).rejects.toBe(broken);
    expect(ladder.rung).toBe("schema");
  });
});

describe("the mechanism for a request", () => {
  const schema = { name: "note", schema: {} };
  const tool = { name: "look", parameters: {} };
  it.each([
    ["without a schema is none", { tools: [tool] }, "off"],
    ["with a schema is the strongest", { schema }, "tool"],
    ["with a schema and no tool to choose from is the strongest", { schema, tools: [] }, "tool"],
    ["with tools of its own is no forced call", { schema, tools: [tool] }, "json"],
  ])("%s", (_, request, rung) => {
    expect(createLadder(["tool", "json"]).rungFor(request)).toBe(rung);
  });
});
