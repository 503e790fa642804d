import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exitCodes } from "../../src/errors.ts";
import { gateway } from "../helpers/gateway.ts";
import { tempFolder } from "../helpers/temp.ts";
import { upstream } from "../helpers/upstream.ts";

const question = { model: "one", messages: [{ role: "user" as const, content: "Hi" }] };
const price = { input: 1, output: 1 };
const dollar = { text: "Hello", usage: [900_000, 100_000] } as const;
const soon = { timeout: 10_000, interval: 20 };

/** What a file of state says was spent; undefined where there is none. */
const spentIn = (file: string) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).spent : undefined);

it("keeps what was spent while it runs, so that a server that is killed has not forgotten it", async () => {
  const stateFile = join(tempFolder(), "state.json");
  const { at } = await upstream(dollar);
  const { openai } = await gateway({ one: at("openai", { price }) }, { stateFile });
  expect(spentIn(stateFile)).toEqual({ "": 0 });
  await openai.chat.completions.create(question);
  await openai.chat.completions.create(question);
  await expect.poll(() => spentIn(stateFile), soon).toEqual({ "": 2 });
  expect(statSync(stateFile).mode & 0o777).toBe(0o600);
});

it("says once that it cannot write, and goes on where it can again", async () => {
  const folder = join(tempFolder(), "here");
  mkdirSync(folder);
  const stateFile = join(folder, "state.json");
  const { at } = await upstream(dollar);
  const { openai, logged } = await gateway({ one: at("openai", { price }) }, { stateFile });
  const faults = () => logged().filter(({ level }) => level === 50);
  rmSync(folder, { recursive: true });
  await openai.chat.completions.create(question);
  await expect.poll(faults, soon).toMatchObject([{ msg: "the state could not be kept", err: { type: "DiskError" } }]);
  mkdirSync(folder);
  await openai.chat.completions.create(question);
  await expect.poll(() => spentIn(stateFile), soon).toEqual({ "": 2 });
  expect(faults()).toHaveLength(1);
});

it.each([
  ["in a folder that is not there", (folder: string) => join(folder, "none/state.json"), "written to"],
  ["below a file", (folder: string) => join(folder, "file/state.json"), "written to"],
  ["which is a folder", (folder: string) => folder, "read from"],
])("does not start with a state %s", async (_, place, what) => {
  const folder = tempFolder();
  writeFileSync(join(folder, "file"), "");
  const stateFile = place(folder);
  await expect(gateway({}, { stateFile })).rejects.toMatchObject({
    ...{ name: "DiskError", exitCode: exitCodes.disk, hint: "Name another file with --state." },
    message: expect.stringContaining(`the state cannot be ${what} ${stateFile}`),
  });
});
