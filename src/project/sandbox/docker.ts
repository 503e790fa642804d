import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { historyOf } from "./history.ts";
import { wordsOf } from "./limits.ts";
import type { Command } from "./sandbox.ts";
import { processLimit } from "./watch.ts";
import type { Wrapper } from "./wrapper.ts";

const megabyte = 1024 ** 2;

/** Whether a server answers: the client alone is often there without one. */
export async function dockerAnswers(): Promise<boolean> {
  const words = ["version", "--format", "{{.Server.Version}}"];
  return run("docker", words, { timeout: 5000 }).then(
    ({ stdout }) => /^\d/.test(stdout.trim()),
    () => false,
  );
}

const run = promisify(execFile);

/** A container for each command, from the usual image of its language; the image is fetched when it is first needed. */
export const docker: Wrapper = {
  kind: "docker",
  description:
    "docker: writes only to the project folder, sees no other files and no other programs, has no network, and ends completely",
  gaps: [],
  layers: 0,
  client: true,
  temp: () => "/tmp",
  wrap(command, { folder, own, environment, mark }) {
    const { memory = 1024, fileSize = 64, network, readable = [], line } = command;
    const mounts = [
      `${folder}:${folder}`,
      `${own.temp}:/tmp`,
      ...[...historyOf(folder), ...readable.filter((path) => existsSync(path))].map((path) => `${path}:${path}:ro`),
    ];
    // the image has its own
    const { PATH, PYENV_ROOT, RUSTUP_HOME, JAVA_HOME, GOROOT, ...variables } = { ...environment };
    const most = `${4 * memory}m`;
    return [
      ...["docker", "run", "--rm", "--init", "--name", containerName(mark), "--network", network ? "bridge" : "none"],
      ...["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
      ...["--pids-limit", String(processLimit), "--ulimit", `fsize=${fileSize * megabyte}`, "--ulimit", "core=0"],
      ...(memory > 0 ? ["--ulimit", `data=${memory * megabyte}`, "--memory", most, "--memory-swap", most] : []),
      ...(process.getuid && process.getgid ? ["--user", `${process.getuid()}:${process.getgid()}`] : []),
      ...mounts.flatMap((mount) => ["--volume", mount]),
      ...Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      ...(command.input === undefined ? [] : ["--interactive"]),
      ...["--workdir", folder, "--entrypoint", "", imageFor(line), ...wordsOf(line)],
    ];
  },
  async prepare({ line }) {
    const image = imageFor(line);
    const present = await run("docker", ["image", "inspect", image]).then(
      () => true,
      () => false,
    );
    if (!present) await run("docker", ["pull", "--quiet", image], { timeout: 600_000 }).catch(() => undefined);
  },
  kill: (mark) => ["docker", "kill", containerName(mark)],
};

const containerName = (mark: string) => `metagpt-${mark}`;

/** The image with the first program of the command that tells one. */
function imageFor(line: Command["line"]): string {
  const text = typeof line === "string" ? line : line.join(" ");
  const tool =
    /(?<![\w.-])(?:python[\d.]*|pip3?|pytest|go|cargo|rustc|javac?|mvn|gradle|ruby|bundle|php)(?![\w./-])/.exec(
      text.slice(0, 2000),
    )?.[0];
  return images.find(([pattern]) => pattern.test(tool ?? ""))?.[1] ?? "node:20";
}

const images: readonly (readonly [RegExp, string])[] = [
  [/^py|^pip/, "python:3"],
  [/^go$/, "golang:1"],
  [/^cargo|^rustc/, "rust:1"],
  [/^mvn/, "maven:3"],
  [/^gradle/, "gradle:8"],
  [/^java/, "eclipse-temurin:21"],
  [/^ruby|^bundle/, "ruby:3"],
  [/^php/, "php:8-cli"],
];
