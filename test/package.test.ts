import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { z } from "zod";

const root = fileURLToPath(new URL("..", import.meta.url));

const Lock = z.object({
  packages: z.record(z.string(), z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
});

it("the lock file names the parts of every platform, so that npm ci works on all of them", () => {
  const { packages } = Lock.parse(JSON.parse(readFileSync(`${root}package-lock.json`, "utf8")));
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  const missing = wanted.filter((name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)));
  expect(missing).toEqual([]);
});

it("the package holds only what runs and what its README links to", () => {
  const [packed] = z
    .array(z.object({ files: z.array(z.object({ path: z.string() })), unpackedSize: z.number() }))
    .parse(
      JSON.parse(
        execFileSync("npm", ["pack", "--dry-run", "--ignore-scripts", "--json"], { cwd: root, encoding: "utf8" }),
      ),
    );
  const paths = packed?.files.map(({ path }) => path) ?? [];
  const strange = paths.filter(
    (path) =>
      !/^(?:dist\/[\w-]+\.cjs|recordings\/[\w-]+\/(?:recording\.json|answers\/[\w.-]+\.txt)|docs\/[\w.-]+\.md|examples\/[\w-]+\.ts|config\/(?:presets|prices|\w+\.example)\.yaml|package\.json|LICENSE|README(?:\.zh-CN)?\.md)$/.test(
        path,
      ),
  );
  expect(strange).toEqual([]);
  expect(paths).toEqual(
    expect.arrayContaining([
      "dist/metagpt.cjs",
      "config/presets.yaml",
      "config/prices.yaml",
      "recordings/snake-game/recording.json",
    ]),
  );
  expect(packed?.unpackedSize).toBeLessThan(4_000_000);
});
