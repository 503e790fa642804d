import { spawn } from "node:child_process";
import { devNull } from "node:os";
import { basename, join } from "node:path";
import { PassThrough, pipeline } from "node:stream";
import { createGzip } from "node:zlib";
import { Refusal } from "../../../src/gateway/refusal.ts";
import type { Archive } from "../../../src/gateway/runs.ts";
import { inherited, projectGit } from "../../../src/project/history.ts";

/** What a project has committed, as tar.gz. Throws a Refusal where that is nothing yet. */
export async function archiveOf(project: string, signal: AbortSignal): Promise<Archive> {
  const head =
    project === "" ? "" : await projectGit(project)(["rev-parse", "--quiet", "--verify", "HEAD"]).catch(() => "");
  if (head === "") throw new Refusal("request", "the run has made nothing yet", { status: 409, code: "no_project" });
  const name = basename(project);
  const words = ["archive", "--format=tar", `--prefix=${name}/`, head.trim()];
  const git = spawn("git", words, { env: environment(project), stdio: ["ignore", "pipe", "pipe"], signal });
  let complaint = "";
  git.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-1000);
  });
  // an archive that was broken off must not look whole
  const whole = new PassThrough({
    flush(done) {
      const end = (code: number | null) => done(code === 0 ? null : new Error(`git archive: ${complaint.trim()}`));
      if (git.exitCode === null && git.signalCode === null) git.once("close", end);
      else end(git.exitCode);
    },
  });
  const bytes = createGzip();
  git.once("error", (error) => bytes.destroy(error));
  pipeline(git.stdout, whole, bytes, () => git.kill());
  return { name: `${name}.tar.gz`, bytes };
}

/** What anybody has set up for git plays no part. */
const environment = (project: string) => ({
  ...inherited(),
  GIT_DIR: join(project, ".git"),
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_ATTR_NOSYSTEM: "1",
});
