import { type StdioOptions, spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

type Environment = Readonly<Record<string, string | undefined>>;

/** The person's editor as a command line: $VISUAL or $EDITOR, else one that is on the PATH; undefined if there is none. */
export async function findEditor(env: Environment, platform = process.platform): Promise<string | undefined> {
  const chosen = [env.VISUAL, env.EDITOR].find((command) => command?.trim());
  if (chosen !== undefined) return chosen;
  if (platform === "win32") return "notepad";
  for (const name of ["nano", "vi"]) if (await isOnPath(name, env)) return name;
  return undefined;
}

async function isOnPath(name: string, { PATH = "" }: Environment): Promise<boolean> {
  for (const folder of PATH.split(delimiter).filter(isAbsolute)) {
    const found = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/**
 * Has the person edit a file and waits until the editor is closed; gives what went wrong with it, if anything. Meanwhile
 * the keyboard is the editor's, Ctrl-C included; when `signal` is aborted, the editor is ended.
 */
export async function runEditor(editor: string, file: string, signal: AbortSignal): Promise<string | undefined> {
  const hearAgain = leaveKeysToOthers();
  try {
    return await new Promise((resolve) => {
      const child = start(editor, file);
      const end = () => child.kill();
      signal.addEventListener("abort", end, { once: true });
      child.once("error", (error) => resolve(`the editor cannot be started: ${error.message}`));
      child.once("close", (code, killed) => {
        signal.removeEventListener("abort", end);
        resolve(code === 0 ? undefined : `the editor ended with ${killed ?? `exit code ${code}`}`);
      });
      if (signal.aborted) end();
    });
  } finally {
    // a Ctrl-C that ended the editor may reach this program a little after that
    await sleep(50);
    hearAgain();
  }
}

/** The editor is a command line of the person's own, with arguments and quotes. It draws where the questions stand. */
function start(editor: string, file: string) {
  const stdio: StdioOptions = ["inherit", process.stderr, process.stderr];
  if (process.platform === "win32") return spawn(`${editor} "${file}"`, { shell: true, stdio });
  // the shell gives its place to the editor, so that ending the one ends the other
  return spawn("sh", ["-c", `exec env ${editor} "$1"`, "sh", file], { stdio });
}

/** The signals of the keyboard reach every program of a terminal; this one does not listen until it is told to. */
function leaveKeysToOthers(): () => void {
  const ignore = () => {};
  const heard = (["SIGINT", "SIGQUIT"] as const).map((name) => ({ name, listeners: process.listeners(name) }));
  for (const { name, listeners } of heard) {
    process.on(name, ignore);
    for (const listener of listeners) process.off(name, listener);
  }
  return () => {
    for (const { name, listeners } of heard) {
      for (const listener of listeners) process.on(name, listener);
      process.off(name, ignore);
    }
  };
}
