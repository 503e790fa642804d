import { defineConfig } from "tsdown";

/** One entry, split at every `import()`, so that `--help` loads only what it needs. */
export default defineConfig({
  entry: ["bin/metagpt.ts"],
  outDir: "dist",
  format: "esm",
  platform: "node",
  target: "node20.19",
  dts: false,
  fixedExtension: false,
  // commander stands on the path of every start; bundled, it loads in half the time
  noExternal: ["commander"],
});
