import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * A model's server that takes 50 ms for every answer: in one piece, or half of the time until its first piece and the rest
 * for the others. Started as a process of its own, it prints its address.
 */
const wait = 50;
const words = Array.from({ length: 20 }, (_, index) => `word${index} `);

const head = { id: "chatcmpl-1", created: 1768465800, model: "bench" };
const usage = { prompt_tokens: 9, completion_tokens: 20, total_tokens: 29 };
const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
  `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
const pieces = [chunk({ role: "assistant", content: "" }), ...words.map((content) => chunk({ content }))];
const last = `${chunk({}, "stop", { usage })}data: [DONE]\n\n`;
const whole = JSON.stringify({
  ...head,
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: words.join("") }, finish_reason: "stop" }],
  usage,
});

const server = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const { stream } = JSON.parse(Buffer.concat(parts).toString()) as { stream?: boolean };
  if (!stream) {
    await sleep(wait);
    response.writeHead(200, { "content-type": "application/json" }).end(whole);
    return;
  }
  await sleep(wait / 2);
  response.writeHead(200, { "content-type": "text/event-stream" });
  const quarter = Math.ceil(pieces.length / 4);
  for (let at = 0; at < pieces.length; at += quarter) {
    response.write(pieces.slice(at, at + quarter).join(""));
    await sleep(wait / 8);
  }
  response.end(last);
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
