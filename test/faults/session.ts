import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Kill } from "./plan.ts";

/** Milliseconds after which a session is given up. */
const longest = 120_000;

const program = fileURLToPath(new URL("../../dist/metagpt.cjs", import.meta.url));

/** How one process of the program ended. */
export interface Session {
  /** It did not end, and was killed for that. */
  readonly hung: boolean;
  /** Null where it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a running process can be killed at. */
export interface Signs {
  /** How many records the journal has. */
  readonly records: () => number;
  /** How many requests the server has got. */
  readonly requests: () => number;
  /** How many files the product has. */
  readonly files: () => number;
}

/** Runs the built program to its end, or kills it with SIGKILL when the time has come. */
export async function session(
  args: readonly string[],
  { cwd, home, kill, signs }: { cwd: string; home: string; kill: Kill | undefined; signs: Signs },
): Promise<Session> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
    // a group of its own, so that what it has started can be killed with it
    detached: true,
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  }
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("exit", resolve);
  });
  const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
  const end = () => killGroup(child, true);
  let hung = false;
  const patience = setTimeout(() => {
    hung = true;
    end();
  }, longest);
  process.once("exit", end);
  const over = new AbortController();
  const killer = kill && killAt(kill, child, signs, over.signal);
  const code = await exited;
  over.abort();
  clearTimeout(patience);
  process.off("exit", end);
  await killer;
  await closed;
  return { code, hung, ...said };
}

async function killAt(kill: Kill, child: ChildProcess, signs: Signs, over: AbortSignal): Promise<void> {
  const { when, count, delay, withChildren } = kill;
  if (when === "time") await sleep(count);
  else {
    const sign = signs[when];
    const from = sign();
    while (!over.aborted && sign() < from + count) await sleep(3);
  }
  await sleep(delay);
  if (!over.aborted) killGroup(child, withChildren);
}

function killGroup({ pid }: ChildProcess, withChildren: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(withChildren ? -pid : pid, "SIGKILL");
  } catch {
    // it has ended by itself in this moment
  }
}
