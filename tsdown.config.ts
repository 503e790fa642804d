import { readFileSync } from "node:fs";
import { defineConfig } from "tsdown";
import { parse } from "yaml";

const built = { outDir: "dist", target: "node20.19" };
const dataIn = (file: string) => [file, parse(readFileSync(`config/${file}`, "utf8"), { merge: true })];

export default defineConfig([
  /**
   * The program: one entry, split at every `import()`, so that `--help` loads only what it needs. As CommonJS, because
   * Node starts it in two thirds of the time that it takes to start modules.
   */
  {
    ...built,
    entry: ["bin/metagpt.ts"],
    format: "cjs",
    platform: "node",
    dts: false,
    minify: true,
    // these stand on the path of a start or of a usual run; bundled, they load in half the time
    noExternal: ["commander", "zod", "yaml", "openai"],
    // see config/shipped-data.ts
    define: { SHIPPED_DATA: JSON.stringify(Object.fromEntries(["presets.yaml", "prices.yaml"].map(dataIn))) },
  },
  /** What looks at a started product: a program of its own, because it stands in the sandbox. */
  {
    ...built,
    entry: ["bin/probe.ts"],
    format: "cjs",
    platform: "node",
    dts: false,
    minify: true,
    noExternal: ["zod"],
  },
  /** The reader as a library, `metagpt/repair`: for modules, CommonJS and TypeScript, and free of Node. */
  {
    ...built,
    entry: { repair: "src/repair/index.ts" },
    format: ["esm", "cjs"],
    platform: "neutral",
    fixedExtension: true,
    // TypeScript 7 has no API for making declarations; this needs none
    dts: { oxc: true },
  },
]);
