import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { lstatSync } from "node:fs";
import { realpath, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { ConfigError, errorCode } from "../../errors.ts";
import { attend } from "./attend.ts";
import { environmentOf } from "./environment.ts";
import { isInside } from "./inside.ts";
import { privateFolder } from "./private-folder.ts";
import type { Command, Ran } from "./sandbox.ts";
import type { Wrapper } from "./wrapper.ts";

/** Runs a command in this kind of sandbox, within its limits, and ends whatever it has started. */
export async function runIn(wrapper: Wrapper, command: Command): Promise<Ran> {
  const folder = await realpath(command.folder);
  await refuseHome(folder);
  await wrapper.prepare?.(command);
  if (command.signal?.aborted) return { ...nothing, ended: "stopped", reason: "it was called off" };

  const own = privateFolder(folder);
  const mark = randomUUID();
  const environment = {
    ...environmentOf({ folder, temp: wrapper.temp(own), network: command.network, env: command.env }),
    METAGPT_RUN: mark,
  };
  const words = wrapper.wrap(command, { folder, own, environment, mark });
  const git = join(folder, ".git");
  const hadGit = lstatSync(git, { throwIfNoEntry: false }) !== undefined;
  try {
    const child = start(words, { folder, environment: wrapper.client ? process.env : environment, command });
    return await attend(child, { wrapper, command, mark, folders: [folder, own.path] });
  } catch (error) {
    if (!(error instanceof Error) || errorCode(error) === undefined) throw error;
    if (errorCode(error) === "ENOENT") return { ...nothing, code: 127, ended: "missing" };
    return { ...nothing, ended: "stopped", reason: `it could not be started (${error.message})` };
  } finally {
    // the next git command of the user would obey what stands in there
    if (!hadGit) await rm(git, { recursive: true, force: true }).catch(() => undefined);
  }
}

const nothing = { code: null, stdout: "", stderr: "", output: "", seconds: 0 };

async function refuseHome(folder: string) {
  const home = await realpath(homedir()).catch(homedir);
  if (!isInside(home, folder)) return;
  throw new ConfigError(`The project folder ${folder} has your home in it, which generated code must not write to.`, {
    hint: "Choose a folder of its own.",
  });
}

interface Start {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly command: Command;
}

function start([program = "", ...words]: readonly string[], { folder, environment, command }: Start): ChildProcess {
  const child = spawn(program, words, {
    cwd: folder,
    env: environment,
    stdio: [command.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    // a process group and a session of its own: it can be ended as a whole and has no terminal
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  // it may end before it has read everything
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(command.input);
  return child;
}
