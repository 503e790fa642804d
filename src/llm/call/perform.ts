import { eitherSignal } from "../../either-signal.ts";
import type { Emit } from "../../events.ts";
import type { LlmFailure, Told } from "../call.ts";
import type { Deployment } from "../deployment.ts";
import type { Asking } from "../llms.ts";
import { type Delta, ProviderError, type Usage } from "../provider.ts";
import { redactor } from "../secrets.ts";
import { type Account, Refused } from "./account.ts";
import { AttemptFailed, type Listening } from "./attempt.ts";
import type { Connection } from "./connections.ts";
import { billOf, costOf, sumOf } from "./cost.ts";
import { retrying } from "./retry.ts";
import type { Tried, Work } from "./work.ts";

/** What came of some work. */
export type Asked<T> =
  | ({
      readonly ok: true;
      /** Over all tries. */
      readonly usd: number;
      /** USD of the try that brought the answer. */
      readonly last: number;
      readonly told: Told;
    } & T &
      Tried)
  | { readonly ok: false; readonly failure: LlmFailure; readonly usd?: number; readonly told?: Told };

/** What some work is done with, and under. */
interface Circumstances {
  readonly deployment: Deployment;
  readonly connection: Connection;
  readonly account: Account;
  readonly asking: Asking;
  /** Already without secrets. */
  readonly emit: Emit;
  /** Forbids another try. */
  readonly ended: AbortSignal;
  readonly secrets: readonly string[];
  /** Milliseconds. */
  readonly clock: () => number;
}

/** Does some work, again where that helps, and tells who asked for it. */
export async function perform<T extends object>(
  work: Work<T>,
  { deployment, connection, account, asking, emit, ended, secrets, clock }: Circumstances,
): Promise<Asked<T>> {
  const { about } = work;
  const { key } = asking;
  const llm = { llm: deployment.name, model: deployment.model };
  const seen = { key, ...about, ...llm };
  const began = clock();
  const seconds = () => (clock() - began) / 1000;
  const own = eitherSignal(asking.signal);
  const { signal } = own;
  const progress = throttled(clock, (tokens) => emit({ type: "call-progress", key, ...about, tokens }));
  const turn = { signal, model: deployment.model, secrets, progress };
  const queued = () => emit({ type: "call-queued", ...seen });
  const lost: Usage[] = [];
  const tries: string[] = [];

  const once = async () => {
    const draft = asking.drafts?.begin(about);
    const heard = (delta: Delta) => {
      draft?.add(delta);
      return asking.heard?.(delta);
    };
    try {
      const answer = await inTurn(work, connection, { ...turn, heard }, { ended, queued });
      await draft?.end({ whole: true });
      return answer;
    } catch (error) {
      await draft?.end({ whole: false });
      if (!(error instanceof AttemptFailed)) throw error;
      lost.push(error.usage);
      account.spend(costOf(error.usage, deployment.price));
      throw error.cause;
    }
  };

  emit({ type: "call-start", ...seen });
  try {
    const answer = await retrying(once, {
      signal: ended,
      isLast: asking.passedOn,
      onRetry: async (failed, { message: reason }, wait) => {
        tries.push(reason);
        await account.renew();
        emit({ type: "retry", ...seen, failed, reason, wait: wait / 1000 });
      },
    });
    connection.breaker.succeeded();
    const { reasoning, finish, usage, cost } = answer;
    const last = cost ?? costOf(usage, deployment.price);
    account.spend(last);
    const usd = account.spent;
    if (reasoning.trim() !== "") emit({ type: "reasoning", key, ...about, text: reasoning });
    const paid = { usd, ...billOf(deployment, usd, cost) };
    const model = answer.model || deployment.model;
    const told = { type: "call-end", ...llm, model, seconds: seconds(), finish, usage, cost: paid } as const;
    emit({ ...told, key, ...about });
    return { ok: true, ...answer, model, usd, last, told };
  } catch (error) {
    if (!(error instanceof ProviderError || error instanceof Refused)) throw error;
    if (error instanceof ProviderError) connection.breaker.failed(error.kind, error.message);
    const failure = redactor(secrets)(failureOf(error, error instanceof ProviderError ? error.tries : tries));
    const usd = account.spent;
    const { retryAfter: _, ...words } = failure;
    const facts = { ...words, tries: [...words.tries], seconds: seconds(), usage: sumOf(lost), usd };
    const told = { type: "call-failed", ...llm, ...facts } as const;
    emit({ ...told, key, ...about });
    return { ok: false, failure, usd, told };
  } finally {
    own.release();
  }
}

/** Milliseconds in a queue that are worth a word. */
const aWhile = 3000;

/** One try, as soon as the limits of its deployment allow it; `queued` hears when it has waited a while. */
async function inTurn<T extends object>(
  work: Work<T>,
  connection: Connection,
  listening: Listening,
  { ended, queued }: { ended: AbortSignal; queued: () => void },
): Promise<T & Tried> {
  const { tokens, run } = await work.prepare();
  const late = setTimeout(queued, aWhile);
  const leave = await connection.limits.enter(tokens, ended).finally(() => clearTimeout(late));
  let used: number | undefined;
  // Whatever waits below, the program does not end as if all were done.
  const awake = setInterval(() => {}, 60_000);
  try {
    const answer = await run(await connection.llm(), listening);
    used = answer.usage.input + answer.usage.output;
    return answer;
  } finally {
    clearInterval(awake);
    leave(used);
  }
}

/** Tells the tokens received so far at most four times a second. */
function throttled(clock: () => number, tell: (tokens: number) => void): (tokens: () => number) => void {
  let last = clock();
  return (tokens) => {
    const now = clock();
    if (now - last < 250) return;
    last = now;
    tell(tokens());
  };
}

/** A failure as data. */
export function failureOf(error: ProviderError | Refused, tries: readonly string[]): LlmFailure {
  const { kind, message, hint } = error;
  const retryAfter = error instanceof ProviderError ? error.retryAfter : undefined;
  return { kind, message, ...(hint !== undefined && { hint }), tries, ...(retryAfter !== undefined && { retryAfter }) };
}
