import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findEditor } from "../../bin/editor.ts";
import { tempFolder } from "../helpers/temp.ts";

/** A folder with these programs in it, and a file that is none. */
function folderWith(...names: readonly string[]): string {
  const folder = tempFolder();
  for (const name of names) {
    writeFileSync(join(folder, name), "#!/bin/sh\n");
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

describe("the editor of a person", () => {
  it.each([
    ["VISUAL before EDITOR", { VISUAL: "code --wait", EDITOR: "ed" }, "code --wait"],
    ["EDITOR where VISUAL is blank", { VISUAL: " ", EDITOR: "ed" }, "ed"],
    ["none without a PATH", {}, undefined],
    ["none on a PATH that depends on where one stands", { PATH: ":." }, undefined],
  ])("is %s", async (_what, env, editor) => {
    expect(await findEditor(env, "linux")).toBe(editor);
  });

  it("is the simple one of those on the PATH", async () => {
    const [both, one] = [folderWith("vi", "nano"), folderWith("vi")];
    expect(await findEditor({ PATH: both }, "linux")).toBe("nano");
    expect(await findEditor({ PATH: `/nowhere:${one}` }, "linux")).toBe("vi");
  });

  it("is nothing that cannot be run", async () => {
    const folder = folderWith("vi");
    mkdirSync(join(folder, "sub"));
    writeFileSync(join(folder, "nano"), "a text");
    expect(await findEditor({ PATH: folder }, "linux")).toBe("vi");
  });

  it("comes with Windows", async () => {
    expect(await findEditor({}, "win32")).toBe("notepad");
  });
});
