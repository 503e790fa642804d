import { chmodSync, existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConfigError } from "../../../src/errors.ts";
import { trySandboxes } from "../../../src/project/sandbox/find.ts";
import { findSandbox } from "../../../src/project/sandbox/index.ts";
import { tempFolder } from "../../helpers/temp.ts";

afterEach(() => vi.unstubAllEnvs());

/** A machine on which only these programs are installed, and those that are written here. */
function machineWith(programs: readonly string[], scripts: Readonly<Record<string, string>> = {}) {
  const folder = tempFolder();
  for (const name of ["sh", "cat", ...programs]) {
    const place = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"].find((place) => existsSync(join(place, name)));
    if (place) symlinkSync(join(place, name), join(folder, name));
  }
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  // without the folder of node, which is never left out of the search, and has them all here
  vi.spyOn(process, "execPath", "get").mockReturnValue(join(folder, "node"));
  vi.stubEnv("PATH", folder);
}

describe.skipIf(process.platform !== "linux")("without bubblewrap", () => {
  it("says that it is not installed, and what generated code could do", async () => {
    machineWith(["prlimit"]);
    const sandbox = await trySandboxes("auto");
    expect(sandbox.kind).toBe("none");
    expect(sandbox.description).toContain("bubblewrap is not installed");
    expect(sandbox.gaps).toContain("read and write files outside the project, as you can");
    expect(await sandbox.run({ line: "echo hi", folder: tempFolder() })).toMatchObject({ code: 0, stdout: "hi\n" });
  });

  it("says why one that is installed cannot be used", async () => {
    machineWith(["prlimit"], { bwrap: "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1" });
    const { kind, description } = await trySandboxes("auto");
    expect(kind).toBe("none");
    expect(description).toContain("bubblewrap does not work here: bwrap: setting up uid map: Permission denied");
  });

  it("makes its trial in the folder that it is for", async () => {
    machineWith(["prlimit"], { bwrap: 'echo "bwrap: not in $(pwd)" >&2; exit 1' });
    const folder = tempFolder();
    expect((await trySandboxes("auto", folder)).description).toContain(`not in ${folder}`);
  });

  it("is not deceived by one that does nothing", async () => {
    machineWith(["prlimit"], { bwrap: "exit 0" });
    expect((await trySandboxes("auto")).kind).toBe("none");
  });

  it("refuses if a sandbox is required, and says what to install", async () => {
    machineWith(["prlimit", "unshare", "setpriv"]);
    const error = await trySandboxes("require").catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ exitCode: 3, hint: expect.stringContaining("apt install bubblewrap") });
  });

  it("keeps limits without prlimit too", async () => {
    machineWith(["head"]);
    const folder = tempFolder();
    const sandbox = await trySandboxes("off");
    const { code } = await sandbox.run({ line: "head -c 3000000 /dev/zero > big", folder, fileSize: 1 });
    expect(code).not.toBe(0);
    expect((await sandbox.run({ line: "head -c 900000 /dev/zero > big", folder, fileSize: 1 })).code).toBe(0);
  });
});

describe("findSandbox", () => {
  it("finds out once for each choice", async () => {
    expect(findSandbox("off")).toBe(findSandbox("off"));
    expect(await findSandbox("off")).toMatchObject({ kind: "none" });
  });
});
