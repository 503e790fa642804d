import { Ollama } from "ollama";
import { expect, it } from "vitest";
import { gateway } from "../helpers/gateway.ts";
import { type Reply, upstream, wires } from "../helpers/upstream.ts";

const messages = [{ role: "user" as const, content: "Hi" }];

const silences: readonly (readonly [name: string, reply: Reply])[] = [
  ["in the middle of a stream", { text: ["Once upon"], ends: "stall" }],
  ["before anything is said", "silence"],
];
const surfaces = ["openai", "anthropic", "ollama"] as const;
const cases = silences.flatMap(([name, reply]) =>
  surfaces.flatMap((surface) => wires.map((wire) => ({ name, reply, surface, wire }))),
);

// milliseconds on a busy machine: what is late once need not be late again
it.each(cases)(
  "leaves the $wire server at once when a client of $surface has gone $name",
  { retry: 3 },
  async ({ reply, surface, wire }) => {
    const { at, reached, left } = await upstream(reply);
    const door = await gateway({ one: at(wire) });
    const gone = new AbortController();
    const { signal } = gone;
    const question = { model: "one", messages, max_tokens: 9, stream: true } as const;
    // the client of Ollama can be aborted only once an answer has begun
    const ollama = new Ollama({ host: door.url, fetch: (url, init) => fetch(url, { ...init, signal }) });
    const streams: Record<typeof surface, () => PromiseLike<AsyncIterable<unknown>>> = {
      openai: () => door.openai.chat.completions.create(question, { signal }),
      anthropic: () => door.anthropic.messages.create(question, { signal }),
      ollama: () => ollama.chat(question),
    };
    let began = 0;
    const leave = () => {
      began = performance.now();
      gone.abort();
    };
    const reading = async () => {
      for await (const _ of await streams[surface]()) leave();
    };
    const read = reading().catch((error: unknown) => error);
    await reached(1);
    if (reply === "silence") leave();
    expect((await left()) - began).toBeLessThan(100);
    await read;
  },
);
