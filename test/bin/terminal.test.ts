import { describe, expect, it } from "vitest";
import { terminalOf } from "../../bin/terminal.ts";

const tty = { isTTY: true, columns: 132 };

describe("terminalOf", () => {
  it.each([
    ["a terminal", tty, {}, { live: true, color: true, columns: 132 }],
    ["a pipe", {}, {}, { live: false, color: false, columns: 200 }],
    ["a pipe of known width", {}, { COLUMNS: "72" }, { live: false, color: false, columns: 72 }],
    [
      "a terminal that does not know its width",
      { isTTY: true, columns: 0 },
      {},
      { live: false, color: true, columns: 200 },
    ],
    ["NO_COLOR", tty, { NO_COLOR: "1" }, { live: true, color: false, columns: 132 }],
    ["an empty NO_COLOR", tty, { NO_COLOR: "" }, { live: true, color: true, columns: 132 }],
    ["FORCE_COLOR in a pipe", {}, { FORCE_COLOR: "1" }, { live: false, color: true, columns: 200 }],
    [
      "FORCE_COLOR against NO_COLOR",
      tty,
      { FORCE_COLOR: "1", NO_COLOR: "1" },
      { live: true, color: true, columns: 132 },
    ],
    ["FORCE_COLOR=0", tty, { FORCE_COLOR: "0" }, { live: true, color: false, columns: 132 }],
    ["a dumb terminal", tty, { TERM: "dumb" }, { live: false, color: false, columns: 132 }],
    ["a build server", tty, { CI: "true" }, { live: false, color: true, columns: 132 }],
  ])("%s", (_name, stream, env, expected) => {
    expect(terminalOf(stream, env)).toEqual(expected);
  });
});
