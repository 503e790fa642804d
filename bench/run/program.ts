import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The built program. */
export const program = fileURLToPath(new URL("../../dist/metagpt.cjs", import.meta.url));

/** What one start of the program took; NaN where there is no /proc to tell. */
export interface Took {
  readonly exitCode: number | null;
  /** From its start to its end. */
  readonly seconds: number;
  /** Seconds of processor time: of the program itself, and of the gits it started. */
  readonly own: number;
  readonly git: number;
  /** The most memory the program has had at once, in MB. */
  readonly peak: number;
  readonly stderr: string;
}

/** Starts the built program in a folder, whose `home` is that of its user, with nothing of this environment but the PATH. */
export function runProgram(
  args: readonly string[],
  { cwd, stop }: { readonly cwd: string; readonly stop?: AbortSignal },
): Promise<Took> {
  const began = performance.now();
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: `${cwd}/home` },
    stdio: ["ignore", "ignore", "pipe"],
    ...(stop && { signal: stop, killSignal: "SIGKILL" }),
  });
  let used = { own: Number.NaN, git: Number.NaN, peak: Number.NaN };
  const look = () => {
    used = usedBy(child.pid) ?? used;
  };
  const watch = setInterval(look, 10);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    let ended = began;
    child.on("exit", () => {
      ended = performance.now();
      clearInterval(watch);
    });
    child.on("error", (error) => {
      if (error.name !== "AbortError") reject(error);
    });
    child.on("close", (exitCode) => resolve({ exitCode, seconds: (ended - began) / 1000, ...used, stderr }));
  });
}

/** What a process has used so far; its last hundredth of a second may be missing. */
function usedBy(pid: number | undefined) {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    // the name of the process stands in brackets and may hold anything; 14 to 17 of the fields are clock ticks
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")
      .map(Number);
    const [user = 0, system = 0, userOfGit = 0, systemOfGit = 0] = fields.slice(11, 15);
    if (peak === undefined) return undefined;
    return { own: (user + system) / ticks, git: (userOfGit + systemOfGit) / ticks, peak: Number(peak) / 1024 };
  } catch {
    return undefined;
  }
}

/** In a second, on every Linux that Node runs on. */
const ticks = 100;
