import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { loadPresets } from "../config/presets.ts";
import { roster } from "../roles/index.ts";
import { resolveFrom } from "./helpers/config-folder.ts";
import { tempFolder } from "./helpers/temp.ts";

const read = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), "utf8");
const pages = { "llms.md": read("llms.md"), "llms.zh-CN.md": read("llms.zh-CN.md") };
const blocksOf = (text: string) => [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

/** Every variable that a block names is set. */
const envFor = (block: string) =>
  Object.fromEntries([...block.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => [name, "id-0123.secret-4567"]));

const files = {
  "examples/my-llm.ts": readFileSync(new URL("../examples/my-llm.ts", import.meta.url), "utf8"),
};
afterEach(() => vi.unstubAllEnvs());

const company = roster({ implement: true, run_tests: true }).map(({ profile, actions }) => ({
  role: profile,
  actions: actions.map(({ name }) => name),
}));

describe.each(Object.entries(pages))("docs/%s", (_, text) => {
  it.each(blocksOf(text))("holds a block that a run can begin with:\n%s", async (block) => {
    const home = tempFolder();
    vi.stubEnv("HOME", home);
    mkdirSync(path.join(home, ".secrets"));
    writeFileSync(path.join(home, ".secrets/openai"), "sk-0123456789\n");
    const { deployments, warnings } = await resolveFrom(
      { "config/config2.yaml": block, ...files },
      { env: envFor(block), roster: company },
    );
    expect(warnings).toEqual([]);
    expect(deployments.length).toBeGreaterThan(0);
  });

  it("links only to headings and files that exist", () => {
    const headings = new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => `#${anchor(heading)}`));
    const links = [...text.matchAll(/\]\((#[^)]+)\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !headings.has(link))).toEqual([]);
  });
});

it("both languages hold the same blocks", () => {
  const [english, chinese] = Object.values(pages).map((text) => blocksOf(text).map((block) => parse(block)));
  expect(chinese).toEqual(english);
});

it("there is a block for every kind", async () => {
  const { all, find } = await loadPresets("/");
  const text = blocksOf(pages["llms.md"]).join("\n");
  const shown = new Set([...text.matchAll(/api_type: ([\w.]+)/g)].map(([, word = ""]) => find(word)?.kind));
  const told = all.filter(({ kind }) => !shown.has(kind) && !pages["llms.md"].includes(kind)).map(({ kind }) => kind);
  expect(told).toEqual([]);
});
