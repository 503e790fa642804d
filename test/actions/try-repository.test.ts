import { describe, expect, it } from "vitest";
import { type RepositoryTrial, tryRepository } from "../../actions/try-repository.ts";

const files = {
  "requirements.txt": "flask\n",
  "app.py": "from flask import Flask\n",
  "tests/test_app.py": "import pytest\n",
};

/** What is done, in short. */
function linesOf(work: Partial<RepositoryTrial>) {
  const tests = [{ path: "tests/test_new.py", line: "python -m unittest tests.test_new" }];
  const { steps } = tryRepository.request({ files, tests, only: false, ...work } as RepositoryTrial) as {
    steps: { what: string; line: string }[];
  };
  return steps.map(({ what, line }) => `${what}: ${line}`);
}

describe("trying out a repository of others", () => {
  it("installs, tests each new file and then all, with what was installed for it, and starts it", () => {
    expect(linesOf({})).toEqual([
      "install: python3 -m venv .venv",
      "install: .venv/bin/pip install --only-binary :all: --disable-pip-version-check -r requirements.txt",
      "test: . .venv/bin/activate && python -m unittest tests.test_new",
      expect.stringMatching(/^test: \. \.venv\/bin\/activate && .*(?:pytest|unittest)/),
      expect.stringMatching(/^start: /),
    ]);
  });

  it("does nothing but the new tests where only those are wanted", () => {
    expect(linesOf({ only: true }).map((line) => line.split(":")[0])).toEqual(["install", "install", "test"]);
  });
});
