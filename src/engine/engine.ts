import { execute } from "./execute.ts";
import type { Journal } from "./journal.ts";
import { journalStore } from "./journal-store.ts";
import { memoryStore } from "./memory-store.ts";
import type { Engine, Flow, Operation, Store, Traits } from "./steps.ts";

/** The operations that are registered, and what has to be known of them. */
interface Registry {
  readonly operations: Record<string, Operation>;
  readonly traits: Record<string, Traits>;
}

/** An engine that forgets a run with the process. */
export const memoryEngine = (signal: AbortSignal): Engine =>
  engineOf(async (_run, registry) => memoryStore(registry, signal));

/** An engine in this process that keeps each run in a journal, which it closes at the end of an execution. */
export const journalEngine = (journalOf: (run: string) => Promise<Journal>, signal: AbortSignal): Engine =>
  engineOf(async (run, registry) => journalStore({ ...registry, signal, journal: await journalOf(run) }));

/** An engine over one kind of store, which is opened for each execution. */
export function engineOf(open: (run: string, registry: Registry) => Promise<Store>): Engine {
  const registry: Registry = { operations: {}, traits: {} };
  const flows = new Map<string, Flow<never, unknown>>();
  return {
    operation(name, run, traits = {}) {
      registry.operations[name] = run;
      registry.traits[name] = traits;
    },
    flow: (name, body) => void flows.set(name, body),
    async start<I, O>(name: string, run: string, input: I): Promise<O> {
      const body = flows.get(name) as Flow<I, O> | undefined;
      if (!body) throw new Error(`no flow is registered under the name ${name}`);
      return execute(body, input, await open(run, registry));
    },
  };
}
