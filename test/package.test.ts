import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { tempFolder } from "./helpers/temp.ts";

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
      !/^(?:dist\/[\w-]+\.cjs|dist\/repair\.(?:mjs|d\.cts|d\.mts)|recordings\/[\w-]+\/(?:recording\.json|answers\/[\w.-]+\.txt)|docs\/[\w.-]+\.md|examples\/[\w-]+\.ts|config\/(?:presets|prices|\w+\.example)\.yaml|package\.json|LICENSE|README(?:\.zh-CN)?\.md)$/.test(
        path,
      ),
  );
  expect(strange).toEqual([]);
  expect(paths).toEqual(
    expect.arrayContaining([
      "dist/metagpt.cjs",
      "dist/repair.cjs",
      "dist/repair.d.cts",
      "dist/repair.d.mts",
      "dist/repair.mjs",
      "config/presets.yaml",
      "config/prices.yaml",
      "recordings/snake-game/recording.json",
    ]),
  );
  expect(packed?.unpackedSize).toBeLessThan(4_400_000);
});

describe("metagpt/repair, as it is installed,", () => {
  /** A project with the packed package and what it depends on. */
  function project(files: Record<string, string>): string {
    const folder = tempFolder();
    const installed = join(folder, "node_modules/metagpt");
    mkdirSync(installed, { recursive: true });
    const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
    const archive = execFileSync("npm", pack, { cwd: root, encoding: "utf8" }).trim();
    execFileSync("tar", ["-xzf", archive, "-C", installed, "--strip-components=1"], { cwd: folder });
    for (const name of ["jsonrepair", "yaml", "zod"])
      symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction");
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  }

  /** What a program prints, also where it fails. */
  const run = (folder: string, args: readonly string[]) =>
    spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" }).output.join("");
  const use = `
    const Task = z.object({ goals: z.array(z.string()).meta({ aliases: ["目标"] }) });
    const reading = repair("{'目标': ['fast',]}", Task);
    console.log(JSON.stringify([reading.ok && reading.value, Object.keys(repairKinds).length > 40]));
  `;
  const said = '[{"goals":["fast"]},true]\n';

  it("runs as a module and in CommonJS", () => {
    const folder = project({
      "use.mjs": `import { repair, repairKinds } from "metagpt/repair";\nimport { z } from "zod";\n${use}`,
      "use.cjs": `const { repair, repairKinds } = require("metagpt/repair");\nconst { z } = require("zod");\n${use}`,
      "manifest.cjs": 'console.log(require("metagpt/package.json").name);',
    });
    expect(["use.mjs", "use.cjs", "manifest.cjs"].map((file) => run(folder, [file]))).toEqual([
      said,
      said,
      "metagpt\n",
    ]);
  });

  const typed = (statement: string) => `${statement}
    const reading: Reading<{ a: string }> = repair("{}", z.object({ a: z.string() }), { accept: "lossless" });
    if (reading.ok) reading.value.a.trim();
    else reading.problems.map(({ path }): string => pathText(path));
    const kinds: RepairKind[] = reading.ok ? reading.repairs.map(({ kind }) => kind) : [];
    // @ts-expect-error a reading may be none
    reading.value;
    export { kinds };
  `;
  const names =
    'import { pathText, type Reading, repair, type RepairKind } from "metagpt/repair";\nimport { z } from "zod";';

  it.each(["nodenext", "bundler"])("has types for %s", (moduleResolution) => {
    const folder = project({
      "use.mts": typed(names),
      "use.cts": typed(names),
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          ...{ module: moduleResolution === "bundler" ? "preserve" : "nodenext", moduleResolution },
          ...{ target: "es2023", lib: ["es2023", "dom"], types: [], strict: true, noEmit: true, skipLibCheck: false },
        },
        files: ["use.mts", "use.cts"],
      }),
    });
    expect(run(folder, [join(root, "node_modules/typescript/bin/tsc"), "-p", "."])).toBe("");
  });

  it("holds nothing but the reader", () => {
    const imported = ["repair.mjs", "repair.cjs"].map((file) => {
      const code = readFileSync(join(root, "dist", file), "utf8");
      return [...code.matchAll(/^import .* from "(.+)";$|require\("(.+)"\)/gm)].map(([, a, b]) => a ?? b);
    });
    expect(imported.map((names) => names.toSorted())).toEqual([
      ["jsonrepair", "yaml", "zod"],
      ["jsonrepair", "yaml", "zod"],
    ]);
  });
});
