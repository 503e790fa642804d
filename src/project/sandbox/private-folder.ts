import { spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { errorCode } from "../../errors.ts";
import { atExit } from "./at-exit.ts";

/**
 * What commands in one project folder may write to besides it: home with the caches of package managers, and /tmp. Kept
 * from command to command, so that an install is found again, and removed when this process ends.
 */
export interface PrivateFolder {
  readonly path: string;
  readonly temp: string;
  readonly shared: string;
  /** Stand in for those of /etc: the user under a name that says nothing. */
  readonly users: string;
  readonly groups: string;
}

const made = new Map<string, PrivateFolder>();

/** The private folder that goes with a project folder. */
export function privateFolder(project: string): PrivateFolder {
  const known = made.get(project);
  if (known) return known;
  if (made.size === 0) removeLeftOvers();
  const path = mkdtempSync(join(tmpdir(), `metagpt-sandbox-${process.pid}-`));
  atExit(() => remove(path));
  const folder = {
    path,
    temp: join(path, "tmp"),
    shared: join(path, "shm"),
    users: join(path, "passwd"),
    groups: join(path, "group"),
  };
  mkdirSync(join(folder.temp, "home"), { recursive: true });
  mkdirSync(folder.shared);
  const { uid, gid } = userInfo();
  writeFileSync(folder.users, `user:x:${uid}:${gid}::/tmp/home:/bin/sh\n`);
  writeFileSync(folder.groups, `user:x:${gid}:\n`);
  made.set(project, folder);
  return folder;
}

/** Those of processes that were killed before they could clean up. */
function removeLeftOvers() {
  const longAgo = Date.now() - 3_600_000;
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = /^metagpt-sandbox-(\d+)-\w+$/.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (found?.isDirectory() && found.uid === userInfo().uid && found.mtimeMs < longAgo) remove(folder);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

function remove(folder: string) {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // what was in there may have been locked by whoever wrote it
    spawnSync("chmod", ["-R", "u+rwX", folder], { stdio: "ignore" });
    spawnSync("rm", ["-rf", "--", folder], { stdio: "ignore" });
  }
}
