import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Builds the program once before the tests, so that what they start is what stands in the sources. */
export default function setup(): void {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  execFileSync(process.execPath, ["node_modules/tsdown/dist/run.mjs", "--log-level", "error"], {
    cwd: root,
    stdio: "inherit",
  });
}
