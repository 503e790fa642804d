import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { placeFor } from "../src/writable.ts";
import { type Finding, finding } from "./finding.ts";

/** What a run needs of this machine, and what it would like. */
export function machineFindings(workspace: string, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  return Promise.all([
    node(process.versions.node),
    git(),
    folder(workspace),
    disk(workspace),
    chromium(env),
    sandbox(),
  ]);
}

/** The oldest Node that will do. */
const oldest = [20, 19] as const;

function node(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return finding("Node", "ok", version);
  return finding("Node", "fail", `${version} is too old`, [`Install Node ${oldest.join(".")} or newer.`]);
}

async function git(): Promise<Finding> {
  const said = await output("git", ["version"]);
  if (said === undefined) {
    return finding("git", "warn", "not found: projects get no history", [
      "Install git, and each step becomes a commit.",
    ]);
  }
  return finding("git", "ok", `${said.replace(/^git version /, "")}; user.name need not be set`);
}

async function folder(workspace: string): Promise<Finding> {
  const { obstacle } = await placeFor(workspace);
  if (obstacle === undefined) return finding("workspace", "ok", workspace);
  return finding("workspace", "fail", obstacle, ["Choose another folder with --workspace."]);
}

const gigabyte = 1e9;

async function disk(workspace: string): Promise<Finding> {
  const { existing } = await placeFor(workspace);
  const found = await statfs(existing).catch(() => undefined);
  if (!found) return finding("disk", "unknown", "free space is not known");
  const free = found.bavail * found.bsize;
  const text = `${(free / gigabyte).toFixed(free < 10 * gigabyte ? 1 : 0)} GB free`;
  return free < gigabyte
    ? finding("disk", "warn", text, [`Make room on the disk of ${existing}.`])
    : finding("disk", "ok", text);
}

const browsers = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe", "msedge.exe"];
const applications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

async function chromium({ CHROME_PATH, PATH = "" }: NodeJS.ProcessEnv): Promise<Finding> {
  const hint = "Only wanted for looking at generated pages. CHROME_PATH names one that lies elsewhere.";
  if (CHROME_PATH && !existsSync(CHROME_PATH)) {
    return finding("Chromium", "warn", `CHROME_PATH names ${CHROME_PATH}, which does not exist`, [hint]);
  }
  const places = PATH.split(delimiter).flatMap((path) => browsers.map((name) => join(path, name)));
  const found = CHROME_PATH || [...places, ...applications].find((path) => existsSync(path));
  return found ? finding("Chromium", "ok", found) : finding("Chromium", "warn", "not found", [hint]);
}

/** Being installed is not enough: kernels and containers often forbid what it needs, so it is tried. */
async function sandbox(): Promise<Finding> {
  const hint = "Only wanted where generated code is run: without a sandbox it has the rights of its user.";
  if (process.platform !== "linux") return finding("sandbox", "warn", "bubblewrap is for Linux only", [hint]);
  const version = await output("bwrap", ["--version"]);
  if (version === undefined) return finding("sandbox", "warn", "bubblewrap (bwrap) not found", [hint]);
  const works = await output("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"]);
  return works === undefined
    ? finding("sandbox", "warn", `${version} is installed, but may not be used here`, [hint])
    : finding("sandbox", "ok", `${version} works`);
}

/** What a program prints; undefined where it is not there or fails. */
const output = (command: string, args: readonly string[]): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(command, [...args], { timeout: 3000 }, (error, stdout) => resolve(error ? undefined : stdout.trim()));
  });
