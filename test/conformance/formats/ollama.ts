import { ollama } from "../../../src/llm/ollama.ts";
import { ollamaServer } from "../../helpers/ollama-server.ts";
import { tools } from "../../helpers/tools.ts";
import { type Format, type Said, typed } from "../format.ts";

const line = (message: object, rest: object = {}) => `${JSON.stringify({ message, done: false, ...rest })}\n`;
const counted = (usage: Said["usage"]) => usage && { prompt_eval_count: usage.input, eval_count: usage.output };

/** The chat of Ollama. */
export const ollamaFormat: Format = {
  name: "ollama",
  framing: "lines",
  thinks: true,
  pieces: ({ reasoning = [], text = [], finish, usage }) => [
    ...reasoning.map((thinking) => line({ thinking })),
    ...text.map((content) => line({ content })),
    ...(finish ? [line({ content: "" }, { done: true, done_reason: finish, ...counted(usage) })] : []),
  ],
  fault: (message) => `${JSON.stringify({ error: message })}\n`,
  body: ({ reasoning = [], text = [], finish, usage }) => {
    const message = { thinking: reasoning.join(""), content: text.join("") };
    return JSON.stringify({ message, done: true, done_reason: finish, ...counted(usage) });
  },
  secrets: {},
  config: ollama.config,
  async serve(reply) {
    const server = await ollamaServer(({ body }, number) => ({
      answer: typed(reply({ text: body.messages.at(-1)?.content ?? "", number }), "application/x-ndjson"),
    }));
    const settings = { base_url: server.url, model: "test-model" };
    return {
      ...server,
      settings,
      connect: (more, options) => ollama.connect(ollama.config.parse({ ...settings, ...more }), tools(options)),
      asked: () => server.requests.length,
      left: () => server.left() > 0,
    };
  },
};
