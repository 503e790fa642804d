import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../errors.ts";
import { bubblewrap, strengths } from "./bubblewrap.ts";
import { docker, dockerAnswers } from "./docker.ts";
import { limitsAlone } from "./limits-alone.ts";
import { runIn } from "./run.ts";
import type { Ran, Sandbox, SandboxChoice } from "./sandbox.ts";
import { toolsOnPath } from "./tools.ts";
import { unshare } from "./unshare.ts";
import type { Wrapper } from "./wrapper.ts";

/** Tries what there is, from the strongest down, by running something in it. */
export async function trySandboxes(choice: SandboxChoice, folder?: string): Promise<Sandbox> {
  return sandboxOf(await wrapperFor(choice, folder));
}

/** A sandbox of one kind. */
export function sandboxOf(wrapper: Wrapper): Sandbox {
  const { kind, description, gaps } = wrapper;
  return { kind, description, gaps, run: (command) => runIn(wrapper, command) };
}

async function wrapperFor(choice: SandboxChoice, folder: string | undefined): Promise<Wrapper> {
  const tools = await toolsOnPath(["bwrap", "prlimit", "unshare", "setpriv", "docker"]);
  const prlimit = tools.prlimit !== undefined;
  if (choice === "off") return limitsAlone({ prlimit, why: "switched off" });
  if (choice === "docker") {
    if (tools.docker && (await dockerAnswers())) return docker;
    throw new ConfigError(
      tools.docker
        ? "Docker is installed, but no server answers."
        : "Docker is asked for as the sandbox, and not installed.",
      { hint: "Start Docker, or choose another sandbox." },
    );
  }

  if (process.platform !== "linux") {
    if (tools.docker && (await dockerAnswers())) return docker;
    if (choice === "require") throw new ConfigError(none("no Docker server answers"), { hint: "Start Docker." });
    return limitsAlone({ prlimit, why: "no Docker server answers" });
  }

  const tried = tools.bwrap
    ? await firstThatWorks(
        strengths.map((strength) => bubblewrap({ strength, prlimit })),
        folder,
      )
    : { problem: "bubblewrap is not installed", hint: "Install bubblewrap, as with: sudo apt install bubblewrap" };
  if ("works" in tried) return tried.works;
  if (tools.docker && (await dockerAnswers())) return docker;
  if (choice === "require") throw new ConfigError(none(tried.problem), { hint: tried.hint });
  if (tools.unshare && tools.setpriv) {
    const other = await firstThatWorks([unshare({ prlimit })], folder);
    if ("works" in other) return other.works;
  }
  return limitsAlone({ prlimit, why: tried.problem });
}

const none = (problem: string) => `A sandbox is required, and there is none: ${problem}.`;

const openNamespaces =
  "User namespaces seem closed here. On Ubuntu: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0; in a container, run it with --privileged. Or use Docker.";

/** Having a program is not the same as being allowed to use it. */
async function firstThatWorks(
  wrappers: readonly Wrapper[],
  folder: string | undefined,
): Promise<{ works: Wrapper } | { problem: string; hint: string }> {
  let problem = "";
  for (const wrapper of wrappers) {
    const ran = await trial(wrapper, folder);
    if (ran.code === 0 && ran.stdout === "in here\n") return { works: wrapper };
    problem = ran.reason ?? ran.output.trim().split("\n").at(-1) ?? "";
  }
  return { problem: `${wrappers[0]?.kind} does not work here: ${problem}`, hint: openNamespaces };
}

async function trial(wrapper: Wrapper, project: string | undefined): Promise<Ran> {
  const folder = project ?? (await mkdtemp(join(tmpdir(), "metagpt-trial-")));
  try {
    return await runIn(wrapper, { line: "test -w . && echo in here", folder, seconds: 5 });
  } finally {
    if (project === undefined) await rm(folder, { recursive: true, force: true });
  }
}
