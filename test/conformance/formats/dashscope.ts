import { dashscope } from "../../../src/llm/dashscope.ts";
import { dashscopeServer } from "../../helpers/dashscope-server.ts";
import { tools } from "../../helpers/tools.ts";
import { type Format, type Said, typed } from "../format.ts";

const event = (name: string, data: object) => `id:1\nevent:${name}\n:HTTP_STATUS/200\ndata:${JSON.stringify(data)}\n\n`;
const outputOf = (message: object, finish_reason: string, usage?: Said["usage"]) => ({
  output: { choices: [{ message, finish_reason }] },
  ...(usage && { usage: { input_tokens: usage.input, output_tokens: usage.output } }),
});

/** DashScope in its own words. */
export const dashscopeFormat: Format = {
  name: "dashscope",
  framing: "events",
  thinks: true,
  pieces: ({ reasoning = [], text = [], finish, usage }) => [
    ...reasoning.map((reasoning_content) => event("result", outputOf({ content: "", reasoning_content }, "null"))),
    ...text.map((content) => event("result", outputOf({ content }, "null"))),
    ...(finish || usage ? [event("result", outputOf({ content: "" }, finish ?? "null", usage))] : []),
  ],
  fault: (message) => event("error", { code: "InternalError", message }),
  body: ({ reasoning = [], text = [], finish = "null", usage }) =>
    JSON.stringify(outputOf({ reasoning_content: reasoning.join(""), content: text.join("") }, finish, usage)),
  secrets: { api_key: "sk-test-0001" },
  config: dashscope.config,
  async serve(reply) {
    const server = await dashscopeServer(({ body }, number) => ({
      answer: typed(reply({ text: body.input.messages.at(-1)?.content ?? "", number }), "text/event-stream"),
    }));
    const settings = { base_url: `${server.url}/api/v1`, api_key: "sk-test-0001", model: "test-model" };
    return {
      ...server,
      settings,
      connect: (more, options) => dashscope.connect(dashscope.config.parse({ ...settings, ...more }), tools(options)),
      asked: () => server.requests.length,
      left: () => server.left() > 0,
    };
  },
};
