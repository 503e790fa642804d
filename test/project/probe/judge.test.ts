import { describe, expect, it } from "vitest";
import {
  judgePage,
  judgeProgram,
  judgeServer,
  type ProgramFacts,
  type ServerFacts,
} from "../../../src/project/probe/judge.ts";
import { readSigns } from "../../../src/project/probe/signs.ts";

describe("a program", () => {
  const cases: readonly (readonly [string, Partial<ProgramFacts>, "yes" | "no" | "unclear", string])[] = [
    ["that says something and ends", { output: "Hello" }, "yes", "It ended with exit code 0, without an error."],
    ["that ends without a word", {}, "unclear", "It ended with exit code 0 and wrote nothing."],
    [
      "that ends well but wrote a traceback",
      { output: "Traceback (most recent call last):\nKeyError: 'a'" },
      "unclear",
      "It ended with exit code 0, but wrote: KeyError: 'a'",
    ],
    [
      "that still runs",
      { running: true, code: null, output: " \n" },
      "unclear",
      "It still ran when its time was over, and had written nothing.",
    ],
    [
      "that still runs and draws",
      { running: true, code: null, output: "score 0" },
      "yes",
      "It still ran when its time was over, without an error.",
    ],
    [
      "that still runs after a thread of it failed",
      { running: true, code: null, output: "Traceback (most recent call last):\nOSError: x" },
      "unclear",
      "It still ran when its time was over, but wrote: OSError: x",
    ],
    ["that asks without end", { flood: true, code: null, output: "Choice: " }, "unclear", "It wrote without end."],
    [
      "that crashes",
      { code: 1, output: "Traceback (most recent call last):\nNameError: x" },
      "no",
      "It failed: NameError: x",
    ],
    [
      "that asks for input",
      { code: 1, output: "Name: Traceback (most recent call last):\nEOFError: EOF when reading a line" },
      "unclear",
      "It asked for input and ended when there was none.",
    ],
    [
      "that draws on a display",
      { code: 1, output: "Traceback (most recent call last):\npygame.error: No available video device" },
      "unclear",
      "It needs a display, which is not here: pygame.error: No available video device",
    ],
    [
      "that says how it is called",
      { code: 2, output: "usage: a [-h] file" },
      "yes",
      "It says how it is called, and ended without an error.",
    ],
    [
      "that says so and crashes",
      { code: 2, output: "usage: a\npanic: boom\n\ngoroutine 1 [running]:" },
      "no",
      "It failed: panic: boom",
    ],
    [
      "that ends with another code",
      { code: 3, output: "no tasks yet" },
      "no",
      "It ended with exit code 3: no tasks yet",
    ],
    ["that ends with a code and no word", { code: 1 }, "no", "It ended with exit code 1: it wrote nothing"],
    ["that a signal ends", { code: null, signal: "SIGSEGV" }, "no", "It was ended by SIGSEGV."],
    [
      "that a signal ends below a shell",
      { code: 139, output: "Segmentation fault" },
      "no",
      "It was ended by SIGSEGV: Segmentation fault",
    ],
    ["that is killed", { code: 137 }, "no", "It was killed, perhaps because it took too much memory."],
    [
      "whose language is not here",
      { code: 127, output: "/bin/sh: 1: cargo: not found" },
      "unclear",
      "cargo is not installed here.",
    ],
    [
      "that calls what nobody installed",
      { code: 127, output: "sh: 1: nodemon: not found" },
      "no",
      "It calls nodemon, which is neither a part of it nor installed.",
    ],
    ["that is not there", { code: null, output: "spawn ENOENT" }, "no", "It could not be started: spawn ENOENT"],
  ];
  it.each(cases)("%s", (_, facts, works, why) => {
    const all = { code: 0, signal: null, flood: false, running: false, output: "", ...facts };
    expect(judgeProgram({ ...all, signs: readSigns(all.output) })).toEqual({ works, why });
  });

  it("is not quoted without end", () => {
    const output = `${"x".repeat(900)}Error: boom\n    at f (/a.js:1:1)`;
    const { why } = judgeProgram({
      code: 1,
      signal: null,
      flood: false,
      running: false,
      output,
      signs: readSigns(output),
    });
    expect(why.length).toBeLessThanOrEqual(400);
  });
});

const answer = (path: string, status: number | null, text = "") => ({
  path,
  status,
  type: "text/plain",
  text,
  problem: status === null ? "socket hang up" : "",
});

const page = {
  title: "",
  text: "",
  errors: [],
  unreached: [],
  dialogs: [],
  drawn: true,
  reacts: "yes",
  reaction: "the key Enter",
  controls: { buttons: 1, inputs: 0, canvases: 0 },
} as const satisfies Parameters<typeof judgePage>[0];

