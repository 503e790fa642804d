import { execFile } from "node:child_process";

/** Runs git in a folder; gives what it said, and fails with what it complained about. */
export type Git = (args: readonly string[]) => Promise<string>;

/**
 * Git in a folder, with these settings over everyone else's and in this environment. A command that says no without a word,
 * as with `--quiet`, has said nothing.
 */
export function gitIn(
  folder: string,
  { config, env }: { readonly config: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Git {
  const settings = config.flatMap((setting) => ["-c", setting]);
  const how = { cwd: folder, env, maxBuffer: Number.POSITIVE_INFINITY, windowsHide: true };
  return (args) =>
    new Promise((resolve, reject) => {
      const git = execFile("git", [...settings, ...args], how, (error, said, complaint) => {
        const ended = typeof error?.code === "number" && complaint.trim() === "";
        if (error && !ended) reject(new Error(complaint.trim() || error.message, { cause: error }));
        else resolve(said);
      });
      git.stdin?.end();
    });
}
