import { defineAction, type Reply } from "../action.ts";
import type { Json, Steps } from "../engine/steps.ts";
import type { NewEvent } from "../events.ts";
import { askAlong } from "../lanes.ts";
import type { LlmCall } from "../llm/call.ts";
import type { Deployment } from "../llm/deployment.ts";
import { joinCut, repair, shapeOf } from "../repair/index.ts";
import { AskError } from "../reply.ts";
import { type CallerSchema, callerSchema } from "./caller-schema.ts";
import { accountOf, type ChatAnswer, type ChatCall } from "./chat-call.ts";
import { refusalOf } from "./refusal.ts";
import { type Ledger, openLedger, type Turn } from "./turn.ts";

/**
 * Has a model answer in JSON as the company has its documents written: held to the shape as strongly as its server can,
 * read with repair, and asked again with the exact problems. The answer is there only when it is whole.
 */
export async function askShaped(call: ChatCall, turn: Turn): Promise<ChatAnswer> {
  const ledger = openLedger(turn);
  const action = defineAction<null, Json>({
    name: "chat",
    reply: replyOf(call.format),
    prompt: () => "",
    usual: { calls: () => 1, input: 0, output: 0 },
  });
  try {
    let answeredBy: Deployment | undefined;
    const { document, author } = await askAlong(
      stepsOf(call, turn, ledger, (deployment) => {
        answeredBy = deployment;
      }),
      {
        ...{ action, input: null, role: "caller", persona: "", subject: turn.id, attempt: 1 },
        ...{ conversation: call.messages, maxReasks: 2, repair: true },
        lanes: turn.deployments.map(({ name }) => name),
      },
    );
    const { reasoning, usage, attempts, cost, repaired } = ledger.sums;
    if (!answeredBy) throw new Error(`nobody has answered ${call.model}`);
    const account = accountOf(answeredBy, { model: author.model, attempts, cost, repaired });
    return { text: JSON.stringify(document), reasoning, toolCalls: [], finish: "stop", usage, account };
  } catch (error) {
    throw error instanceof AskError ? refusalOf(error) : error;
  }
}

/** The steps of a question that nobody replays: each call is made, and what is noted goes to the ledger. */
function stepsOf(
  { sampling, maxTokens }: ChatCall,
  { deployments }: Turn,
  ledger: Ledger,
  answered: (deployment: Deployment) => void,
): Steps {
  return {
    async call(key, _operation, input, lane = "") {
      const deployment = deployments.find(({ name }) => name === lane);
      if (!deployment) throw new Error(`${lane} is not among those that answer`);
      const left = maxTokens === undefined ? undefined : maxTokens - ledger.sums.usage.output;
      if (left !== undefined && left < 1) return usedUp as unknown as Json;
      answered(deployment);
      const asked = {
        ...(input as unknown as LlmCall),
        sampling,
        whole: true,
        ...(left !== undefined && { maxTokens: left }),
      };
      return (await ledger.ask(asked, deployment, key)) as unknown as Json;
    },
    apply(_key, operation, input) {
      if (operation === "note") ledger.note(input as unknown as NewEvent);
    },
  };
}

/** The caller's limit counts for all that is asked for one answer. */
const usedUp = {
  ok: false,
  failure: { kind: "overflow", message: "the answer does not fit into max_tokens", tries: [] },
};

/** Without an instruction where the caller has asked for JSON in words of their own. */
function replyOf(format: ChatCall["format"]): Reply<Json> {
  const { name = "answer", schema } = format ?? {};
  const held = schema && callerSchema(schema);
  return {
    instruction: format ? instructionOf(held) : "",
    ...(format && { schema: { name, schema: schema ?? { type: "object" } } }),
    read: (text, { truncated }) => repair(text, held?.checked, truncated ? { finishReason: "length" } : {}) as never,
    join: joinCut,
  };
}

function instructionOf(schema: CallerSchema | undefined): string {
  if (!schema) return "Answer with one JSON object and nothing else.";
  return `Answer with JSON of exactly this shape and nothing else:\n\n${shapeOf(schema.shown)}`;
}
