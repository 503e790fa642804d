import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ChatMessage } from "../../src/llm/provider.ts";
import { promptHash, readRecording } from "../../src/llm/recordings.ts";
import { questionOf } from "../../test/helpers/greeter.ts";
import type { Product } from "../prompt-size/product.ts";
import { sentBack } from "./product.ts";

/** Answers any question of a run by its words alone: asked the same, it says the same. */
export type Model = (messages: readonly ChatMessage[]) => string;

/** Plays a recording; what was not recorded is an error. */
export async function recorded(folder: string): Promise<Model> {
  const { calls } = await readRecording(folder);
  const answers = new Map(calls.map(({ prompt, answer }) => [prompt, readFileSync(join(folder, answer), "utf8")]));
  return (messages) => {
    const answer = answers.get(promptHash(messages));
    if (answer === undefined) throw new Error(`${folder} has no answer to ${questionOf(messages)}`);
    return answer;
  };
}

/** Writes a product; the review sends some of its files back once and approves of the second version. */
export function writerOf(product: Product): Model {
  const documents = {
    WritePRD: JSON.stringify(product.prd),
    WriteDesign: JSON.stringify(product.design),
    WriteTasks: JSON.stringify(product.tasks),
  };
  const refused = sentBack(product);
  return (messages) => {
    const [action = "", ...path] = questionOf(messages).split("/");
    if (action in documents) return documents[action as keyof typeof documents];
    const file = path.join("/");
    const again = messages.at(-1)?.content.includes(`This is ${file} as it stands:`);
    if (action === "WriteCode") return `\`\`\`js\n${product.code[file]}${again ? mendedLine(file) : ""}\`\`\``;
    const good = !refused.has(file) || messages.at(-1)?.content.includes(mendedLine(file));
    return JSON.stringify(good ? { comments: [], verdict: "LGTM" } : { comments: [remark], verdict: "LBTM" });
  };
}

const remark = "Say at the end of the file what amounts are.";
const mendedLine = (file: string) => `// ${file}: amounts are whole numbers\n`;
