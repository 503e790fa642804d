import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bubblewrap } from "../../../src/project/sandbox/bubblewrap.ts";
import { sandboxOf } from "../../../src/project/sandbox/find.ts";
import { findSandbox } from "../../../src/project/sandbox/index.ts";
import { unshare } from "../../../src/project/sandbox/unshare.ts";
import { attempts, succeeds } from "../../fixtures/escape/attempts.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const best = await findSandbox("auto");
const available = best.kind === "bubblewrap";
const asRoot = process.getuid?.() === 0;
if (!available) console.warn(`SKIPPED: escape attempts in bubblewrap. Here it is ${best.description}`);

describe.skipIf(!available)("nobody gets out of bubblewrap", () => {
  it.each(attempts)("to $name", async (attempt) => {
    expect(await succeeds(attempt, best)).toBe(false);
  });

  it.each(
    attempts.filter(({ harmful, gap }) => harmful || gap?.test("change the project's git history and its hooks")),
  )("of an old version either: to $name", async (attempt) => {
    const old = sandboxOf(bubblewrap({ strength: "users", prlimit: true }));
    expect(await succeeds(attempt, old)).toBe(false);
  });

  it.skipIf(!asRoot)(
    "as an ordinary user either",
    () => {
      const script = `
        import { createJiti } from "jiti";
        const load = (file) => createJiti("${root}", { fsCache: false }).import("${root}/" + file);
        const { attempts, succeeds } = await load("test/fixtures/escape/attempts.ts");
        const { findSandbox } = await load("src/project/sandbox/index.ts");
        const sandbox = await findSandbox("require");
        const results = [];
        for (const attempt of attempts) results.push([attempt.name, await succeeds(attempt, sandbox)]);
        console.log(JSON.stringify({ kind: sandbox.kind, user: process.getuid(), results }));`;
      const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
        cwd: root,
        encoding: "utf8",
        uid: 65534,
        gid: 65534,
        env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/nonexistent" },
      });
      expect(JSON.parse(output)).toEqual({
        kind: "bubblewrap",
        user: 65534,
        results: attempts.map(({ name }) => [name, false]),
      });
    },
    120_000,
  );
});

/** What succeeds must have been said beforehand. */
async function unadmitted(attempt: (typeof attempts)[number], sandbox: typeof best) {
  const admitted = sandbox.gaps.some((gap) => attempt.gap?.test(gap));
  return (await succeeds(attempt, sandbox)) && !admitted;
}

describe.skipIf(process.platform !== "linux")("where walls are missing the gaps say so", () => {
  it.each(attempts.filter(({ harmful }) => !harmful))("without a sandbox: to $name", async (attempt) => {
    expect(await unadmitted(attempt, await findSandbox("off"))).toBe(false);
  });

  it.skipIf(!available).each(attempts)("with unshare alone: to $name", async (attempt) => {
    expect(await unadmitted(attempt, sandboxOf(unshare({ prlimit: true })))).toBe(false);
  });
});
