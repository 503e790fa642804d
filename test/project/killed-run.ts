import { mkdirSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { NewEvent } from "../../src/events.ts";
import { projectEffects } from "../../src/project/effects.ts";
import { openRepository } from "../../src/project/repository/index.ts";
import { changedRepository, newProject } from "../../src/project/work-tree.ts";

/** A run that does nothing but its effects, to be killed and begun again. */
export interface Scene {
  readonly workspace: string;
  readonly runFolder: string;
  /** Of a changed repository; without it a new project is made. */
  readonly repository?: string;
}

/** What the run commits, in this order. */
const commits: readonly { readonly message: string; readonly files: Readonly<Record<string, string | null>> }[] = [
  {
    message: "documents",
    files: { "docs/prd.md": "one\n", "docs/design.md": "x".repeat(20_000), "说明.md": "你好\n" },
  },
  { message: "first level", files: { "src/a.js": "a1\n", "src/b.js": "b1\n", ".gitignore": "*.log\n" } },
  { message: "second level", files: { "src/c.js": "c1\n", "src/a.js": "a2\n" } },
  { message: "nothing new", files: { "src/a.js": "a2\n" } },
  { message: "review\n\nof it", files: { "src/b.js": "b2\n", "src/d.js": "d1\n" } },
  { message: "back and forth", files: { "src/a.js": "a1\n", "src/e.js": "" } },
  { message: "documents again", files: { "docs/prd.md": "two\n", "old.txt": null } },
  { message: "tests", files: { "test/a.test.js": "t\n", "test/b.test.js": "u\n" } },
];

/** Does what is not done yet; gives the events. */
export async function effectsOf({ workspace, runFolder, repository }: Scene): Promise<NewEvent[]> {
  mkdirSync(runFolder, { recursive: true });
  const run = "the-run";
  const tree =
    repository === undefined
      ? newProject({ workspace, run, runFolder })
      : changedRepository(await openRepository(repository, { allowDirty: false, resuming: true }), { run, runFolder });
  const events: NewEvent[] = [];
  const { operations } = projectEffects({ tree, runFolder, emit: (event) => events.push(event) });
  const about = { lane: "", signal: new AbortController().signal };
  await operations["open-project"]?.({ name: "game" }, { ...about, key: "open" });
  for (const [at, commit] of commits.entries()) {
    await operations.commit?.(commit, { ...about, key: `commit/Write/${at + 1}` });
  }
  return events;
}

const [, script = "", scene = ""] = process.argv;
if (import.meta.url === pathToFileURL(script).href) {
  process.stdout.write("ready\n");
  for await (const _ of process.stdin);
  await effectsOf(JSON.parse(scene));
}
