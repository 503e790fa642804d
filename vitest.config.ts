import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** What some of these have parsed, made to break parsers, is not to be left in the memory of the grammars for the next. */
const alone = ["test/project/{checks,code}/**/*.test.ts", "test/project/*.test.ts", "test/roles/engineer/*.test.ts"];

const every = {
  // Many start programs, and a machine that runs all of them is busy.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000 } },
  // No test may reach a real server or use a developer's key: what a test needs, it sets itself.
  env: { NO_COLOR: "1" },
  setupFiles: ["test/helpers/clean-environment.ts"],
};

export default defineConfig({
  test: {
    // Files share the modules that they import: to load them anew for each is half the work of most.
    projects: [
      { test: { ...every, name: "shared", include: ["test/**/*.test.ts"], exclude: alone, isolate: false } },
      { test: { ...every, name: "alone", include: alone } },
    ],
    // Most of them wait for sockets, processes and pages.
    maxWorkers: 2 * availableParallelism(),
    globalSetup: ["test/helpers/build.ts"],
  },
});
