import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { Caller } from "../../config/callers.ts";
import { initConfig } from "../../config/init.ts";
import { LlmBlock, Options } from "../../config/schema.ts";
import { ServeOptions } from "../../config/serve-options.ts";
import { shippedFile } from "../../config/shipped.ts";
import { roster } from "../../roles/index.ts";
import { DiskError } from "../../src/errors.ts";
import { providers } from "../../src/llm/index.ts";
import { answers, resolveFrom, settingsFrom } from "../helpers/config-folder.ts";
import { filesIn, tempFolder } from "../helpers/temp.ts";

const example = (name: string) => readFile(shippedFile(`config/${name}.example.yaml`), "utf8");

describe("initConfig", () => {
  it("writes the commented examples where nothing was", async () => {
    const folder = path.join(tempFolder(), "config");
    const { written, kept } = await initConfig(folder);
    expect(written).toEqual([path.join(folder, "config2.yaml"), path.join(folder, "multi_llm_config.yaml")]);
    expect(kept).toEqual([]);
    expect(filesIn(folder)).toEqual({
      "config2.yaml": await example("config2"),
      "multi_llm_config.yaml": await example("multi_llm_config"),
    });
    expect((await stat(path.join(folder, "config2.yaml"))).mode & 0o077).toBe(0);
  });

  it("keeps every older file", async () => {
    const folder = tempFolder();
    const file = path.join(folder, "config2.yaml");
    for (const text of ["first", "second", "third"]) {
      await writeFile(file, text);
      await initConfig(folder);
    }
    expect(filesIn(folder)).toMatchObject({
      "config2.yaml": await example("config2"),
      "config2.yaml.bak": "first",
      "config2.yaml.bak.1": "second",
      "config2.yaml.bak.2": "third",
    });
  });

  it("says so where it cannot write", async () => {
    const file = path.join(tempFolder(), "taken");
    await writeFile(file, "");
    await expect(initConfig(file)).rejects.toBeInstanceOf(DiskError);
  });
});

describe("the example files", () => {
  it("load as they are and change nothing", async () => {
    const texts = [await example("config2"), await example("multi_llm_config")];
    const settings = await settingsFrom({
      "config/config2.yaml": texts[0] ?? "",
      "config/multi_llm_config.yaml": texts[1] ?? "",
    });
    expect(settings.options).toEqual(Options.parse({}));
    expect([settings.serve, settings.auth]).toEqual([ServeOptions.parse({}), []]);
    expect([settings.llm, settings.models.size, settings.assigned.size, settings.warnings]).toEqual([
      undefined,
      0,
      0,
      [],
    ]);
  });

  it("say of every setting what the schema says", async () => {
    const text = await example("config2");
    const defaults: Record<string, unknown> = Options.parse({});
    for (const [name, { description }] of Object.entries(Options.shape)) {
      const shown = defaults[name] === "" ? '""' : String(defaults[name]);
      expect(text.split("\n").map((line) => line.replace(/ +#/, " #"))).toContain(`${name}: ${shown} # ${description}`);
    }
  });

  it("say of every setting of metagpt serve what the schema says", async () => {
    const lines = (await example("config2"))
      .split("\n")
      .map((line) => line.replace(/^[ #-]+/, "").replace(/ +#/, " #"));
    const { cache, ...shape } = ServeOptions.shape;
    const usual: Record<string, unknown> = { ...ServeOptions.parse({}), cache: false, budget: 20 };
    for (const [name, { description }] of Object.entries({ ...shape, cache })) {
      expect(lines).toContain(`${name}: ${usual[name]} # ${description}`);
    }
    for (const [name, value] of Object.entries(ServeOptions.parse({ cache: true }).cache ?? {})) {
      expect(lines.filter((line) => line.startsWith(`${name}: ${value} # `))).toHaveLength(1);
    }
    for (const [name, { description }] of Object.entries(Caller.shape)) {
      expect(lines.filter((line) => line.startsWith(`${name}: `) && line.endsWith(` # ${description}`))).toHaveLength(
        1,
      );
    }
  });

  it("show the dictionaries of CodeFuse, and load with them", async () => {
    const uncommented = (await example("config2")).replace(/^# (?=\w*LLM_MODEL|llm_model_dict)/gm, "");
    const { llm, models } = await settingsFrom({ "config/config2.yaml": uncommented });
    expect([llm?.name, [...models.keys()]]).toEqual(["chatglm-6b", ["chatglm-6b", "qwen-api", "chatglm2-6b"]]);
  });

  it("name every setting that some LLM knows, and load with all of them", async () => {
    const uncommented = (await example("config2")).replace(/^# (?=llm:| {2}[a-z_]+: )/gm, "").replace(/YOUR_/g, "MY_");
    const { llm } = await settingsFrom({ "config/config2.yaml": uncommented });
    const known = Object.values(providers).flatMap(({ config }) => Object.keys(config.shape));
    expect(Object.keys(llm?.block ?? {}).sort()).toEqual(
      [...new Set([...Object.keys(LlmBlock.shape), ...known])].sort(),
    );
  });

  it("work once their comments are taken away", async () => {
    const uncomment = (text: string) =>
      text
        .replace(/^# ?(?=([A-Z][A-Za-z]+|MODEL_LIST):( |$)| {2,}\S)/gm, "")
        .replace(/^(models: \{\}|roles: \[\]|auth: \[\])$/gm, (line) => line.slice(0, -3));
    const uncommented = uncomment(await example("config2")).replace(/^# llm:|^ {2}[a-z_]+:.*$/gm, (line) =>
      /^ {2}[a-z-]+:$/.test(line) ? line : "",
    );
    // but for the hash of a key, which has to be somebody's
    await expect(settingsFrom({ "config/config2.yaml": uncommented })).rejects.toThrow("is the one of the example");
    const config2 = uncommented.replace(/sha256:0{64}/, `sha256:${"5".repeat(64)}`);
    const multi = uncomment(await example("multi_llm_config"));
    const everybody = roster({ implement: true, run_tests: true });
    const known = everybody.flatMap(({ profile, actions }) => [profile, ...actions.map(({ name }) => name)]);
    const resolved = await resolveFrom(
      { "config/config2.yaml": config2, "config/multi_llm_config.yaml": multi },
      { env: { OPENAI_API_KEY: "sk-1", DEEPSEEK_API_KEY: "k" }, known },
    );
    expect(answers(resolved)).toEqual({
      ...{ WritePRD: "openai", WriteDesign: "openai", WriteTasks: "openai" },
      ...{ WriteCode: "my-server", WriteCodeReview: "openai", SummarizeCode: "openai" },
    });
  });
});
