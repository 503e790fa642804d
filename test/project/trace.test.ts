import { expect, it } from "vitest";
import { filesNamedIn, steady } from "../../src/project/trace.ts";

const paths = ["main.py", "app/main.py", "app/store.py", "tests/test_store.py"];

it.each([
  [
    'File "/x/app/store.py", line 3\nFile "/x/tests/test_store.py", line 9\nFile "/x/app/store.py", line 7',
    ["app/store.py", "tests/test_store.py"],
  ],
  ["at load (app\\store.py:3:1)", ["app/store.py"]],
  ["nothing here", []],
  ["myapp/store.pyc and xmain.py", []],
])("finds the files that an output names: %j", (output, expected) => {
  expect(filesNamedIn(output, paths)).toEqual(expected);
});

it("says the same of the same failure wherever and however fast it happens", () => {
  expect(
    steady(
      "/home/a/main.py failed in /tmp/tmpx8_1/t.json on port 34567\n✔ goes down to 70 ms (1.25ms)\nRan 3 tests in 0.012s\n# duration_ms 41.5",
      "/home/a",
    ),
  ).toBe(
    "./main.py failed in /tmp/x/t.json on its port\n✔ goes down to 70 ms (0ms)\nRan 3 tests in 0s\n# duration_ms 0",
  );
});
