import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { atTerminal, hasPty } from "../helpers/pty.ts";
import { tempFolder } from "../helpers/temp.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = `
  import { askPerson, somebodyIsHere } from ${JSON.stringify(join(root, "bin/person.ts"))};
  const signal = process.argv[2] ? AbortSignal.timeout(Number(process.argv[2])) : undefined;
  console.log(JSON.stringify([somebodyIsHere(), await askPerson("Run them? [y/N] ", signal)]));
`;

describe.skipIf(!hasPty)("a person at a real terminal (needs python3)", () => {
  it.each([
    ["with a line", " yes \r", [], [true, "yes"], 0],
    ["with Enter", "\r", [], [true, ""], 0],
    ["with the end of the input", "\u0004", [], [true, ""], 0],
    ["with nothing, until the question is withdrawn", "half", ["100"], [true, ""], 0],
    ["with Ctrl-C, which ends the program", "y\u0003", [], undefined, 254],
  ])("answers %s", async (_how, typed, args, expected, exit) => {
    const script = join(tempFolder(), "program.ts");
    writeFileSync(script, program);
    const command = [join(root, "node_modules/.bin/jiti"), script, ...args] as const;
    const { stdout, code } = await atTerminal(command, { env: {}, keys: [["Run them? [y/N] ", typed]] });
    expect({ said: stdout ? JSON.parse(stdout) : undefined, code }).toEqual({ said: expected, code: exit });
  });
});
