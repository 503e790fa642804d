import { z } from "zod";

/** What a server says went wrong, in one shape whatever words it uses for it. */
export interface Fault {
  readonly message: string;
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly param?: string | undefined;
  /** How long to wait, such as `34s`. */
  readonly wait?: string | undefined;
}

const word = z
  .union([z.string().min(1), z.number()])
  .transform(String)
  .optional()
  .catch(undefined);

const Details = z.looseObject({ error_code: word, retryDelay: word });

const delayIn = (all: z.infer<typeof Details>[]) => all.find(({ retryDelay }) => retryDelay !== undefined);

const Body = z.object({
  error: z.unknown().optional(),
  detail: z.unknown().optional(),
  errors: z.unknown().optional(),
  message: word,
  msg: word,
  error_msg: word,
  text: word,
  type: word,
  status: word,
  object: word,
  code: word,
  error_code: word,
  param: word,
  /** Of a fault that was read before. */
  wait: word,
  details: z
    .union([Details, z.array(Details).transform(delayIn)])
    .optional()
    .catch(undefined),
  metadata: z.looseObject({ reasons: z.unknown().optional(), error_type: word }).optional().catch(undefined),
});

/** Errors within errors; more than anybody means. */
const deepest = 10;

/** Finds the fault in a parsed error body; undefined where it holds no message. */
export function faultIn(value: unknown, depth = 0): Fault | undefined {
  if (depth > deepest) return undefined;
  const content = Array.isArray(value) ? value[0] : value;
  if (typeof content === "string") return content.trim() === "" ? undefined : { message: content };
  const read = Body.safeParse(content);
  if (!read.success) return undefined;
  const body = read.data;
  const inner = faultIn(body.error, depth + 1) ?? nameIn(body.error);
  const code =
    body.metadata?.reasons === undefined
      ? (body.code ?? body.error_code ?? body.details?.error_code)
      : "content_filter";
  const type = body.metadata?.error_type ?? body.type ?? body.status ?? body.object;
  const outer = { type, code, param: body.param, wait: body.wait ?? body.details?.retryDelay };
  if (inner) return { ...inner, code: inner.code ?? code, type: inner.type ?? type };
  const own = body.message ?? body.msg ?? body.error_msg ?? (body.error_code ? body.text : undefined);
  if (own) return { message: own, ...outer };
  const listed = faultIn(body.detail, depth + 1) ?? faultIn(body.errors, depth + 1);
  return listed && { ...listed, code: listed.code ?? code };
}

/** An error without words has at least a name. */
function nameIn(error: unknown): Fault | undefined {
  const { code, type } = Body.safeParse(error).data ?? {};
  const message = code ?? type;
  return message === undefined ? undefined : { message, code, type };
}

/** Reads the body of a refused request: JSON of any vendor, plain text, a gateway's page, or nothing. */
export function readFault(text: string, otherwise: string): Fault {
  try {
    const fault = faultIn(JSON.parse(text));
    if (fault) return fault;
  } catch {
    // Not JSON: the words themselves are the message.
  }
  return { message: firstWords(text) || otherwise };
}

/** The beginning of an answer nobody understands, for a message: no tags, no line breaks, 200 characters. */
export function firstWords(text: string): string {
  const words = text
    .slice(0, 20_000)
    .replace(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, " ")
    .replace(/<[a-z!/][^>]*>/gi, " ");
  return words.replace(/\s+/g, " ").trim().slice(0, 200);
}
