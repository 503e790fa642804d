import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { loadConfig, type Settings } from "../../config/load.ts";
import { type Question, type Resolved, resolveLlms } from "../../config/resolve.ts";
import { tempFolder } from "./temp.ts";

/** A folder with these files, gone when the test is. */
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = tempFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

/** Settings from these files: `config/...` is the project's, `home/.metagpt/...` the user's. */
export async function settingsFrom(
  files: Readonly<Record<string, string>>,
  {
    env = {},
    flags = {},
    configPath,
  }: { env?: Record<string, string>; flags?: Record<string, unknown>; configPath?: string } = {},
): Promise<Settings> {
  const cwd = await folderWith(files);
  return loadConfig({ cwd, home: path.join(cwd, "home"), configPath, env, flags });
}

/** The company of a usual run. */
export const roster = [
  { role: "ProductManager", actions: ["WritePRD"] },
  { role: "Architect", actions: ["WriteDesign"] },
  { role: "ProjectManager", actions: ["WriteTasks"] },
  { role: "Engineer", actions: ["WriteCode", "WriteCodeReview", "SummarizeCode"] },
];

/** Who answers what with these files. */
export async function resolveFrom(
  files: Readonly<Record<string, string>>,
  { env = {}, llm, ...question }: { env?: Record<string, string>; llm?: string } & Partial<Question> = {},
): Promise<Resolved> {
  const settings = await settingsFrom(files, { env });
  return resolveLlms({ settings, roster, flags: { llm }, env, ...question });
}

/** action -> LLM, for comparing at a glance. */
export const answers = ({ table }: Resolved): Record<string, string> =>
  Object.fromEntries(table.map(({ action, llm }) => [action, llm]));
