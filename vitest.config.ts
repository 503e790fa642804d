import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Many start programs, and a machine that runs all of them is busy.
    testTimeout: 60_000,
    // Most of them wait for sockets, processes and pages.
    maxWorkers: 2 * availableParallelism(),
    // Files share the modules that they import: to load them anew for each is half the work of most.
    isolate: false,
    // No test may reach a real server or use a developer's key: what a test needs, it sets itself.
    env: { NO_COLOR: "1" },
    globalSetup: ["test/helpers/build.ts"],
    setupFiles: ["test/helpers/clean-environment.ts"],
  },
});
