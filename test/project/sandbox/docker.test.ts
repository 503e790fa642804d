import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { docker } from "../../../src/project/sandbox/docker.ts";
import { trySandboxes } from "../../../src/project/sandbox/find.ts";
import type { Command } from "../../../src/project/sandbox/index.ts";
import { tempFolder } from "../../helpers/temp.ts";

afterEach(() => vi.unstubAllEnvs());

/** The words between `docker run` and the image, and those from the image on. */
function wrapped(command: Partial<Command> = {}, variables: Record<string, string> = {}) {
  const folder = command.folder ?? "/home/me/project";
  const own = { path: "/private", temp: "/private/tmp", shared: "/private/shm", users: "", groups: "" };
  const environment = { PATH: "/usr/bin", HOME: "/tmp/home", ...variables };
  const words = docker.wrap({ line: "npm test", folder, ...command }, { folder, own, environment, mark: "1-2-3" });
  const image = words.indexOf("") + 1;
  return { options: words.slice(2, image).join(" "), rest: words.slice(image) };
}

describe("the words of docker", () => {
  it("leave a command nothing but the project and a private /tmp", () => {
    const { options, rest } = wrapped();
    for (const option of ["--rm", "--network none", "--read-only", "--cap-drop ALL", "--pids-limit 256"])
      expect(options).toContain(option);
    expect(options).toContain("--name metagpt-1-2-3");
    expect(options.match(/--volume \S+/g)).toEqual([
      "--volume /home/me/project:/home/me/project",
      "--volume /private/tmp:/tmp",
    ]);
    expect(options.match(/--env \S+/g)).toEqual(["--env HOME=/tmp/home"]);
    expect(rest).toEqual(["node:20", "sh", "-c", "npm test"]);
  });

  it("make the history and what is merely readable read-only", () => {
    const folder = tempFolder();
    mkdirSync(join(folder, ".git"));
    const { options } = wrapped({ folder, readable: ["/usr", "/does/not/exist"] });
    expect(options).toContain(`--volume ${folder}/.git:${folder}/.git:ro`);
    expect(options).toContain("--volume /usr:/usr:ro");
    expect(options).not.toContain("/does/not/exist");
  });

  it("carry the limits and the network of the command", () => {
    const { options } = wrapped({ network: true, memory: 100, fileSize: 1 });
    for (const option of ["--network bridge", "--memory 400m", "data=104857600", "fsize=1048576"])
      expect(options).toContain(option);
    expect(wrapped({ memory: 0 }).options).not.toContain("memory");
  });

  it.each([
    ["npm test", "node:20"],
    ["python3 -m pytest", "python:3"],
    [". .venv/bin/activate && pytest -q", "python:3"],
    [".venv/bin/python main.py", "python:3"],
    ["cd x && go test ./...", "golang:1"],
    ["cargo test", "rust:1"],
    ["node go.js", "node:20"],
    ["java -jar a.jar", "eclipse-temurin:21"],
  ])("run %s in the image %s", (line, image) => {
    expect(wrapped({ line }).rest[0]).toBe(image);
  });
});

/** A program named docker that does what the script says. */
function withDocker(script: string): string {
  const folder = tempFolder();
  writeFileSync(join(folder, "docker"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "docker"), 0o755);
  vi.stubEnv("PATH", [folder, "/usr/bin", "/bin"].join(delimiter));
  return folder;
}

describe.skipIf(process.platform === "win32")("docker as the sandbox", () => {
  it("is not taken where only the client is there", async () => {
    withDocker(`echo "Client: 28"; echo "Cannot connect to the Docker daemon" >&2; exit 1`);
    await expect(trySandboxes("docker")).rejects.toMatchObject({
      message: "Docker is installed, but no server answers.",
      exitCode: 3,
    });
    expect((await trySandboxes("auto")).kind).not.toBe("docker");
  });

  it("gets the image first and then runs the command", async () => {
    const folder = withDocker(`
      echo "$1" >> "$(dirname "$0")/asked"
      case "$1" in
        version) echo 28.2.2 ;;
        image) exit 1 ;;
        run) echo "in a container"; exit 4 ;;
      esac`);
    const sandbox = await trySandboxes("docker");
    expect(sandbox).toMatchObject({ kind: "docker", gaps: [] });
    expect(await sandbox.run({ line: "npm test", folder: tempFolder() })).toMatchObject({
      code: 4,
      ended: "exit",
      stdout: "in a container\n",
    });
    expect(readFileSync(join(folder, "asked"), "utf8").split("\n")).toEqual(
      expect.arrayContaining(["version", "image", "pull", "run"]),
    );
  });
});
