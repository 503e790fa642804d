import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { Refusal } from "./refusal.ts";

/** Headers of one request; more are refused. */
export const mostHeaders = 100;

/** Throws a Refusal where a request is none that HTTP knows, or asks a server of this machine under another name. */
export function refuseUnfit({ raw, headers }: FastifyRequest, { loopback }: { readonly loopback: boolean }): void {
  if (raw.rawHeaders.length > mostHeaders * 2)
    throw new Refusal("too-large", `a request may have ${mostHeaders} headers`, { status: 431 });
  if (headers.host === undefined && raw.httpVersion === "1.1")
    throw new Refusal("request", "the request does not name its host");
  if (loopback && !isOwnName(headers.host))
    throw new Refusal("forbidden", "this server answers to names of its own machine only", { code: "foreign_host" });
}

/** A page of the web can have a browser ask this machine under a name of its own. */
const isOwnName = (host = "") => /^(localhost|127(\.\d+){3}|\[::1\])$/i.test(host.replace(/:\d+$/, ""));

/** Whatever went wrong, in words for who sent the request. */
export function refusalFor(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const code = z.object({ code: z.string(), statusCode: z.int().optional() }).safeParse(error).data;
  if (code?.code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new Refusal("too-large", "the body is larger than this server takes");
  if (code?.statusCode === 415) return new Refusal("request", "the body has to be application/json", { status: 415 });
  if (code?.statusCode !== undefined && code.statusCode < 500) {
    const message = error instanceof Error ? error.message.slice(0, 300) : "the request cannot be read";
    return new Refusal("request", message, { status: code.statusCode });
  }
  return new Refusal("bug", "something went wrong in this server; its log says more", { cause: error });
}
