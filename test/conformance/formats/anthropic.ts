import { anthropic } from "../../../src/llm/anthropic.ts";
import { anthropicServer } from "../../helpers/anthropic-server.ts";
import { tools } from "../../helpers/tools.ts";
import { type Format, typed } from "../format.ts";

const event = (type: string, rest: object = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const block = (index: number, content: object, deltas: readonly object[]) =>
  deltas.length === 0
    ? []
    : [
        event("content_block_start", { index, content_block: content }),
        ...deltas.map((delta) => event("content_block_delta", { index, delta })),
        event("content_block_stop", { index }),
      ];
const reasons = { stop: "end_turn", length: "max_tokens" };

/** The Messages API of Anthropic. */
export const anthropicFormat: Format = {
  name: "anthropic",
  framing: "events",
  thinks: true,
  pieces: ({ reasoning = [], text = [], finish, usage }) => [
    event("message_start", { message: { content: [], usage: usage ? { input_tokens: usage.input } : {} } }),
    ...block(
      0,
      { type: "thinking", thinking: "" },
      reasoning.map((thinking) => ({ type: "thinking_delta", thinking })),
    ),
    ...block(
      1,
      { type: "text", text: "" },
      text.map((piece) => ({ type: "text_delta", text: piece })),
    ),
    ...(finish || usage
      ? [
          event("message_delta", {
            delta: { stop_reason: finish ? reasons[finish] : null },
            usage: usage ? { output_tokens: usage.output } : {},
          }),
        ]
      : []),
    ...(finish ? [event("message_stop")] : []),
  ],
  fault: (message) => event("error", { error: { type: "api_error", message } }),
  body: ({ reasoning = [], text = [], finish, usage }) =>
    JSON.stringify({
      type: "message",
      content: [
        ...reasoning.map((thinking) => ({ type: "thinking", thinking })),
        ...text.map((piece) => ({ type: "text", text: piece })),
      ],
      stop_reason: finish ? reasons[finish] : null,
      usage: usage && { input_tokens: usage.input, output_tokens: usage.output },
    }),
  secrets: { api_key: "test-key-0001" },
  config: anthropic.config,
  async serve(reply) {
    const server = await anthropicServer(({ body }, number) => {
      const said = body.messages.at(-1)?.content;
      const text = typeof said === "string" ? said : JSON.stringify(said);
      return { answer: typed(reply({ text, number }), "text/event-stream") };
    });
    const settings = { base_url: server.url, api_key: "test-key-0001", model: "test-model" };
    return {
      ...server,
      settings,
      connect: (more, options) => anthropic.connect(anthropic.config.parse({ ...settings, ...more }), tools(options)),
      asked: () => server.requests.length,
      left: () => server.left() > 0,
    };
  },
};
