import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { toolchainFolders } from "../../../src/project/sandbox/toolchains.ts";
import { tempFolder } from "../../helpers/temp.ts";

afterEach(() => vi.unstubAllEnvs());

interface Case {
  readonly what: string;
  /** Folders (with a slash at the end), programs, and links (`from -> to`) of a home. */
  readonly home: readonly string[];
  readonly path: readonly string[];
  readonly opened: readonly string[];
}

const cases: readonly Case[] = [
  {
    what: "a version manager whole",
    home: [".pyenv/shims/python3", ".pyenv/versions/3.12/bin/python3"],
    path: [".pyenv/shims", ".pyenv/bin"],
    opened: [".pyenv"],
  },
  {
    what: "cargo's programs and the toolchains, not its credentials",
    home: [".cargo/bin/cargo", ".cargo/credentials.toml", ".rustup/toolchains/"],
    path: [".cargo/bin"],
    opened: [".cargo/bin", ".rustup"],
  },
  {
    what: "a program's installation through its link, and of the folder with the link only itself",
    home: [
      ".local/share/keyrings/login",
      "apps/node-v22/lib/",
      "apps/node-v22/bin/node",
      ".local/bin/node -> apps/node-v22/bin/node",
    ],
    path: [".local/bin"],
    opened: [".local/bin", "apps/node-v22"],
  },
  {
    what: "only the programs where other things stand beside them",
    home: [".docker/config.json", ".docker/bin/docker", "go/src/work/", "go/bin/gopls", "bin/tool", "lib/"],
    path: [".docker/bin", "go/bin", "bin"],
    opened: [".docker/bin", "bin", "go/bin"],
  },
  { what: "never the home", home: ["node", "lib/"], path: ["."], opened: [] },
  { what: "never what holds the project", home: ["work/lib/", "work/bin/node"], path: ["work"], opened: [] },
];

it.each(cases)("opens $what", ({ home: entries, path, opened }) => {
  const home = join(realpathSync(tempFolder()), "home");
  for (const entry of entries) {
    const [name = "", target] = entry.split(" -> ");
    mkdirSync(name.endsWith("/") ? join(home, name) : dirname(join(home, name)), { recursive: true });
    if (target) symlinkSync(join(home, target), join(home, name));
    else if (!name.endsWith("/")) writeFileSync(join(home, name), "");
  }
  for (const folder of [...path, "work/project"]) mkdirSync(join(home, folder), { recursive: true });
  vi.stubEnv("HOME", home);
  vi.stubEnv("RUSTUP_HOME", undefined);
  vi.stubEnv("PATH", ["/usr/bin", ...path.map((name) => join(home, name))].join(delimiter));
  expect(toolchainFolders(join(home, "work/project"))).toEqual(opened.map((name) => join(home, name)));
});
