import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";

/** A terminal without a screen: what is typed goes in, what is shown is kept. */
export function fakeSeat({ isTTY = true } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY, columns: 60 });
  let shown = "";
  let seen = 0;
  output.on("data", (data) => {
    shown += String(data);
  });
  const text = () => stripVTControlCharacters(shown).replaceAll("\r", "");
  /** Waits until this is shown, after what was waited for before. */
  const see = async (wanted: string) => {
    while (!text().includes(wanted, seen)) await new Promise((resolve) => setTimeout(resolve, 2));
    seen = text().indexOf(wanted, seen) + wanted.length;
  };
  return {
    seat: { input, output },
    input,
    shown: text,
    see,
    /** Types each line when this is shown. */
    async type(when: string, ...lines: readonly string[]) {
      for (const line of lines) {
        await see(when);
        input.write(line);
      }
    },
  };
}
