import type { BossAnswer, BossQuestion } from "../../src/boss.ts";
import { execute } from "../../src/engine/execute.ts";
import { memoryStore } from "../../src/engine/memory-store.ts";
import type { Call, Done, Json, Store } from "../../src/engine/steps.ts";
import type { LlmAnswer, LlmCall } from "../../src/llm/call.ts";
import type { RunOptions } from "../../src/options.ts";
import type { CheckInput, CheckResult, Finding } from "../../src/project/checks/finding.ts";
import type { TrialStep, TriedStep } from "../../src/project/trial.ts";
import type { Role } from "../../src/role.ts";
import { hire, type TeamInput } from "../../src/team.ts";
import { idea } from "./greeter.ts";
import { inPlace, said } from "./scripted-steps.ts";

/** The options of a usual run. */
export const usual: RunOptions = {
  rounds: 10,
  codeReview: true,
  codeReviewTimes: 2,
  autoSummarize: 0,
  maxFixRounds: 3,
  runTests: false,
  change: false,
  reqaFile: "",
  review: false,
  clarify: false,
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
  /** What the boss says to a document or to questions; that it may go on unless a test says otherwise. */
  readonly boss?: (question: BossQuestion, times: number) => BossAnswer;
  /** The files that a map finds nearest. */
  readonly nearest?: readonly string[];
  readonly given?: TeamInput["given"];
  readonly history?: TeamInput["history"];
  /** What a check finds in these files; nothing unless a test says otherwise. */
  readonly check?: (files: Readonly<Record<string, string>>, times: number) => readonly Finding[];
  /** What becomes of the steps of a trial; all of them work unless a test says otherwise. */
  readonly trial?: (step: TrialStep, files: Readonly<Record<string, string>>, times: number) => Partial<TriedStep>;
}

/** Runs a team on scripted answers and remembers what it asked and caused. */
export async function runTeam({ roles, answer, options = {}, lanes = {}, order = () => 0, ...told }: Run) {
  const asked: { key: string; lane: string; call: LlmCall }[] = [];
  const effects: { key: string; operation: string; input: Record<string, Json> }[] = [];
  const keep =
    (operation: string) =>
    async (input: Json, { key }: { key: string }) => {
      effects.push({ key, operation, input: input as Record<string, Json> });
      return null;
    };
  const times = { check: 0, trial: 0, boss: 0 };
  /** The files as the commits so far have left them. */
  const tree = () =>
    Object.assign({}, ...effects.filter(({ operation }) => operation === "commit").map(({ input }) => input.files));
  const operations = {
    async check(input: Json) {
      const { files } = input as unknown as CheckInput;
      times.check += 1;
      return { findings: told.check?.(files, times.check) ?? [], checkedBy: {}, unchecked: [] } as CheckResult;
    },
    async boss(input: Json) {
      times.boss += 1;
      return (told.boss?.(input as unknown as BossQuestion, times.boss) ?? { says: "go-on" }) as unknown as Json;
    },
    async map() {
      return { map: "the map", nearest: told.nearest ?? [], neighbours: {} };
    },
    async trial(input: Json) {
      const { steps } = input as unknown as { steps: readonly TrialStep[] };
      times.trial += 1;
      const tried = steps.map((step) => ({
        ...{ what: step.what, line: step.line, subject: step.subject ?? "" },
        ...{ works: "yes", why: "exit code 0", output: "", seconds: 0.1 },
        ...told.trial?.(step, tree(), times.trial),
      }));
      return { sandbox: "scripted", gaps: [], refused: "", steps: tried };
    },
    async llm(input: Json, { key, lane }: { key: string; lane: string }) {
      const call = input as unknown as LlmCall;
      asked.push({ key, lane, call });
      const given = answer(call, key);
      return inPlace(typeof given === "string" ? said(given) : given, input) as unknown as Json;
    },
    ...Object.fromEntries(["note", "commit", "save-raw", "open-project"].map((name) => [name, keep(name)])),
  };
  const requirement = { kind: "UserRequirement", subject: "", from: "User", document: { idea } };
  const { store, most } = inOrder(memoryStore({ operations }, new AbortController().signal), order);
  const { given, history } = told;
  const before = { ...(given && { given }), ...(history && { history }) };
  const result = await execute(
    hire(roles),
    { requirement, options: { ...usual, ...options }, lanes, ...before },
    store,
  );
  const notes = (type: string) => effects.map(({ input }) => input).filter((input) => input?.type === type);
  return {
    ...result,
    asked,
    effects,
    tree,
    times,
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
