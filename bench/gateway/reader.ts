import fastify from "fastify";
import { request } from "undici";

/**
 * The least that reads what it passes on, as a gateway has to that counts tokens and may have to ask again: it takes
 * answers and events apart, and says the same in words of its own. Nothing is checked, counted, limited or logged.
 */
const [upstream = ""] = process.argv.slice(2);
const app = fastify();
app.post("/v1/chat/completions", async ({ body }, reply) => {
  const { stream } = body as { stream?: boolean };
  const answer = await request(`${upstream}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!stream) return wholeOf((await answer.body.json()) as Whole);
  reply.hijack();
  reply.raw.writeHead(200, { "content-type": "text/event-stream" });
  for await (const pieces of piecesOf(answer.body)) {
    const content = pieces.join("");
    if (content !== "") reply.raw.write(`data: ${JSON.stringify(chunkOf({ content }))}\n\n`);
  }
  reply.raw.end("data: [DONE]\n\n");
});

interface Whole {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

const wholeOf = ({ choices: [choice], usage }: Whole) => ({
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: choice?.message.content }, finish_reason: "stop" }],
  usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens },
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
