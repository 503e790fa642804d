import { openCompany } from "./company.ts";
import { atMost, type Figure, median } from "./figures.ts";
import type { Model } from "./model.ts";

interface Run {
  readonly what: string;
  readonly idea: string;
  readonly model: Model;
  /** How often; the figures are those in the middle, the memory is the most of all. */
  readonly times: number;
  /** The target of its memory, in MB. */
  readonly memory?: number;
}

/** What a run takes whose model answers at once: all of it is ours, or that of the server beside it. */
export async function overhead({ what, idea, model, times, memory }: Run): Promise<Figure> {
  const runs = [];
  for (let time = 0; time < times; time++) runs.push(await once(idea, model));
  const peak = Math.max(...runs.map((run) => run.peak));
  return {
    ...{ what, peak },
    calls: runs[0]?.calls ?? 0,
    seconds: median(runs.map(({ seconds }) => seconds)),
    own: median(runs.map(({ own }) => own)),
    git: median(runs.map(({ git }) => git)),
    ...(memory !== undefined && { target: atMost(memory, "MB", peak) }),
  };
}

async function once(idea: string, model: Model) {
  const company = await openCompany(model);
  try {
    const took = await company.run([idea]);
    return { ...took, calls: company.calls.length };
  } finally {
    await company.close();
  }
}
