import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../dist/metagpt.cjs", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  /** The folder to start in; its `home` subfolder is the home of the user. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Called with the running program, its standard error and its standard output so far, each time one of them grows. */
  readonly watch?: (child: ChildProcess, stderr: string, stdout: string) => void;
  /** Closes the program's output at once, as `| head -0` would. */
  readonly deaf?: boolean;
}

/** Starts the built program as a user would, with nothing of the developer's environment but the PATH. */
export function metagpt(
  args: readonly string[],
  { cwd, env = {}, input, watch, deaf = false }: Options,
): Promise<Ended> {
  const home = join(cwd, "home");
  mkdirSync(home, { recursive: true });
  const clean = { PATH: process.env.PATH ?? "", HOME: home, ...env };
  const child = spawn(process.execPath, [program, ...args], { cwd, env: clean, stdio: "pipe" });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    watch?.(child, stderr, stdout);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    watch?.(child, stderr, stdout);
  });
  child.stdin.end(input ?? "");
  if (deaf) child.stdout.destroy();
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
