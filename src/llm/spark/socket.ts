import { on } from "node:events";
import type { IncomingMessage } from "node:http";
import type { WebSocket } from "ws";
import { errorCode } from "../../errors.ts";
import { ProviderError } from "../provider.ts";
import type { Clock, Limit } from "../wire/clock.ts";
import { connectionError } from "../wire/connection-error.ts";
import { readFault } from "../wire/error-body.ts";
import { faultError } from "../wire/failure.ts";

/**
 * Sends one question over a socket of its own and yields the messages that answer it, until the server closes or the
 * reader leaves; the socket never outlives it.
 */
export async function* exchange(connect: () => WebSocket, question: string, clock: Clock): AsyncGenerator<string> {
  const socket = connect();
  // An error that comes when nobody listens any more would end the program.
  socket.on("error", () => {});
  const messages = on(socket, "message", { close: ["close"], signal: clock.signal });
  const opening = clock.limit(clock.connect, "did not open the connection");
  try {
    await opened(socket, clock.signal);
    socket.send(question);
    opening.stop();
    const first = clock.limit(clock.firstToken ?? 120_000, "gave no answer");
    let silence: Limit | undefined;
    socket.on("ping", () => silence?.restart());
    for await (const [message] of messages) {
      first.stop();
      silence?.stop();
      yield String(message);
      silence ??= clock.limit(clock.idle, "sent nothing");
      silence.restart();
    }
  } catch (error) {
    clock.signal.throwIfAborted();
    throw error instanceof Error && !(error instanceof ProviderError) ? brokenOff(error) : error;
  } finally {
    clock.stop();
    socket.close();
    socket.terminate();
  }
}

function opened(socket: WebSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    socket.once("open", resolve);
    socket.once("error", (error) => reject(connectionError(error)));
    socket.once("unexpected-response", (_, response) => refusal(response).then(reject, reject));
  });
}

/** What the server said instead of opening a socket. */
async function refusal(response: IncomingMessage): Promise<ProviderError> {
  const { statusCode, statusMessage = "", headers } = response;
  let text = "";
  for await (const piece of response.setEncoding("utf8")) if (text.length < 100_000) text += piece;
  const wait = headers["retry-after"];
  return faultError(readFault(text, statusMessage), statusCode, new Headers(wait ? { "retry-after": wait } : {}));
}

function brokenOff(error: Error): ProviderError {
  if (errorCode(error)?.startsWith("WS_ERR")) {
    return new ProviderError(`the server sent something that is no message: ${error.message}`, { kind: "protocol" });
  }
  return new ProviderError("the connection broke in the middle of the answer", { kind: "truncated", cause: error });
}
