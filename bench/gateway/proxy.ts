import fastify from "fastify";
import { request } from "undici";

/** The least that stands between a caller and a server: the same framework, the body read and sent on, the answer piped back. */
const [upstream = ""] = process.argv.slice(2);
const app = fastify();
app.post("/v1/chat/completions", async ({ body }, reply) => {
  const answer = await request(`${upstream}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  reply.header("content-type", answer.headers["content-type"] ?? "");
  return reply.send(answer.body);
});
console.log(await app.listen({ port: 0, host: "127.0.0.1" }));
