import { constants } from "node:fs";
import { mkdir, open, readFile, rename, stat, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { dirname } from "node:path";
import { DiskError, errorCode } from "../../errors.ts";
import { ProviderError, type Tools } from "../provider.ts";
import { connectionError } from "../wire/connection-error.ts";
import { faultError } from "../wire/failure.ts";

export interface Download {
  readonly url: URL;
  /** Where it shall lie; until it is whole it is called `….part`. */
  readonly file: string;
  /** Sent to the server of the address, not to where that one may redirect. */
  readonly authorization?: string | undefined;
  readonly socket: Tools["socket"];
  readonly signal: AbortSignal;
  /** Is told the bytes that are there and those there will be. */
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Brings a large file here, from where an earlier try stopped. Every piece is written to its own place, so that two who
 * download the same do each other no harm.
 */
export async function download({ url, file, authorization, socket, signal, onProgress }: Download): Promise<void> {
  if (await exists(file)) return;
  const part = `${file}.part`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(part, constants.O_RDWR | constants.O_CREAT);
    try {
      const old = (await handle.stat()).size;
      const ask = (from: number) =>
        get(url, { authorization, ...(from > 0 && { range: `bytes=${from}-` }) }, socket, signal);
      const response = await ask(old).then((first) => sameAs(first, part, () => ask(0)));
      const { from, total } = extentOf(response);
      if (from === 0 && old > 0) await handle.truncate(0);
      await writeFile(`${part}.tag`, tagOf(response));
      let done = from;
      for await (const piece of response) {
        await handle.write(piece, 0, piece.length, done);
        done += piece.length;
        onProgress(done, total);
      }
      if (done < total) throw new ProviderError("the download broke off", { kind: "truncated" });
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    // Who downloads the same may have been faster.
    if (!(await exists(file))) throw signal.aborted ? signal.reason : failureOf(error, file);
  }
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );

/** The rest of another file than the one begun is worth nothing. */
async function sameAs(response: IncomingMessage, part: string, whole: () => Promise<IncomingMessage>) {
  const known = await readFile(`${part}.tag`, "utf8").catch(() => "");
  if (response.statusCode === 200 || (response.statusCode === 206 && tagOf(response) === known)) return response;
  response.destroy();
  return whole();
}

const tagOf = ({ headers }: IncomingMessage) => headers.etag ?? headers["last-modified"] ?? "";

function extentOf({ headers }: IncomingMessage) {
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers["content-range"] ?? "");
  return { from: Number(range?.[1] ?? 0), total: Number(range?.[2] ?? headers["content-length"] ?? 0) };
}

/** The answer to a GET, however often it was redirected; a refusal is thrown. */
async function get(
  first: URL,
  { authorization, ...headers }: IncomingHttpHeaders,
  socket: Tools["socket"],
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let url = first;
  for (let hops = 0; hops < 10; hops++) {
    const { request } = await (url.protocol === "https:" ? import("node:https") : import("node:http"));
    const own = url.origin === first.origin && authorization ? { authorization } : {};
    const { agent, ca } = await socket(url);
    const trust = ca && { ca: [...ca] };
    const options = { agent, ...trust, signal, headers: { "user-agent": "metagpt", ...headers, ...own } };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(url, options, resolve).on("error", reject).end();
      const silent = new ProviderError("the server sent nothing in 60 s", { kind: "timeout" });
      sent.setTimeout(60_000, () => sent.destroy(silent));
    });
    const { statusCode = 0, statusMessage = "", headers: answered } = response;
    if (statusCode < 300 || statusCode === 416) return response;
    response.destroy();
    if (statusCode >= 400 || !answered.location) {
      throw faultError({ message: statusMessage || "no reason given" }, statusCode, new Headers());
    }
    url = new URL(answered.location, url);
  }
  throw new ProviderError("the server redirects without end", { kind: "request" });
}

function failureOf(error: unknown, file: string): unknown {
  const code = errorCode(error);
  if (!(error instanceof Error) || error instanceof ProviderError || code === undefined) return error;
  if (/^(ENOSPC|EDQUOT|EACCES|EPERM|EROFS|ENOTDIR)$/.test(code)) {
    return new DiskError(`the model cannot be written to ${file} (${code})`, {
      cause: error,
      hint: "Make room there, or set folder to another place.",
    });
  }
  return connectionError(error);
}
