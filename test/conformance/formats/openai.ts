import { openai } from "../../../src/llm/openai.ts";
import type { Provider } from "../../../src/llm/provider.ts";
import { zhipuJwt } from "../../../src/llm/zhipu-jwt.ts";
import { openaiServer } from "../../helpers/openai-server.ts";
import { tools } from "../../helpers/tools.ts";
import { type Format, type Said, typed } from "../format.ts";

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const delta = (value: object, rest: object = {}) => event({ choices: [{ index: 0, delta: value, ...rest }] });
const counted = ({ input, output }: NonNullable<Said["usage"]>) => ({
  usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
});

function formatOf<C>(name: string, provider: Provider<C>, api_key: string): Format {
  return {
    name,
    framing: "events",
    thinks: true,
    pieces: ({ reasoning = [], text = [], finish, usage }) => [
      ...reasoning.map((reasoning_content) => delta({ reasoning_content })),
      ...text.map((content) => delta({ content })),
      ...(finish ? [delta({}, { finish_reason: finish })] : []),
      ...(usage ? [event({ choices: [], ...counted(usage) })] : []),
      ...(finish ? ["data: [DONE]\n\n"] : []),
    ],
    fault: (message) => event({ error: { message, type: "server_error" } }),
    body: ({ reasoning = [], text = [], finish, usage }) => {
      const message = { role: "assistant", reasoning_content: reasoning.join(""), content: text.join("") };
      return JSON.stringify({
        choices: [{ index: 0, message, finish_reason: finish }],
        ...(usage && counted(usage)),
      });
    },
    secrets: { api_key },
    config: provider.config,
    async serve(reply) {
      const server = await openaiServer(({ body }, number) => ({
        answer: typed(reply({ text: body.messages.at(-1)?.content ?? "", number }), "text/event-stream"),
      }));
      const settings = { base_url: `${server.url}/v1`, api_key, model: "test-model" };
      return {
        ...server,
        settings,
        connect: (more, options) => provider.connect(provider.config.parse({ ...settings, ...more }), tools(options)),
        asked: () => server.requests.length,
        left: () => server.left() > 0,
      };
    },
  };
}

/** The chat API of OpenAI, and the same behind Zhipu's old token. */
export const openaiFormat = formatOf("openai", openai, "test-key-0001");
export const zhipuFormat = formatOf("zhipu_jwt", zhipuJwt, "dummyid0001.dummysecret0001");
