import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ChatMessage } from "../../src/llm/provider.ts";
import { answerTo, idea, questionOf } from "./greeter.ts";
import { openaiServer, type Script } from "./openai-server.ts";
import { metagpt, type Options } from "./program.ts";
import { tempFolder } from "./temp.ts";

/** The messages as the company wrote them; a wire may call the system prompt something else. */
export const asked = (messages: readonly { role: string; content: string }[]) => messages as ChatMessage[];

/** A folder with a config2.yaml. */
export function folderWith(config: string): string {
  const cwd = tempFolder();
  mkdirSync(join(cwd, "config"));
  writeFileSync(join(cwd, "config", "config2.yaml"), config);
  return cwd;
}

/** A company whose model speaks OpenAI's wire format: the good answers, where a test does not say otherwise. */
export async function onOpenAi(
  other: (question: string, times: number) => Script | undefined | Promise<Script | undefined> = () => undefined,
) {
  const questions: string[] = [];
  const server = await openaiServer(async ({ body }) => {
    const question = questionOf(asked(body.messages));
    questions.push(question);
    const times = questions.filter((earlier) => earlier === question).length;
    return (await other(question, times)) ?? answerTo(asked(body.messages));
  });
  onTestFinished(() => server.close());
  const cwd = folderWith(`llm:\n  api_type: open_llm\n  base_url: "${server.url}/v1"\n  model: qwen\n`);
  const run = (args: readonly string[] = [], options: Partial<Options> = {}) =>
    metagpt([idea, ...args], { cwd, ...options });
  /** The program with these arguments and no other. */
  const program = (...args: readonly string[]) => metagpt(args, { cwd });
  return { server, questions, cwd, run, program, project: join(cwd, "workspace", "greeter") };
}
