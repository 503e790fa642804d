import { bedrock } from "../../../src/llm/bedrock.ts";
import { bedrockServer, credentials, frame } from "../../helpers/bedrock-server.ts";
import { tools } from "../../helpers/tools.ts";
import { type Format, type Reply, typed } from "../format.ts";

const event = (name: string, content: object) => JSON.stringify([name, content]);
const delta = (value: object) => event("contentBlockDelta", { contentBlockIndex: 0, delta: value });
const reasons = { stop: "end_turn", length: "max_tokens" };

/** One event under its checksums. */
function framed(piece: string): Buffer {
  const [name, content]: [string, object] = JSON.parse(piece);
  return frame(name, content);
}

/** The binary events of Amazon Bedrock. A text is the name and the content of one. */
export const bedrockFormat: Format = {
  name: "bedrock",
  framing: "frames",
  thinks: true,
  pieces: ({ reasoning = [], text = [], finish, usage }) => [
    ...reasoning.map((thought) => delta({ reasoningContent: { text: thought } })),
    ...text.map((piece) => delta({ text: piece })),
    ...(finish ? [event("messageStop", { stopReason: reasons[finish] })] : []),
    ...(usage ? [event("metadata", { usage: { inputTokens: usage.input, outputTokens: usage.output } })] : []),
  ],
  framed,
  fault: (message) => event("internalServerException", { message }),
  secrets: {
    access_key: credentials.access_key,
    secret_key: credentials.secret_key,
    session_token: credentials.session_token,
  },
  config: bedrock.config,
  async serve(reply) {
    const server = await bedrockServer(({ body }, number) => {
      const said = reply({ text: body.messages.at(-1)?.content[0]?.text ?? "", number });
      return typed(isStream(said) ? inFrames(said) : said, "application/vnd.amazon.eventstream");
    });
    const settings = { base_url: server.url, ...credentials, model: "test-model" };
    return {
      ...server,
      settings,
      connect: (more, options) => bedrock.connect(bedrock.config.parse({ ...settings, ...more }), tools(options)),
      asked: () => server.requests.length,
      left: () => server.left() > 0,
    };
  },
};

const isStream = ({ status = 200, headers }: Reply) => status < 300 && headers === undefined;

const inFrames = ({ pieces = [], ...rest }: Reply): Reply => ({
  ...rest,
  pieces: pieces.map((piece) => (typeof piece === "string" ? framed(piece) : piece)),
});