describe("a server", () => {
  const cases: readonly (readonly [string, Partial<ServerFacts>, "yes" | "no" | "unclear", string])[] = [
    ["that answers", {}, "yes", "It answers on port 3000."],
    [
      "that lacks one of its paths",
      { answers: [answer("/", 200), answer("/api", 404)] },
      "yes",
      "It answers on port 3000, but not /api.",
    ],
    [
      "that lacks all of them",
      { answers: [answer("/", 404)] },
      "unclear",
      "It listens on port 3000, but finds none of what was asked.",
    ],
    ["that wants to know who asks", { answers: [answer("/", 401)] }, "yes", "It answers on port 3000."],
    [
      "that fails on one path",
      { answers: [answer("/", 200), answer("/a", 500, "Oops\nmore")] },
      "no",
      "/a answers 500: Oops",
    ],
    [
      "that fails and says why",
      { answers: [answer("/", 500)], output: "TypeError: x is null\n    at /p/a.js:2:9" },
      "no",
      "/ answers 500: TypeError: x is null",
    ],
    [
      "whose database is missing",
      { answers: [answer("/", 500)], output: "Error: connect ECONNREFUSED 127.0.0.1:5432" },
      "unclear",
      "/ answers 500; it needs another server, such as a database, which is not here: Error: connect ECONNREFUSED 127.0.0.1:5432",
    ],
    [
      "that speaks another language",
      { answers: [answer("/", null)] },
      "no",
      "It listens on port 3000, but / gets no answer: socket hang up",
    ],
    [
      "that ends when it is asked",
      { answers: [answer("/", null)], ended: true, code: 1, output: "panic: nil map" },
      "no",
      "It ended while it was asked: panic: nil map",
    ],
    [
      "that crashes at start",
      { listening: null, answers: [], ended: true, code: 1, output: "Error: x\n    at /a.js:1:1" },
      "no",
      "It ended with exit code 1 before it listened on a port: Error: x",
    ],
    [
      "that never listens",
      { listening: null, answers: [] },
      "no",
      "It listened on no port within 15 s: it wrote nothing",
    ],
    [
      "whose language is not here",
      { listening: null, answers: [], ended: true, code: 127, output: "sh: 1: php: not found" },
      "unclear",
      "php is not installed here.",
    ],
    [
      "whose page has an error",
      { page: { does: "page", ...page, ...judgePage({ ...page, errors: ["boom"] }) } },
      "no",
      "It has an error: boom",
    ],
  ];
  it.each(cases)("%s", (_, facts, works, why) => {
    const usual = { listening: 3000, answers: [answer("/", 200)], output: "", code: null, ended: false, seconds: 15 };
    expect(judgeServer({ ...usual, ...facts })).toEqual({ works, why });
  });
});

describe("a page", () => {
  const none = { buttons: 0, inputs: 0, canvases: 0 };
  const cases: readonly (readonly [
    string,
    Partial<Parameters<typeof judgePage>[0]>,
    "yes" | "no" | "unclear",
    string,
  ])[] = [
    ["that reacts", {}, "yes", "It shows something, has no errors, and reacts: the key Enter."],
    ["with an error", { errors: ["TypeError: x"] }, "no", "It has an error: TypeError: x"],
    ["with several", { errors: ["a", "b"] }, "no", "It has 2 errors, the first: a"],
    ["that is empty", { drawn: false, reacts: "no" }, "no", "Nothing is to be seen on it."],
    [
      "with an error for want of a file of elsewhere",
      { errors: ["THREE is not defined"], unreached: ["https://cdn.example.com/t.js"] },
      "unclear",
      "It needs https://cdn.example.com/t.js, which cannot be reached here: THREE is not defined",
    ],
    [
      "that lacks a font of elsewhere",
      { unreached: ["https://fonts.example.com/a"] },
      "yes",
      "It shows something, has no errors, and reacts: the key Enter.",
    ],
    ["whose buttons do nothing", { reacts: "no" }, "no", "None of its buttons and no key does anything."],
    [
      "whose form does nothing",
      { reacts: "no", controls: { ...none, buttons: 1, inputs: 1 } },
      "unclear",
      "It shows something, but nothing changed on input.",
    ],
    [
      "with a chart alone",
      { reacts: "no", controls: { ...none, canvases: 1 } },
      "unclear",
      "It shows something, but nothing changed on input.",
    ],
    [
      "to read",
      { reacts: "no", controls: none },
      "yes",
      "It shows something and has no errors; there is nothing to click or to type into.",
    ],
    [
      "that moves by itself",
      { reacts: "moves by itself" },
      "unclear",
      "It moves by itself; that it reacts to input could not be seen.",
    ],
    ["for which there was no time", { reacts: "not tried" }, "unclear", "The time was over before it could be tried."],
  ];
  it.each(cases)("%s", (_, facts, works, why) => {
    expect(judgePage({ ...page, ...facts })).toEqual({ works, why });
  });
});
