import path from "node:path";
import { z } from "zod";
import { fileNameOf } from "./about.ts";
import { inbox } from "./human/inbox.ts";
import { terminal } from "./human/terminal.ts";
import { type About, type ChatMessage, defineProvider, type Finish } from "./provider.ts";
import { refuseTools } from "./tool-refusal.ts";

/** A person, or another program, is the model: asked through files in a folder, or else in the terminal. */
export const human = defineProvider({
  config: z.strictObject({
    api_type: z.string().optional(),
    folder: z.string().min(1).optional(),
    model: z.string().min(1).default("human"),
  }),
  async connect({ folder, model }, { notify }) {
    const finish: Finish = { finish: "stop", usage: undefined, model };
    if (folder !== undefined) {
      const box = inbox(path.resolve(folder));
      return {
        async *stream(request, { signal }) {
          refuseTools(model, request);
          const { messages, about } = request;
          const place = await box.put(fileNameOf(about), (answer) => promptFile(about, messages, answer));
          notify({ type: "prompt-waiting", about, ...place });
          yield { type: "text" as const, text: await box.take(place.answer, signal) };
          return finish;
        },
      };
    }
    const ask = terminal({ input: process.stdin, output: process.stderr });
    return {
      async *stream(request, { signal }) {
        refuseTools(model, request);
        const { messages, about } = request;
        const turn = () => notify({ type: "prompt-waiting", about, file: "", answer: "" });
        yield { type: "text" as const, text: await ask(`${title(about)}\n\n${conversation(messages)}`, signal, turn) };
        return finish;
      },
    };
  },
});

const title = ({ role, action, subject }: About) => `${role} asks: ${action}${subject ? ` of ${subject}` : ""}`;

/** The prompt as a file for a reader who was told nothing else. */
const promptFile = (about: About, messages: readonly ChatMessage[], answer: string) => `${title(about)}

You answer in place of a model. Read the conversation below and write your answer, and nothing but the answer, to
    ${path.basename(answer)}
in this folder. The run goes on as soon as that file is there and no longer grows. Better still: write it under another
name and rename it when it is complete. These lines are a note to you and no part of the conversation.

${conversation(messages)}
`;

const conversation = (messages: readonly ChatMessage[]) =>
  messages.map(({ role, content }) => `================ ${role} ================\n\n${content}`).join("\n\n");
