import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { unifiedDiff } from "../../../src/project/edits/index.ts";
import { filesIn, tempFolder } from "../../helpers/temp.ts";

describe("unifiedDiff", () => {
  it("shows what is changed, added and deleted, in the order of the paths", async () => {
    const before = { "b.js": "one\ntwo\n", "c.js": "gone\n", "same.js": "same\n", "unasked.js": "unasked\n" };
    const after = { "same.js": "same\n", "c.js": undefined, "b.js": "one\n2\n", "a.js": "new" };
    expect(await unifiedDiff(before, after)).toBe(
      [
        "diff --git a/a.js b/a.js",
        "new file mode 100644",
        "--- /dev/null",
        "+++ b/a.js",
        "@@ -0,0 +1,1 @@",
        "+new",
        "\\ No newline at end of file",
        "diff --git a/b.js b/b.js",
        "--- a/b.js",
        "+++ b/b.js",
        "@@ -1,2 +1,2 @@",
        " one",
        "-two",
        "+2",
        "diff --git a/c.js b/c.js",
        "deleted file mode 100644",
        "--- a/c.js",
        "+++ /dev/null",
        "@@ -1,1 +0,0 @@",
        "-gone",
        "",
      ].join("\n"),
    );
  });

  it("is empty where nothing differs", async () => {
    expect(await unifiedDiff({ "a.js": "a" }, { "a.js": "a", "never.js": undefined })).toBe("");
  });

  const many = (word: string) => Array.from({ length: 6000 }, (_, index) => `${word} ${index}\n`).join("");

  it.each<[string, Record<string, string>, Record<string, string | undefined>]>([
    [
      "line ends and a byte order mark",
      { "a.txt": "\uFEFFone\r\ntwo\r\nthree" },
      { "a.txt": "\uFEFFone\r\n2\r\nthree" },
    ],
    ["odd names", { '说 明 "x".md': "a\n" }, { '说 明 "x".md': "b\n", "new\nline.txt": "c\n", "tab\there": "d\n" }],
    ["files that are empty or become it", { a: "a\n" }, { a: "", "empty.txt": "" }],
    [
      "files that differ in every line",
      { "a.txt": many("old"), "b.txt": "no end" },
      { "a.txt": many("new"), "b.txt": "" },
    ],
    ["a last line that gets its end", { a: "a" }, { a: "a\n" }],
    ["names that JavaScript has for itself", {}, { constructor: "a\n" }],
  ])("is a patch that git applies: %s", async (_, before, after) => {
    const folder = tempFolder();
    const patch = join(tempFolder(), "patch");
    for (const [path, text] of Object.entries(before)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    writeFileSync(patch, await unifiedDiff(before, after));
    execFileSync("git", ["apply", "--whitespace=nowarn", patch], { cwd: folder });
    const expected = Object.entries({ ...before, ...after }).filter(([, text]) => text !== undefined);
    expect(filesIn(folder)).toEqual(Object.fromEntries(expected));
  });
});
