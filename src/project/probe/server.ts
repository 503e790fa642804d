import { setTimeout as pause } from "node:timers/promises";
import { clipped, limits, type ServerAnswer } from "./answers.ts";
import { pathSeconds } from "./call.ts";
import { judgeServer } from "./judge.ts";
import { probePage } from "./page.ts";
import { freePort, listener, namedPorts, usualPorts } from "./ports.ts";
import { type Ending, type Started, start } from "./started.ts";

/** Starts a server, finds out where it listens, asks it, and ends it. */
export async function probeServer({ line, seconds, paths, chromium }: ServerRequest): Promise<ServerAnswer> {
  const port = await freePort();
  const busy = await inUse();
  const server = start(line, { env: { PORT: String(port), HOST: "127.0.0.1", BROWSER: "none" } });
  let ending: Ending | undefined;
  void server.ended.then((end) => {
    ending = end;
  });
  const base = await found(server, { port, busy, seconds, over: () => ending !== undefined });

  const answers: Answer[] = [];
  if (base) for (const path of paths) answers.push(await asked(base, path));
  const html = answers.find(({ status, type }) => status !== null && status < 400 && type.startsWith("text/html"));
  const page = base && html && chromium ? await probePage({ url: base + html.path, chromium }) : undefined;

  // a server that an answer ended is gone a moment later
  if (base) await Promise.race([server.ended, pause(300)]);
  const last = ending;
  await server.stop();
  const facts = {
    listening: base === undefined ? null : Number(new URL(base).port),
    answers,
    output: clipped(server.output(), limits.output),
    code: last?.code ?? null,
  };
  return {
    does: "server",
    ...judgeServer({ ...facts, ended: last !== undefined, seconds, page }),
    ...facts,
    ...(page && { page }),
  };
}

interface ServerRequest {
  readonly line: string;
  readonly seconds: number;
  readonly paths: readonly string[];
  readonly chromium?: string | undefined;
}

type Answer = ServerAnswer["answers"][number];

/** What others listen on already is not the server's. */
async function inUse(): Promise<ReadonlySet<number>> {
  const taken = await Promise.all(usualPorts.map(async (port) => ((await listener(port)) === undefined ? [] : [port])));
  return new Set(taken.flat());
}

interface Search {
  readonly port: number;
  readonly busy: ReadonlySet<number>;
  readonly seconds: number;
  over(): boolean;
}

/** The address of the server once it listens; undefined if it ended or the time was over before. */
async function found(server: Started, { port, busy, seconds, over }: Search): Promise<string | undefined> {
  const end = performance.now() + seconds * 1000;
  while (!over() && performance.now() < end) {
    const candidates = new Set([port, ...namedPorts(server.output()), ...usualPorts]);
    for (const candidate of candidates) {
      const host = busy.has(candidate) ? undefined : await listener(candidate);
      if (host !== undefined && !over()) return `http://${host.includes(":") ? `[${host}]` : host}:${candidate}`;
    }
    await pause(100);
  }
  return undefined;
}

async function asked(base: string, path: string): Promise<Answer> {
  const signal = AbortSignal.timeout(pathSeconds * 1000);
  try {
    const response = await follow(new URL(path, base), signal);
    const text = await beginning(response);
    const type = clipped(response.headers.get("content-type") ?? "", limits.body);
    return { path, status: response.status, type, text: clipped(text, limits.body), problem: "" };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = signal.aborted
      ? `none within ${pathSeconds} s`
      : cause instanceof Error
        ? cause.message
        : `${cause}`;
    return { path, status: null, type: "", text: "", problem: clipped(reason, limits.body) };
  }
}

/** Follows redirects as long as they stay with the server. */
async function follow(url: URL, signal: AbortSignal, redirects = 3): Promise<Response> {
  const response = await fetch(url.href, { signal, redirect: "manual", headers: { accept: "text/html,*/*" } });
  const location = response.headers.get("location");
  const next =
    response.status >= 300 && location !== null && URL.canParse(location, url.href) ? new URL(location, url) : url;
  if (redirects === 0 || next === url || next.port !== url.port) return response;
  await response.body?.cancel();
  return follow(next, signal, redirects - 1);
}

/** The first of a body, which may go on for ever. */
async function beginning(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const reader = response.body?.getReader();
  if (!reader) return text;
  try {
    while (text.length < limits.body) {
      const { value, done } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // the time was over; what came before is an answer
  }
  reader.cancel().catch(() => {});
  return text;
}
