import { mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { environmentOf } from "../../../src/project/sandbox/environment.ts";
import { tempFolder } from "../../helpers/temp.ts";

afterEach(() => vi.unstubAllEnvs());

describe("environmentOf", () => {
  it("lets no key through, whatever it is called", () => {
    for (const name of ["OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "npm_config__auth", "SSH_AUTH_SOCK"])
      vi.stubEnv(name, "the-secret");
    vi.stubEnv("LANG", "de_DE.UTF-8");
    const environment = environmentOf({ folder: "/project", temp: "/tmp", network: true });
    expect(Object.values(environment).filter((value) => value.includes("the-secret"))).toEqual([]);
    expect(environment.LANG).toBe("de_DE.UTF-8");
  });

  it("keeps home and all caches in the private folder", () => {
    const environment = environmentOf({ folder: "/project", temp: "/private" });
    const places = ["HOME", "TMPDIR", "XDG_CACHE_HOME", "npm_config_cache", "PIP_CACHE_DIR", "GOCACHE", "GOMODCACHE"];
    for (const name of [...places, "GOPATH", "CARGO_HOME"]) expect(environment[name]).toMatch(/^\/private(\/|$)/);
  });

  it("passes proxies on for installs alone, and none with a password", () => {
    vi.stubEnv("HTTPS_PROXY", "http://proxy.example:8080");
    vi.stubEnv("HTTP_PROXY", "http://me:password@proxy.example:8080");
    const installing = environmentOf({ folder: "/project", temp: "/tmp", network: true });
    expect(installing).toMatchObject({ HTTPS_PROXY: "http://proxy.example:8080" });
    expect(installing).not.toHaveProperty("HTTP_PROXY");
    expect(environmentOf({ folder: "/project", temp: "/tmp" })).not.toHaveProperty("HTTPS_PROXY");
  });

  it("looks for programs neither in the project nor where one happens to stand", () => {
    const root = realpathSync(tempFolder());
    const project = join(root, "project");
    mkdirSync(join(project, "node_modules", ".bin"), { recursive: true });
    mkdirSync(join(root, "tools"));
    symlinkSync(project, join(root, "link"));
    const directories = [
      "",
      ".",
      "bin",
      join(project, "node_modules", ".bin"),
      join(root, "link"),
      join(root, "tools"),
    ];
    vi.stubEnv("PATH", [...directories, join(root, "gone"), join(root, "tools")].join(delimiter));
    expect(environmentOf({ folder: project, temp: "/tmp" }).PATH?.split(delimiter)).toEqual([
      join(root, "tools"),
      realpathSync(dirname(process.execPath)),
    ]);
  });

  it("lets the caller have the last word", () => {
    expect(environmentOf({ folder: "/project", temp: "/tmp", env: { CI: "", PORT: "80" } })).toMatchObject({
      CI: "",
      PORT: "80",
    });
  });
});
