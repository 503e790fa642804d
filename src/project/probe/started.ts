import { spawn, spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { limits } from "./answers.ts";

/** A command line that runs in a process group of its own. */
export interface Started {
  /** What it wrote to both streams in order of arrival, beginning and end kept; without colours and controls. */
  readonly output: () => string;
  /** Once it ended, by itself or by `stop`. Does not fail. */
  readonly ended: Promise<Ending>;
  /** Ends it and all that it started; comes back when it is gone. */
  stop(): Promise<void>;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  /** It wrote more than anybody reads and was stopped. */
  readonly flood: boolean;
}

/** Starts a line of the shell with an input; without one its standard input is closed. */
export function start(line: string, { env = {}, inputs = "" }: { env?: Environment; inputs?: string } = {}): Started {
  const child = spawn(line, {
    shell: true,
    // Python and its like keep what they print to a pipe until they end
    env: { ...process.env, PYTHONUNBUFFERED: "1", NO_COLOR: "1", ...env },
    stdio: [inputs === "" ? "ignore" : "pipe", "pipe", "pipe"],
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  let flood = false;
  const kept = keeper(() => {
    flood = true;
    kill(child.pid, "SIGKILL");
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", kept.add);
  }
  child.stdin?.on("error", () => {});
  child.stdin?.end(inputs);

  const ended = new Promise<Ending>((resolve) => {
    const end = (code: number | null, signal: string | null) => {
      // what it left in the background goes with it
      kill(child.pid, "SIGKILL");
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({ code, signal, flood });
    };
    child.on("close", end);
    child.on("exit", (code, signal) => setTimeout(() => end(code, signal), 200));
    child.on("error", (error) => {
      kept.add(error.message);
      end(null, null);
    });
  });
  return {
    output: kept.output,
    ended,
    async stop() {
      kill(child.pid, "SIGTERM");
      await Promise.race([ended, pause(1000)]);
      kill(child.pid, "SIGKILL");
      await ended;
    },
  };
}

type Environment = Readonly<Record<string, string>>;

/** After so many characters nobody waits for the end. */
const tooMuch = 20_000_000;

/** Keeps the beginning and the end of what may be endless. */
function keeper(onFlood: () => void) {
  const headLength = 1000;
  const tailLength = limits.output - headLength - 100;
  let head = "";
  let tail = "";
  let count = 0;
  return {
    add(part: string) {
      count += part.length;
      const room = headLength - head.length;
      head += part.slice(0, room);
      tail = (tail + part.slice(room)).slice(-2 * tailLength);
      if (count > tooMuch) onFlood();
    },
    output() {
      const end = plain(tail);
      const missing = count - head.length - tail.length + Math.max(0, end.length - tailLength);
      if (missing <= 0) return plain(head + tail);
      return `${plain(head)}\n[... ${missing} characters left out ...]\n${end.slice(-tailLength)}`;
    },
  };
}

const plain = (text: string) =>
  stripVTControlCharacters(text)
    .replace(/\r\n?/g, "\n")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");

function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(pid), "/t", "/f"], { windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // gone already
  }
}
