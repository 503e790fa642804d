import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { installCommand } from "../../src/llm/llama/package.ts";

const version = "3.22.1";

/**
 * The folder in which node-llama-cpp is installed for the tests, with the compiled code of this machine alone: 85 MB, once
 * per machine. Undefined, and said aloud, where the registry cannot be reached.
 */
export async function llamaPackageFolder(): Promise<string | undefined> {
  const folder = join(tmpdir(), `metagpt-node-llama-cpp-${version}`);
  if (existsSync(folder)) return folder;
  // Installed aside and then named: whoever comes second finds it whole.
  const aside = `${folder}-${process.pid}`;
  mkdirSync(aside, { recursive: true });
  const [program = "", ...words] = installCommand().replaceAll("@3", `@${version}`).split(" ");
  try {
    await promisify(execFile)(program, [...words, "--prefix", aside, "--no-audit", "--no-fund"], {
      shell: process.platform === "win32",
    });
    if (!existsSync(folder)) renameSync(aside, folder);
    return folder;
  } catch (error) {
    process.stderr.write(`\nNOT TESTED: models in this process, as node-llama-cpp cannot be installed: ${error}\n\n`);
    return undefined;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
