import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { CompanyError } from "../src/errors.ts";
import { findChromium } from "../src/project/probe/chromium.ts";
import type { SandboxChoice } from "../src/project/sandbox/index.ts";
import { placeFor } from "../src/writable.ts";
import { type Finding, finding } from "./finding.ts";

/** What a run needs of this machine, and what it would like. */
export function machineFindings(
  workspace: string,
  env: NodeJS.ProcessEnv,
  sandbox: SandboxChoice = "auto",
): Promise<Finding[]> {
  return Promise.all([
    node(process.versions.node),
    git(),
    folder(workspace),
    disk(workspace),
    chromium(env),
    sandboxOf(sandbox),
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

function chromium(env: NodeJS.ProcessEnv): Finding {
  const hint = "Only wanted for looking at generated pages. CHROMIUM_PATH names one that lies elsewhere.";
  const { CHROMIUM_PATH = "" } = env;
  if (CHROMIUM_PATH !== "" && !existsSync(CHROMIUM_PATH))
    return finding("Chromium", "warn", `CHROMIUM_PATH names ${CHROMIUM_PATH}, which does not exist`, [hint]);
  const found = findChromium(env);
  return found ? finding("Chromium", "ok", found) : finding("Chromium", "warn", "not found", [hint]);
}

/** Which one a run with tests would use, and what it could not hold. Where one is required and there is none, no such run would start. */
async function sandboxOf(choice: SandboxChoice): Promise<Finding> {
  const { findSandbox } = await import("../src/project/sandbox/index.ts");
  try {
    const { description, gaps } = await findSandbox(choice);
    if (gaps.length === 0) return finding("sandbox", "ok", description);
    const more = "Only wanted where generated code is run (--run-tests). What it runs could:";
    return finding("sandbox", "warn", description, [more, ...gaps.map((gap) => `- ${gap}`)]);
  } catch (error) {
    if (!(error instanceof CompanyError)) throw error;
    return finding("sandbox", "fail", error.message, error.hint?.split("\n"));
  }
}

/** What a program prints; undefined where it is not there or fails. */
const output = (command: string, args: readonly string[]): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(command, [...args], { timeout: 3000 }, (error, stdout) => resolve(error ? undefined : stdout.trim()));
  });
