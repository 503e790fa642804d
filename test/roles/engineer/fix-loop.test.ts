import { describe, expect, it } from "vitest";
import { checkAndMend } from "../../../roles/engineer/check-and-mend.ts";
import type { Desk } from "../../../src/desk.ts";
import { checkProject } from "../../../src/project/checks/index.ts";
import { projects, readProject } from "../../helpers/checked-projects.ts";

/** What a model makes of a file that is to be mended, by how often it was asked. */
const models: Readonly<Record<string, (before: string, times: number) => string>> = {
  "that changes nothing": (before) => before,
  "that writes nonsense": (_, times) => `((( ${times}\n`,
  "that empties the file": () => "",
  "that changes its mind": (before, times) => (times % 2 === 1 ? `${before}\n// ... rest of the code\n` : before),
};

describe.each(Object.entries(models))("with a model %s, the mending of", (_, answer) => {
  it.each(projects("broken"))("%s ends, and leaves nothing worse than it was", async (name) => {
    const { input } = readProject("broken", name);
    let asked = 0;
    const desk = { options: { maxFixRounds: 3 }, warn: () => {} } as unknown as Desk;
    const before = await checkProject(input);
    const { code, check } = await checkAndMend(desk, {
      code: input.files,
      check: (files) => checkProject({ ...input, files }),
      mine: () => true,
      async mend(files, changes) {
        asked += 1;
        return Object.fromEntries(changes.map(({ path }) => [path, answer(files[path] ?? "", asked)]));
      },
      publish: () => {},
    });
    expect(asked).toBeLessThanOrEqual(3);
    expect(check.findings.length).toBeLessThanOrEqual(before.findings.length);
    expect((await checkProject({ ...input, files: code })).findings).toEqual(check.findings);
  });
});
