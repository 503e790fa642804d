import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { httpServer } from "../helpers/http-server.ts";
import { tools } from "../helpers/tools.ts";
import { bytesOf, type Format, type Said, serve, whole } from "./format.ts";
import { zhipuFormat } from "./formats/openai.ts";
import { formats, named } from "./formats.ts";

const usage = { input: 9, output: 2 };
const short: Said = { reasoning: ["嗯"], text: ["好🎈"], finish: "stop", usage };
const long: Said = {
  reasoning: ["用户想要", "一个问候 🤔。", "Let me think: <b>…</b>\n"],
  text: ["你", "好，", "世界! ", "👩‍👩‍👧‍👦 ", "naïve ", "\u2028", 'a "quoted" \\ word\n', "🎈"],
  finish: "stop",
  usage,
};

it("008 all: a server's pieces arrive one by one, or nothing here would be cut", async () => {
  const server = await httpServer(() => ({ pieces: [..."cut up"] }));
  onTestFinished(() => server.close());
  const pieces: string[] = [];
  for await (const piece of (await tools().fetch(server.url)).body ?? []) pieces.push(new TextDecoder().decode(piece));
  expect(pieces).toEqual([..."cut up"]);
});

/** The old key of Zhipu only changes what is asked: the answers are read as those of OpenAI. */
const readers = formats.filter((format) => format !== zhipuFormat);

describe.each(named(readers))("008 %s: the same answer comes of a stream that is cut", (_, format) => {
  it("at each of its bytes", async () => {
    const { bytes, answer, expected } = await cutting(format, short);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(await answer([cut]), `cut after ${bytes.subarray(0, cut)}`).toEqual(expected);
    }
  }, 60_000);

  it("at any of them", async () => {
    const { bytes, answer, expected } = await cutting(format, long);
    const places = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 60 });
    const same = fc.asyncProperty(places, async (cuts) => {
      expect(await answer(cuts)).toEqual(expected);
    });
    await fc.assert(same, { numRuns: 20 });
  }, 60_000);
});

/** An answer that is written in as many pieces as it is cut into, by one server to one connection. */
async function cutting(format: Format, said: Said) {
  const bytes = bytesOf(format, format.pieces(said));
  let pieces: Buffer[] = [];
  const llm = await (await serve(format, () => ({ pieces }))).connect();
  const answer = async (cuts: readonly number[]) => {
    const ends = [...cuts, bytes.length].sort((one, other) => one - other);
    pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
    const { text, reasoning, finish, usage } = await whole(llm);
    return { text, reasoning, finish, usage };
  };
  const reasoning = format.thinks ? said.reasoning?.join("") : "";
  const expected = { text: said.text?.join(""), reasoning, finish: "stop", usage: { ...usage, source: "reported" } };
  return { bytes, answer, expected };
}
