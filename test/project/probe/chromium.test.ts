import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findChromium } from "../../../src/project/probe/chromium.ts";
import { tempFolder } from "../../helpers/temp.ts";

it("takes the browser that CHROMIUM_PATH names before any other", () => {
  const file = join(tempFolder(), "my browser");
  writeFileSync(file, "");
  expect(findChromium({ CHROMIUM_PATH: file, PATH: "" })).toBe(file);
});

it("finds one on the PATH, and none where there is none", () => {
  const folder = tempFolder();
  // of this platform no program stands in the usual places of a test machine
  const find = (path: string) =>
    findChromium({ CHROMIUM_PATH: join(folder, "gone"), PATH: path, HOME: folder }, "darwin");
  expect(find(folder)).toBeUndefined();
  const file = join(folder, "chromium");
  writeFileSync(file, "");
  expect(find(`relative:${folder}`)).toBe(file);
});
