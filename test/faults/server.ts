import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Random } from "../../bench/corpus/random.ts";
import { type Fault, faulty, proper, type Wire } from "./faults.ts";
import type { Model, Said } from "./model.ts";
import type { Faults } from "./plan.ts";

/** One request, as it is kept. */
export interface Logged extends Pick<Said, "opening" | "conversation" | "title" | "before"> {
  /** Milliseconds. */
  readonly at: number;
  readonly fault: Fault | undefined;
  /** What the asker has got as a finished answer, once all of it was sent. */
  answer?: string;
  /** What that answer counts as. */
  readonly usage: Said["usage"];
}

export interface FaultyServer {
  readonly url: string;
  /** Every request in the order in which it came. */
  readonly log: readonly Logged[];
  /** Is told of each request as it comes. */
  onRequest: (() => void) | undefined;
  /** Resolves once nobody is connected any more and nothing that was sent is still unread. */
  quiet(): Promise<void>;
  /** Throws what went wrong in the server itself, such as a question that the model does not know. */
  close(): Promise<void>;
}

const Body = z.looseObject({
  stream: z.literal(true),
  messages: z.array(z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() })),
});

/** A server on a loopback port that speaks the streaming chat API of OpenAI, and departs from it as the faults say. */
export async function faultyServer(model: Model, faults: Faults, seed = 0): Promise<FaultyServer> {
  const log: Logged[] = [];
  const broken: unknown[] = [];
  const asked = new Map<string, number>();
  const sockets = new Set<Socket>();
  let storm: { until: number; fault: Fault } | undefined;
  let shut: Promise<void> = Promise.resolve();

  /** What this request meets. Who comes in a storm is refused beside what is planned for the question. */
  const fateOf = ({ opening }: Said): Fault | undefined => {
    if (storm && performance.now() < storm.until) return storm.fault;
    const time = (asked.get(opening) ?? 0) + 1;
    asked.set(opening, time);
    return faults(opening, time);
  };

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { messages } = Body.parse(JSON.parse(await textOf(incoming)));
    const said = model.answer(messages);
    const fault = fateOf(said);
    const random = new Random("answer", seed, said.opening, asked.get(said.opening) ?? 0);
    const wire = fault === undefined ? proper(said) : faulty(fault, said, random);
    const { opening, conversation, title, before, usage } = said;
    const logged: Logged = { opening, conversation, title, before, usage, at: performance.now(), fault };
    log.push(logged);
    server.onRequest?.();
    if (wire.storm !== undefined && fault) storm = { until: performance.now() + wire.storm, fault };
    if (wire.shut !== undefined) shut = closedFor(wire.shut);
    const sent = await write(outgoing, wire);
    if (sent && wire.answer !== undefined) logged.answer = wire.answer;
  };

  const web = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      // who was killed in the middle of a request has sent no JSON
      if (incoming.complete) broken.push(error);
      outgoing.destroy();
    });
  });
  web.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      web.once("error", reject).listen(port, "127.0.0.1", () => {
        web.off("error", reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = web.address() as AddressInfo;

  const closedFor = async (ms: number) => {
    await shut;
    web.close();
    await sleep(ms);
    await listen(port);
  };

  const server: FaultyServer = {
    url: `http://127.0.0.1:${port}/v1`,
    log,
    onRequest: undefined,
    async quiet() {
      // what a dead process has sent may still wait to be read
      await sleep(25);
      for (let turn = 0; sockets.size > 0 && turn < 200; turn++) await sleep(10);
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      await shut;
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => web.close(resolve));
      if (broken.length > 0) throw broken[0];
    },
  };
  return server;
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** Says whether all of it was handed over before the asker went away. */
async function write(outgoing: ServerResponse, wire: Wire): Promise<boolean> {
  const { status = 200, headers = {}, pieces = [], pause = 0, mute = false, end = "close" } = wire;
  if (!mute) {
    outgoing.writeHead(status, { ...headers });
    outgoing.flushHeaders();
  }
  for (const piece of pieces) {
    if (outgoing.destroyed) return false;
    const failed = await new Promise((resolve) => outgoing.write(piece, resolve));
    if (failed) return false;
    if (pause > 0) await sleep(pause);
  }
  if (end === "close") outgoing.end();
  if (end === "reset") outgoing.socket?.resetAndDestroy();
  return !outgoing.destroyed || outgoing.writableFinished;
}
