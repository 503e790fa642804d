import { spawn, spawnSync } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { onTestFinished } from "vitest";

/** Whether programs can be started in a terminal of their own here. */
export const hasPty = spawnSync("python3", ["-c", "import pty, termios"]).status === 0;

/** Starts a program in a new terminal of 80 columns; what it says on standard output goes to descriptor 3 instead. */
const relay = `
import fcntl, os, pty, select, struct, sys, termios
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.dup2(3, 1)
    os.close(3)
    os.execvp(sys.argv[1], sys.argv[1:])
os.close(3)
ends = [0, master]
while True:
    ready = select.select(ends, [], [])[0]
    if master in ready:
        try:
            data = os.read(master, 65536)
        except OSError:
            data = b""
        if not data:
            break
        os.write(1, data)
    if 0 in ready:
        keys = os.read(0, 65536)
        if keys:
            os.write(master, keys)
        else:
            ends.remove(0)
status = os.waitpid(pid, 0)[1]
sys.exit(os.waitstatus_to_exitcode(status) & 255)
`;

/** What has to appear, and what is typed then. */
export type Key = readonly [shown: string, typed: string];

interface Session {
  readonly code: number | null;
  readonly stdout: string;
  /** All that the terminal was sent, without control sequences. */
  readonly shown: string;
}

/** Runs a program at a terminal with somebody who types; each text is waited for after the one before. */
export function atTerminal(
  [command, ...args]: readonly [string, ...string[]],
  { keys, env }: { readonly keys: readonly Key[]; readonly env: Readonly<Record<string, string>> },
): Promise<Session> {
  const child = spawn("python3", ["-c", relay, command, ...args], {
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", TERM: "xterm", NO_COLOR: "1", ...env },
    stdio: ["pipe", "pipe", "inherit", "pipe"],
  });
  // its terminal goes away with it, and the program with that
  onTestFinished(() => void child.kill());
  const gathered = { shown: "", stdout: "" };
  const waiting = [...keys];
  let seen = 0;
  const type = () => {
    const shown = stripVTControlCharacters(gathered.shown);
    for (let next = waiting[0]; next; next = waiting[0]) {
      const at = shown.indexOf(next[0], seen);
      if (at < 0) return;
      seen = at + next[0].length;
      waiting.shift();
      child.stdin?.write(next[1]);
    }
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    gathered.shown += text;
    type();
  });
  child.stdio[3]?.on("data", (data) => {
    gathered.stdout += String(data);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code, stdout: gathered.stdout, shown: stripVTControlCharacters(gathered.shown) }),
    );
  });
}
