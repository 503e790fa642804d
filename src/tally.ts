import type { NewEvent, RunEvent } from "./events.ts";

type Totals = Extract<RunEvent, { type: "run-end" }>["totals"][number];

/** The sums of a run, kept while its events pass by. */
export interface Tally {
  hear(event: NewEvent): void;
  /** By role and model, in the order of their first calls. */
  readonly totals: readonly Totals[];
  readonly repairs: Readonly<Record<string, number>>;
  /** USD over all calls. */
  readonly usd: number;
  /** The project's folder once there is one. */
  readonly project: string;
}

/** A tally of nothing yet. */
export function createTally(): Tally {
  const rows = new Map<string, Totals>();
  const repairs: Record<string, number> = {};
  let project = "";

  const add = (role: string, model: string, spent: Partial<Totals>) => {
    const name = `${role}\n${model}`;
    const row = rows.get(name) ?? { role, model, calls: 0, input: 0, output: 0, estimated: false, usd: 0, seconds: 0 };
    rows.set(name, {
      ...row,
      calls: row.calls + 1,
      input: row.input + (spent.input ?? 0),
      output: row.output + (spent.output ?? 0),
      estimated: row.estimated || (spent.estimated ?? false),
      usd: row.usd + (spent.usd ?? 0),
      ...(row.cny === undefined && spent.cny === undefined ? {} : { cny: (row.cny ?? 0) + (spent.cny ?? 0) }),
      seconds: row.seconds + (spent.seconds ?? 0),
    });
  };

  return {
    hear(event) {
      if (event.type === "project") project = event.folder;
      if (event.type === "repair") repairs[event.kind] = (repairs[event.kind] ?? 0) + 1;
      if (event.type !== "call-end" && event.type !== "call-failed") return;
      const { role, model, seconds, usage } = event;
      const { input, output, source } = usage;
      const estimated = source === "estimated" && input + output > 0;
      const usd = event.type === "call-end" ? event.cost.usd : event.usd;
      const yuan = event.type === "call-end" && event.cost.cny !== undefined ? { cny: event.cost.cny } : {};
      add(role, model, { input, output, estimated, usd, ...yuan, seconds });
    },
    get totals() {
      return [...rows.values()];
    },
    repairs,
    get usd() {
      return [...rows.values()].reduce((sum, row) => sum + row.usd, 0);
    },
    get project() {
      return project;
    },
  };
}
