import type { Ending } from "../../either-signal.ts";
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
import { stayAwake } from "./stay-awake.ts";
import type { Tried, Work } from "./work.ts";

/** What came of some work. */
export type Asked<T> =
  | {
      readonly ok: true;
      readonly answer: T & Tried;
      /** Who answered, as its server names it. */
      readonly model: string;
      /** Over all tries. */
      readonly usd: number;
      /** USD of the try that brought the answer. */
      readonly last: number;
      readonly told: Told;
    }
  | { readonly ok: false; readonly failure: LlmFailure; readonly usd?: number; readonly told?: Told };

/** What some work is done with, and under. */
interface Circumstances {
  readonly deployment: Deployment;
  readonly connection: Connection;
  readonly account: Account;
  readonly asking: Asking;
  /** Already without secrets. */
  readonly emit: Emit | undefined;
  /** Forbids another try. */
  readonly ended: Ending;
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
  const { role, action, subject, attempt, turn } = about;
  const whose = { key, role, action, subject, attempt, turn };
  const { name: llm, model: asked } = deployment;
  const began = clock();
  const seconds = () => (clock() - began) / 1000;
  const progress = emit && throttled(clock, (tokens) => emit({ type: "call-progress", ...whose, tokens }));
  const queued = () => emit?.({ type: "call-queued", ...whose, llm, model: asked });
  const lost: Usage[] = [];
  const tries: string[] = [];

  const once = async () => {
    const draft = asking.drafts?.begin(about);
    const heard = (delta: Delta) => {
      draft?.add(delta);
      return asking.heard?.(delta);
    };
    try {
      const listening = { signal: asking.signal, model: asked, secrets, progress, heard };
      const answer = await inTurn(work, connection, listening, { ended, queued });
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

  emit?.({ type: "call-start", ...whose, llm, model: asked });
  try {
    const answer = await retrying(once, {
      ended,
      isLast: asking.passedOn,
      onRetry: async (failed, { message: reason }, wait) => {
        tries.push(reason);
        await account.renew();
        asking.again?.();
        emit?.({ type: "retry", ...whose, llm, model: asked, failed, reason, wait: wait / 1000 });
      },
    });
    connection.breaker.succeeded();
    const { reasoning, finish, usage, cost } = answer;
    const last = cost ?? costOf(usage, deployment.price);
    account.spend(last);
    const usd = account.spent();
    if (reasoning.trim() !== "") emit?.({ type: "reasoning", ...whose, text: reasoning });
    const model = answer.model || asked;
    const bill = billOf(deployment, usd, cost);
    const told = { type: "call-end", llm, model, seconds: seconds(), finish, usage, cost: bill } as const;
    emit?.({ ...told, ...whose });
    return { ok: true, answer, model, usd, last, told };
  } catch (error) {
    if (!(error instanceof ProviderError || error instanceof Refused)) throw error;
    if (error instanceof ProviderError) connection.breaker.failed(error.kind, error.message);
    const failure = redactor(secrets)(failureOf(error, error instanceof ProviderError ? error.tries : tries));
    const usd = account.spent();
    const { retryAfter: _, ...words } = failure;
    const facts = { ...words, tries: [...words.tries], seconds: seconds(), usage: sumOf(lost), usd };
    const told = { type: "call-failed", llm, model: asked, ...facts } as const;
    emit?.({ ...told, ...whose });
    return { ok: false, failure, usd, told };
  }
}

/** Milliseconds in a queue that are worth a word. */
const aWhile = 3000;

/** One try, as soon as the limits of its deployment allow it; `queued` hears when it has waited a while. */
async function inTurn<T extends object>(
  work: Work<T>,
  connection: Connection,
  listening: Listening,
  { ended, queued }: { ended: Ending; queued: () => void },
): Promise<T & Tried> {
  if (ended.aborted) throw new ProviderError("the call was ended", { kind: "aborted" });
  const { tokens, run } = await work.prepare();
  const leave = connection.limits.enterNow(tokens) ?? (await entered(connection, tokens, { ended, queued }));
  let used: number | undefined;
  const release = stayAwake();
  try {
    const answer = await run(await connection.llm(), listening);
    used = answer.usage.input + answer.usage.output;
    return answer;
  } finally {
    release();
    leave(used);
  }
}

async function entered(
  { limits }: Connection,
  tokens: number,
  { ended, queued }: { ended: Ending; queued: () => void },
) {
  const late = setTimeout(queued, aWhile);
  return limits.enter(tokens, ended.signal).finally(() => clearTimeout(late));
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
