import { clearLine, cursorTo, moveCursor } from "node:readline";
import { Writable } from "node:stream";

/** A terminal that keeps its screen as lines of text, for what draws with the cursor. */
export class FakeTerminal extends Writable {
  readonly isTTY = true;
  columns: number;
  /** All that was ever written. */
  written = "";
  private lines: string[] = [""];
  private row = 0;
  private column = 0;

  constructor(columns: number) {
    super({ decodeStrings: false });
    this.columns = columns;
  }

  /** What a person sees now. */
  get screen(): string[] {
    return this.lines.map((line) => line.trimEnd());
  }

  cursorTo = (x: number) => cursorTo(this, x);
  moveCursor = (x: number, y: number) => moveCursor(this, x, y);
  clearLine = (direction: -1 | 0 | 1) => clearLine(this, direction);

  override _write(chunk: string, _encoding: string, done: () => void) {
    this.written += chunk;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what a terminal reads
    for (const [token] of chunk.matchAll(/\u001b\[[?\d;]*[A-Za-z]|./gsu)) this.read(token);
    done();
  }

  private read(token: string) {
    const count = Number(token.slice(2, -1) || 1);
    if (token === "\n") {
      this.row += 1;
      this.column = 0;
      this.lines[this.row] ??= "";
    } else if (token.startsWith("\u001b[")) {
      const kind = token.at(-1);
      if (kind === "G") this.column = count - 1;
      else if (kind === "A") this.row -= count;
      else if (kind === "K") this.lines[this.row] = (this.lines[this.row] ?? "").slice(0, this.column);
      else if (kind === "J")
        this.lines = [...this.lines.slice(0, this.row), (this.lines[this.row] ?? "").slice(0, this.column)];
      else if (kind !== "m" && !token.includes("?")) throw new Error(`the fake terminal does not know ${kind}`);
    } else {
      const line = (this.lines[this.row] ?? "").padEnd(this.column);
      this.lines[this.row] = line.slice(0, this.column) + token + line.slice(this.column + 1);
      this.column += token.length;
    }
  }
}
