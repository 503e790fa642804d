import { aboutOf } from "../about.ts";
import type { LlmCall } from "../call.ts";
import type { Deployment } from "../deployment.ts";
import {
  type About,
  type CompletionRequest,
  type Embedding,
  type Llm,
  ProviderError,
  type Usage,
} from "../provider.ts";
import { countTokens, estimateMessages, estimateTokens } from "../tokens.ts";
import { type Attempted, AttemptFailed, attempt, type Listening } from "./attempt.ts";
import { costOf } from "./cost.ts";
import { mostOf, roomFor } from "./room.ts";

/** What a try has brought, whatever was asked. */
export type Tried = Pick<Attempted, "finish" | "usage" | "model" | "cost" | "reasoning">;

/** Something asked of a model, which may take several tries. */
export interface Work<T> {
  readonly about: About;
  /** USD that one try costs at most. */
  readonly most: number;
  /** A deployment that is known to be dead need not be tried. */
  readonly replaceable: boolean;
  /** Makes a try ready. Throws a ProviderError where there is no sense in one. */
  prepare(): Promise<{
    /** How many count for its limits. */
    readonly tokens: number;
    /** Throws AttemptFailed, or a ProviderError where nothing was asked. */
    run(llm: Llm, listening: Listening): Promise<T & Tried>;
  }>;
}

/** A question to a chat model. */
export function chatWork(call: LlmCall, deployment: Deployment): Work<Attempted> {
  const { messages, schema, tools, toolChoice, sampling, whole, replaceable = false } = call;
  const about = aboutOf(call);
  return {
    about,
    most: mostOf(call, deployment),
    replaceable,
    async prepare() {
      const maxTokens = await roomFor(call, deployment);
      const request = { messages, schema, tools, toolChoice, sampling, whole, about, maxTokens };
      return {
        tokens: estimateMessages(messages) + maxTokens,
        run: (llm, listening) => attempt(llm, request, listening),
      };
    },
  };
}

/** A completion whose caller may leave its length to the deployment. */
export type Wanted = Omit<CompletionRequest, "maxTokens"> & { readonly maxTokens?: number | undefined };

/** A text to be gone on with. */
export function completionWork(
  { prompt, maxTokens: wanted, sampling }: Wanted,
  deployment: Deployment,
): Work<Attempted> {
  const about = aboutWork("complete");
  const question = { messages: [{ role: "user" as const, content: prompt }], maxTokens: wanted };
  return {
    about,
    most: mostOf(question, deployment),
    replaceable: false,
    async prepare() {
      const maxTokens = await roomFor(question, deployment);
      const request = { ...question, about, maxTokens };
      return {
        tokens: estimateMessages(question.messages) + maxTokens,
        async run(llm, listening) {
          const complete = llm.complete?.bind(llm);
          if (!complete) throw unable(deployment, "goes on with no raw text");
          const going: Pick<Llm, "stream"> = { stream: (_, on) => complete({ prompt, maxTokens, sampling }, on) };
          return attempt(going, request, listening);
        },
      };
    },
  };
}

/** Texts to be turned into vectors. */
export function embeddingWork(
  texts: readonly string[],
  dimensions: number | undefined,
  deployment: Deployment,
): Work<Pick<Embedding, "vectors">> {
  const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  return {
    about: aboutWork("embed"),
    most: costOf({ input: tokens, output: 0 }, deployment.price),
    replaceable: false,
    prepare: async () => ({
      tokens,
      async run(llm, { signal }) {
        const embed = llm.embed?.bind(llm);
        if (!embed) throw unable(deployment, "makes no vectors of texts");
        try {
          const { vectors, usage, model } = await embed(texts, { signal, dimensions });
          if (vectors.length !== texts.length) throw miscounted(deployment, texts.length, vectors.length);
          return { vectors, model, usage: usage ?? (await counted(texts)), finish: "stop", reasoning: "" };
        } catch (error) {
          throw new AttemptFailed(error, { input: 0, output: 0, source: "estimated" });
        }
      },
    }),
  };
}

/** Work that belongs to no role and no action of a run. */
const aboutWork = (action: string): About => ({ role: "", action, subject: "", attempt: 1, turn: 1 });

function unable({ model }: Deployment, what: string): ProviderError {
  return new ProviderError(`${model} ${what}`, { kind: "request", hint: "Choose another LLM." });
}

const miscounted = ({ model }: Deployment, asked: number, came: number) =>
  new ProviderError(`${model} gave ${came} vectors for ${asked} texts`, { kind: "protocol" });

async function counted(texts: readonly string[]): Promise<Usage> {
  const counts = await Promise.all(texts.map(countTokens));
  return { input: counts.reduce((sum, count) => sum + count, 0), output: 0, source: "estimated" };
}
