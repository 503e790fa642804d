import type { Delta, Finish, FinishReason, JsonSchema, LlmRequest } from "./provider.ts";

/**
 * How a model is held to the shape of a document: by a JSON Schema, by one in the manner of older vLLM, by a grammar in
 * this process, by a forced tool call with the schema as its parameters, to any JSON, or not at all.
 */
export type Structure = "schema" | "structured_outputs" | "guided_json" | "grammar" | "tool" | "json" | "off";

/** What the configuration asks for. */
export type Structured = "auto" | "schema" | "json" | "off";

/** The mechanisms of one server, from the strongest down. What it refuses or ignores is not used again. */
export interface Ladder {
  /** The mechanism for the next request with a schema. */
  readonly rung: Structure;
  /** The mechanism for this request: none where it has no schema, and no forced call where it has tools of its own. */
  rungFor(request: Pick<LlmRequest, "schema" | "tools">): Structure;
  /** The server refused this mechanism. */
  refuse(rung: Structure): void;
  /** Looks at a whole answer: a server that keeps to no JSON, or leaves required fields out, ignores what it was asked. */
  judge(rung: Structure, schema: JsonSchema, text: string): void;
}

/** The ladder of a server that knows these mechanisms, the strongest first, begun where the configuration says. */
export function createLadder(known: readonly Structure[], setting: Structured = "auto"): Ladder {
  const wanted = known.filter((rung) => setting === "auto" || setting === "schema" || rung === setting);
  const rungs: Structure[] = [...wanted.filter((rung) => rung !== "off"), "off"];
  const refuse = (rung: Structure) => {
    const place = rungs.indexOf(rung);
    if (rung !== "off" && place >= 0) rungs.splice(place, 1);
  };
  return {
    get rung() {
      return rungs[0] ?? "off";
    },
    rungFor({ schema, tools = [] }) {
      if (!schema) return "off";
      return rungs.find((rung) => rung !== "tool" || tools.length === 0) ?? "off";
    },
    refuse,
    judge(rung, schema, text) {
      if (rung !== "off" && !keepsTo(rung === "json" ? {} : schema, text)) refuse(rung);
    },
  };
}

/** How a model is held in a call; what it is found to refuse while it is asked is given up. */
export interface Held {
  readonly rung: Structure;
}

/**
 * Passes an answer on and judges it at its end; the finish says how the model was held. One that calls a tool instead,
 * or that its caller wanted cut off, says nothing about the server.
 */
export function judged(
  ladder: Ladder,
  held: Held,
  request: LlmRequest,
  answer: AsyncGenerator<Delta, Finish, void>,
): AsyncGenerator<Delta, Finish, void> {
  const { schema } = request;
  return schema ? judgedBy(ladder, held, { ...request, schema }, answer) : answer;
}

async function* judgedBy(
  ladder: Ladder,
  held: Held,
  { schema, tools = [], sampling }: LlmRequest & { readonly schema: NonNullable<LlmRequest["schema"]> },
  answer: AsyncGenerator<Delta, Finish, void>,
): AsyncGenerator<Delta, Finish, void> {
  const whole = (finish: FinishReason) => finish === "stop" || (finish === "tool_calls" && tools.length === 0);
  let text = "";
  try {
    for (;;) {
      const step = await answer.next();
      if (!step.done) {
        if (step.value.type === "text") text += step.value.text;
        yield step.value;
        continue;
      }
      const { rung } = held;
      if (whole(step.value.finish) && !sampling?.stop?.length) ladder.judge(rung, schema.schema, text);
      return { ...step.value, structure: rung };
    }
  } finally {
    // Who stops reading closes the answer, too.
    await answer.return(undefined as never);
  }
}

function keepsTo({ required }: JsonSchema, text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return false;
    return !Array.isArray(required) || required.every((key) => Object.hasOwn(value, String(key)));
  } catch {
    return false;
  }
}
