import type { FastifyReply, FastifyRequest } from "fastify";
import type { ZodType, z } from "zod";
import type { Caller } from "./callers.ts";
import type { Refusal } from "./refusal.ts";

/** How the errors of one surface look. */
export type ErrorShape = (refusal: Refusal) => unknown;

/** Who may use a route: everybody, those who have a key, or those who may change what is served. */
export type Access = "everybody" | "callers" | "operators";

/** One request, checked. */
export interface Incoming<B = unknown> {
  /** Of the request, as logs and headers have it. */
  readonly id: string;
  readonly caller: Caller;
  readonly body: B;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: FastifyRequest["headers"];
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
  readonly reply: FastifyReply;
  /** Said in the line that the log has of this request. */
  note(facts: Readonly<Record<string, unknown>>): void;
}

/** One route: what the server registers, and what its description says. */
export interface Route<B = unknown> {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With parameters such as `:name`. */
  readonly path: string;
  readonly summary: string;
  /** Where it stands in the description, such as `OpenAI`. */
  readonly tag: string;
  readonly access: Access;
  readonly body?: ZodType<B> | undefined;
  /** What it answers as JSON; absent where that is something else. */
  readonly answer?: ZodType | undefined;
  /** The content type of another answer: a stream, a text, a file. */
  readonly stream?: string | undefined;
  readonly status?: number | undefined;
  readonly errors: ErrorShape;
  /** Gives what is sent as JSON; undefined where it has answered itself. */
  handle(incoming: Incoming<B>): Promise<unknown>;
}

/** Gives a route the type of its body. */
export const defineRoute = <S extends ZodType = ZodType<undefined>>(
  route: Omit<Route<z.output<S>>, "body"> & { readonly body?: S },
): Route => route as unknown as Route;
