import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "ws";
import { spark } from "../../../src/llm/spark.ts";
import { question } from "../../helpers/drain.ts";
import { taken } from "../../helpers/http-server.ts";
import { type SparkGate, sparkKeys, sparkServer } from "../../helpers/spark-server.ts";
import { tools } from "../../helpers/tools.ts";
import type { Format, Reply, Said } from "../format.ts";

const frame = (status: number, seq: number, text: object, usage?: Said["usage"]) =>
  JSON.stringify({
    header: { code: 0, status },
    payload: {
      choices: { status, seq, text: [text] },
      ...(usage && { usage: { text: { prompt_tokens: usage.input, completion_tokens: usage.output } } }),
    },
  });

/** The frames of Spark over a WebSocket. A text is a message, bytes are written to the socket as they are. */
export const sparkFormat: Format = {
  name: "spark",
  framing: "messages",
  thinks: true,
  pieces({ reasoning = [], text = [], finish, usage }) {
    const said = [
      ...reasoning.map((reasoning_content) => ({ reasoning_content })),
      ...text.map((content) => ({ content })),
    ];
    // Only the count tells that the limit cut it.
    const counts = finish === "length" ? { input: 1, output: question.maxTokens } : usage;
    return [
      ...said.map((one, seq) => frame(seq === 0 ? 0 : 1, seq, one)),
      ...(finish || usage ? [frame(finish ? 2 : 1, said.length, { content: "" }, counts)] : []),
    ];
  },
  framed,
  fault: (message) => JSON.stringify({ header: { code: 10110, message, status: 2 } }),
  secrets: sparkKeys,
  config: spark.config,
  async serve(reply) {
    let asked = 0;
    const gate: SparkGate = () => {
      asked += 1;
      const { wait, status = 101, pieces = [], headers } = reply({ text: "", number: asked });
      if (wait) return "stall";
      return status < 300 ? undefined : { status, body: pieces.join(""), ...(headers && { headers }) };
    };
    const server = await sparkServer(
      ({ payload }) => {
        const said = reply({ text: payload.message.text.at(-1)?.content ?? "", number: asked });
        return { play: (socket, connection) => void play(said, socket, connection) };
      },
      { gate },
    );
    const settings = { base_url: `${server.url}/v3.5/chat`, ...sparkKeys };
    return {
      ...server,
      settings,
      connect: (more, options) => spark.connect(spark.config.parse({ ...settings, ...more }), tools(options)),
      asked: () => asked,
      left: () => server.open() === 0,
    };
  },
};

/** One message of a server as a frame. */
function framed(text: string): Uint8Array {
  const content = Buffer.from(text);
  const head = Buffer.alloc(content.length < 126 ? 2 : content.length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  head[1] = Math.min(content.length, { 2: 125, 4: 126, 10: 127 }[head.length] ?? 0);
  if (head.length === 4) head.writeUInt16BE(content.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(content.length), 2);
  return Buffer.concat([head, content]);
}

async function play(
  { pieces = [], pause = 0, end = "close" }: Reply,
  socket: WebSocket,
  connection: Duplex,
): Promise<void> {
  for (const piece of pieces) {
    if (typeof piece === "string") socket.send(piece);
    else await new Promise((resolve) => connection.write(piece, resolve));
    await taken();
    if (pause > 0) await sleep(pause);
  }
  if (pieces.some((piece) => typeof piece !== "string") && end === "close") connection.end();
  else if (end === "close") socket.close(1000);
  if (end === "reset") setTimeout(() => socket.terminate(), 20);
}
