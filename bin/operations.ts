import { join, resolve } from "node:path";
import { shippedFile } from "../config/shipped.ts";
import { createBudget } from "../src/budget.ts";
import type { Engine } from "../src/engine/steps.ts";
import type { Emit } from "../src/events.ts";
import { draftsIn } from "../src/llm/call/drafts.ts";
import { llmOperation } from "../src/llm/call.ts";
import { recorder } from "../src/llm/recordings.ts";
import { rememberedCalls } from "../src/llm/remembered.ts";
import { secretsOf } from "../src/llm/secrets.ts";
import { checkOperation } from "../src/project/check-operation.ts";
import { projectEffects, rememberedEffects } from "../src/project/effects.ts";
import { mapOperation } from "../src/project/map-operation.ts";
import { rememberedTrials, trialOperation } from "../src/project/trial-run.ts";
import type { WorkTree } from "../src/project/work-tree.ts";
import type { Tally } from "../src/tally.ts";
import { bossOperation, rememberedBoss } from "./boss.ts";
import { consentBy } from "./consent.ts";
import type { Flags } from "./flags.ts";
import type { Interrupt } from "./interrupt.ts";
import type { Plan } from "./plan.ts";

export interface Surroundings {
  readonly flags: Flags;
  readonly emit: Emit;
  readonly interrupt: Interrupt;
  readonly tally: Tally;
  /** Where the files of the product go. */
  readonly tree: WorkTree;
  /** Of the run. */
  readonly folder: string;
}

/** Tells an engine everything that a company may ask for or cause. */
export function register(
  engine: Engine,
  plan: Plan,
  { flags, emit, interrupt, tally, tree, folder }: Surroundings,
): void {
  const effects = projectEffects({ tree, runFolder: folder, emit });
  for (const [name, effect] of Object.entries(effects.operations)) {
    engine.operation(name, effect, rememberedEffects[name]);
  }
  engine.operation("check", checkOperation(emit));
  engine.operation("map", mapOperation());
  engine.operation("boss", bossOperation({ signal: interrupt.stop }), rememberedBoss);
  engine.operation(
    "trial",
    trialOperation({
      folder: effects.folder,
      runFolder: folder,
      sandbox: plan.sandbox,
      consent: consentBy(flags, interrupt.stop),
      probe: shippedFile("dist/probe.cjs"),
      emit,
    }),
    rememberedTrials,
  );
  const record = recording(plan, flags);
  engine.operation(
    "llm",
    llmOperation({
      deployments: plan.deployments,
      budget: createBudget(plan.investment, tally.usd),
      emit,
      stop: interrupt.stop,
      record,
      drafts: draftsIn(join(folder, "partial")),
    }),
    rememberedCalls({ emit, record }),
  );
}

function recording({ idea, deployments }: Plan, { record }: Flags) {
  if (record === undefined) return undefined;
  const secrets = secretsOf(deployments);
  const { add } = recorder(resolve(record), { idea, date: new Date().toISOString().slice(0, 10), secrets });
  return add;
}
