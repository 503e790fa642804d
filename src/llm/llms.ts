import type { Budget } from "../budget.ts";
import { endingOf } from "../either-signal.ts";
import type { Emit } from "../events.ts";
import { madeOnce } from "../made-once.ts";
import { monotonic } from "../monotonic.ts";
import { keyOf } from "./about.ts";
import { openAccount, Refused } from "./call/account.ts";
import { type Connect, openConnections } from "./call/connections.ts";
import type { Drafts } from "./call/drafts.ts";
import { type Asked, failureOf, perform } from "./call/perform.ts";
import { chatWork, completionWork, embeddingWork, type Wanted, type Work } from "./call/work.ts";
import type { KeptAnswer, LlmCall, LlmFailure } from "./call.ts";
import type { Deployment } from "./deployment.ts";
import { connectDeployment } from "./index.ts";
import type { About, Delta, Embedding, Usage } from "./provider.ts";
import type { RecordedAnswer } from "./recordings.ts";
import { redactor, secretsOf } from "./secrets.ts";

/** What one caller brings along: its money, and who is told what happens. */
export interface Asking {
  /** Names the call in its events. */
  readonly key: string;
  /** Ends the call; it is of this call alone, since nobody lets go of it. */
  readonly signal: AbortSignal;
  /** Once aborted no call and no further try is begun. */
  readonly stop?: AbortSignal | undefined;
  readonly budget: Budget;
  /** Is told what happens; absent where nobody wants to know. */
  readonly emit?: Emit | undefined;
  /** Is told that a try has failed and another is made. */
  readonly again?: (() => void) | undefined;
  /** Hears the answer piece by piece, each when the promise of the one before is kept; another try begins it anew. */
  readonly heard?: ((delta: Delta) => unknown) | undefined;
  /** Whether a part of the answer is with somebody already, so that no other try may take its place. */
  readonly passedOn?: (() => boolean) | undefined;
  /** Struck out of events and answers besides those of the deployment. */
  readonly secrets?: readonly string[] | undefined;
  /** Keeps what has come of an answer that may never end. */
  readonly drafts?: Drafts | undefined;
  /** Told of each answer after its event; what it throws ends the call. */
  readonly record?: ((call: LlmCall, answer: RecordedAnswer) => Promise<void>) | undefined;
}

/** Vectors and what they cost, or why there are none. */
export type EmbeddingAnswer =
  | ({ readonly ok: true; readonly usd: number } & Embedding & { readonly usage: Usage })
  | { readonly ok: false; readonly failure: LlmFailure; readonly usd?: number };

/**
 * Every LLM that a program asks, for as many callers as there are: those of one deployment share its connection, its
 * limits and what is known of its failures. What does not work out is an answer, too; only a deployment that cannot be
 * connected as it is configured throws a ConfigError.
 */
export interface Llms {
  ask(call: LlmCall, deployment: Deployment, asking: Asking): Promise<KeptAnswer>;
  /** Vectors of texts, in their order. */
  embed(
    texts: readonly string[],
    deployment: Deployment,
    asking: Asking & { readonly dimensions?: number | undefined },
  ): Promise<EmbeddingAnswer>;
  /** Goes on with a raw text. */
  complete(request: Wanted, deployment: Deployment, asking: Asking): Promise<KeptAnswer>;
  /** Of a deployment: how many calls wait in its queue, and why it is skipped now, where it is. */
  state(deployment: Deployment): { readonly waiting: number; readonly skipped: string | undefined };
  /** A deployment is gone: one that takes its place begins with limits of its own and no failures. */
  forget(deployment: Deployment): void;
}

/** Opens them; `clock` is in milliseconds. They connect when they are first asked. */
export function openLlms({
  connect = connectDeployment,
  clock = monotonic,
}: {
  connect?: Connect;
  clock?: () => number;
} = {}): Llms {
  const known = new WeakMap<Deployment, readonly string[]>();
  const underWay = new Set<{ readonly about: About; readonly emit: Emit | undefined }>();
  const connections = openConnections(connect, ({ about, ...notice }) => {
    const whose = [...underWay].find((call) => call.about === about) ?? named(underWay, about);
    whose?.emit?.({ ...notice, key: keyOf(about), ...about });
  });

  /** Does one piece of work when there is money for it, unless its deployment is known to be dead. */
  const run = async <T extends object>(work: Work<T>, deployment: Deployment, asking: Asking): Promise<Asked<T>> => {
    const connection = connections.to(deployment);
    const dead = work.replaceable ? connection.breaker.check() : undefined;
    if (dead !== undefined) return { ok: false, failure: { kind: "skipped", message: `skipped: ${dead}`, tries: [] } };
    const ended = endingOf(asking.signal, asking.stop);
    const account = await openAccount(asking.budget, work.most, ended).catch(refusal);
    if (account instanceof Refused) {
      ended.release();
      return { ok: false, failure: failureOf(account, []) };
    }
    const own = madeOnce(known, deployment, () => secretsOf([deployment]));
    const secrets = asking.secrets ? [...new Set([...own, ...asking.secrets])] : own;
    const clean = redactor(secrets);
    const told = asking.emit;
    const emit: Emit | undefined = told && ((event) => told(clean(event)));
    const call = { about: work.about, emit };
    underWay.add(call);
    try {
      return await perform(work, { deployment, connection, account, asking, emit, ended, secrets, clock });
    } finally {
      ended.release();
      underWay.delete(call);
      account.close();
    }
  };

  return {
    async ask(call, deployment, asking) {
      const asked = await run(chatWork(call, deployment), deployment, asking);
      if (!asked.ok) return asked;
      const { model, usd, last, told } = asked;
      const { text, finish, toolCalls, usage } = asked.answer;
      await asking.record?.(call, { text, finish, model, usage, usd: last });
      const answer: KeptAnswer = { ok: true, text, finish, model, usd, told };
      if (toolCalls.length === 0 && call.insteadOf === undefined) return answer;
      const insteadOf = call.insteadOf === undefined ? {} : { insteadOf: call.insteadOf };
      return { ...answer, ...(toolCalls.length > 0 && { toolCalls }), ...insteadOf };
    },
    async complete(request, deployment, asking) {
      const asked = await run(completionWork(request, deployment), deployment, asking);
      if (!asked.ok) return asked;
      const { model, usd, told } = asked;
      const { text, finish } = asked.answer;
      return { ok: true, text, finish, model, usd, told };
    },
    async embed(texts, deployment, asking) {
      const asked = await run(embeddingWork(texts, asking.dimensions, deployment), deployment, asking);
      if (!asked.ok) return asked;
      const { model, usd } = asked;
      const { vectors, usage } = asked.answer;
      return { ok: true, vectors, usage, model, usd };
    },
    state(deployment) {
      const { limits, breaker } = connections.to(deployment);
      return { waiting: limits.waiting, skipped: breaker.peek() };
    },
    forget: connections.forget,
  };
}

function refusal(error: unknown): Refused {
  if (error instanceof Refused) return error;
  throw error;
}

/** A provider of somebody's own may tell of a copy. */
const named = <T extends { readonly about: About }>(calls: Iterable<T>, about: About) =>
  [...calls].find((call) => keyOf(call.about) === keyOf(about));
