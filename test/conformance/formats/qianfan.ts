import { qianfanV1 } from "../../../src/llm/qianfan-v1.ts";
import { qianfanKeys, qianfanServer } from "../../helpers/qianfan-server.ts";
import { tools } from "../../helpers/tools.ts";
import { type Format, type Said, typed } from "../format.ts";

const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`;
const counted = (usage: Said["usage"]) =>
  usage && { usage: { prompt_tokens: usage.input, completion_tokens: usage.output } };
const reasons = { stop: "normal", length: "length" };

/** Qianfan before its second version. */
export const qianfanFormat: Format = {
  name: "qianfan_v1",
  framing: "events",
  thinks: false,
  pieces: ({ text = [], finish, usage }) => [
    ...text.map((result) => event({ sentence_id: 0, is_end: false, result })),
    ...(finish || usage
      ? [
          event({
            sentence_id: 1,
            is_end: !!finish,
            result: "",
            finish_reason: finish && reasons[finish],
            ...counted(usage),
          }),
        ]
      : []),
  ],
  fault: (message) => event({ error_code: 336100, error_msg: message }),
  body: ({ text = [], finish, usage }) =>
    JSON.stringify({ result: text.join(""), finish_reason: finish && reasons[finish], ...counted(usage) }),
  secrets: qianfanKeys,
  config: qianfanV1.config,
  async serve(reply) {
    const server = await qianfanServer(({ body }, number) => ({
      answer: typed(reply({ text: body.messages.at(-1)?.content ?? "", number }), "text/event-stream"),
    }));
    const settings = { base_url: server.url, ...qianfanKeys, model: "test-model" };
    return {
      ...server,
      settings,
      connect: (more, options) => qianfanV1.connect(qianfanV1.config.parse({ ...settings, ...more }), tools(options)),
      asked: () => server.requests.length,
      left: () => server.left() > 0,
    };
  },
};
