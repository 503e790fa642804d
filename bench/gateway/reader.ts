import fastify from "fastify";
import { request } from "undici";

/**
 * The least that reads what it passes on, as a gateway has to that counts tokens and may have to ask again: it asks for a
 * stream, takes every event apart, and says the same in events, or a whole, of its own. Nothing is checked, counted,
 * limited or logged.
 */
const [upstream = ""] = process.argv.slice(2);
const app = fastify();
app.post("/v1/chat/completions", async ({ body }, reply) => {
  const { stream, ...question } = body as { stream?: boolean };
  const answer = await request(`${upstream}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...question, stream: true }),
  });
  let text = "";
  if (stream) {
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream" });
  }
  for await (const pieces of piecesOf(answer.body)) {
    const content = pieces.join("");
    if (stream && content !== "") reply.raw.write(`data: ${JSON.stringify(chunkOf({ content }))}\n\n`);
    text += content;
  }
  if (stream) return void reply.raw.end("data: [DONE]\n\n");
  return { object: "chat.completion", choices: [{ index: 0, message: { role: "assistant", content: text } }] };
});

const chunkOf = (delta: object) => ({ object: "chat.completion.chunk", choices: [{ index: 0, delta }] });

/** The texts of the events, those that came together together. */
async function* piecesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of bytes) {
    const events = (rest + decoder.decode(part, { stream: true })).split("\n\n");
    rest = events.pop() ?? "";
    yield events.map((event) => (event === "data: [DONE]" ? "" : contentOf(JSON.parse(event.slice("data: ".length)))));
  }
}

function contentOf({ choices: [choice] }: { choices: readonly { delta: { content?: string } }[] }): string {
  return choice?.delta.content ?? "";
}

console.log(await app.listen({ port: 0, host: "127.0.0.1" }));
