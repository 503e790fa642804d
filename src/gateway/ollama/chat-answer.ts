import { z } from "zod";
import type { Delta, ToolCall } from "../../llm/provider.ts";
import type { ChatAnswer } from "../chat-call.ts";

/** A line of an answer of Ollama's chat API; a whole answer is one. */
export const ChatLine = z.looseObject({
  model: z.string(),
  created_at: z.string(),
  message: z.looseObject({ role: z.literal("assistant"), content: z.string() }),
  done: z.boolean(),
});

interface About {
  /** As the caller named it. */
  readonly model: string;
  /** Since the question came. */
  nanoseconds(): number;
}

/** The answer as one object. */
export function lineOf(about: About, answer: ChatAnswer): z.infer<typeof ChatLine> {
  const { text, reasoning, toolCalls } = answer;
  return { ...lineWith(about, text, { reasoning, toolCalls }), ...endOf(about, answer) };
}

/** The lines of a streamed answer. Calls of tools come whole, as Ollama sends them. */
export const linesOf = (about: About) => ({
  delta(delta: Delta): string {
    if (delta.type === "tool-call") return "";
    const text = delta.type === "text" ? delta.text : "";
    const reasoning = delta.type === "reasoning" ? delta.text : "";
    return `${JSON.stringify({ ...lineWith(about, text, { reasoning, toolCalls: [] }), done: false })}\n`;
  },
  end(answer: ChatAnswer): string {
    const last = lineWith(about, "", { reasoning: "", toolCalls: answer.toolCalls });
    return `${JSON.stringify({ ...last, ...endOf(about, answer), metagpt: answer.account })}\n`;
  },
});

function lineWith(
  { model }: About,
  content: string,
  { reasoning, toolCalls }: Pick<ChatAnswer, "reasoning" | "toolCalls">,
) {
  return {
    ...{ model, created_at: new Date().toISOString() },
    message: {
      ...{ role: "assistant" as const, content },
      ...(reasoning !== "" && { thinking: reasoning }),
      ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(calledOf) }),
    },
  };
}

const endOf = (about: About, { finish, usage }: ChatAnswer) => ({
  ...{ done: true, done_reason: finish === "length" ? "length" : "stop" },
  ...{ total_duration: about.nanoseconds(), load_duration: 0 },
  ...{ prompt_eval_count: usage.input, eval_count: usage.output },
});

/** Arguments are an object here; what is none is passed on as a text. */
function calledOf({ id, name, arguments: text }: ToolCall) {
  try {
    return { id, function: { name, arguments: JSON.parse(text || "{}") as unknown } };
  } catch {
    return { id, function: { name, arguments: { arguments: text } } };
  }
}
