import { execute } from "../../src/engine/execute.ts";
import { memoryStore } from "../../src/engine/memory-store.ts";
import type { Call, Done, Json, Store } from "../../src/engine/steps.ts";
import type { LlmAnswer, LlmCall } from "../../src/llm/call.ts";
import type { RunOptions } from "../../src/options.ts";
import type { Role } from "../../src/role.ts";
import { hire } from "../../src/team.ts";
import { idea } from "./greeter.ts";
import { said } from "./scripted-steps.ts";

/** The options of a usual run. */
export const usual: RunOptions = {
  rounds: 10,
  codeReview: true,
  codeReviewTimes: 2,
  autoSummarize: 0,
  concurrency: 5,
  maxReasks: 2,
  repair: true,
  language: "",
  projectName: "",
};

/** How many calls wait for an answer -> which of them gets it next. */
type Order = (waiting: number) => number;

interface Run {
  readonly roles: readonly Role[];
  /** The text of an answer, or the whole of it. */
  readonly answer: (call: LlmCall, key: string) => string | LlmAnswer;
  readonly options?: Partial<RunOptions>;
  readonly lanes?: Readonly<Record<string, readonly string[]>>;
  readonly order?: Order;
}

/** Runs a team on scripted answers and remembers what it asked and caused. */
export async function runTeam({ roles, answer, options = {}, lanes = {}, order = () => 0 }: Run) {
  const asked: { key: string; lane: string; call: LlmCall }[] = [];
  const effects: { key: string; operation: string; input: Record<string, Json> }[] = [];
  const keep =
    (operation: string) =>
    async (input: Json, { key }: { key: string }) => {
      effects.push({ key, operation, input: input as Record<string, Json> });
      return null;
    };
  const operations = {
    async llm(input: Json, { key, lane }: { key: string; lane: string }) {
      const call = input as unknown as LlmCall;
      asked.push({ key, lane, call });
      const given = answer(call, key);
      return (typeof given === "string" ? said(given) : given) as unknown as Json;
    },
    ...Object.fromEntries(["note", "commit", "save-raw", "open-project"].map((name) => [name, keep(name)])),
  };
  const requirement = { kind: "UserRequirement", subject: "", from: "User", document: { idea } };
  const { store, most } = inOrder(memoryStore(operations, new AbortController().signal), order);
  const result = await execute(hire(roles), { requirement, options: { ...usual, ...options }, lanes }, store);
  const notes = (type: string) => effects.map(({ input }) => input).filter((input) => input?.type === type);
  return {
    ...result,
    asked,
    effects,
    /** `Action/subject/attempt.turn` of every question. */
    keys: asked.map(({ key }) => key),
    notes,
    /** Who acted, round by round. */
    rounds: notes("round-start").map(({ roles }) => roles),
    commits: effects.filter(({ operation }) => operation === "commit").map(({ input }) => input),
    /** The most calls that waited for an answer at the same time. */
    most: most(),
  };
}

/** The same store with its answers in another order: every answer is there before one is picked. */
function inOrder(store: Store, order: Order) {
  const pool: Done[] = [];
  let open = 0;
  let most = 0;
  const ordered: Store = {
    ...store,
    begin(call: Call) {
      open += 1;
      most = Math.max(most, open);
      return store.begin(call);
    },
    async next() {
      while (pool.length < open) pool.push(await store.next());
      pool.sort((a, b) => (a.key < b.key ? -1 : 1));
      open -= 1;
      return pool.splice(order(pool.length), 1)[0] as Done;
    },
  };
  return { store: ordered, most: () => most };
}
