/** Work with dependencies: a node starts as soon as all it needs is done, at most `limit` at once. */
export interface Graph<T> {
  /** Node -> the nodes it needs. Must be free of cycles (`breakCycles`) and name only nodes. */
  readonly needs: Readonly<Record<string, readonly string[]>>;
  readonly limit?: number;
  /** Sees the results of the nodes it needs directly, and no others. */
  node(id: string, needed: Record<string, T>): Promise<T>;
  /** Called once per topological level, in order, when everything up to it is settled; with what succeeded. */
  wave?(results: Record<string, T>, level: number): void;
}

/** What came of it. A node fails by throwing; what needs it is skipped and listed with the node it waited for. */
export interface GraphResult<T> {
  readonly results: Record<string, T>;
  readonly failed: Record<string, unknown>;
  readonly skipped: Record<string, string>;
}

/** Runs the graph to its end, however many nodes fail. Nodes on the longest path start first. */
export async function runGraph<T>({ needs, limit = Infinity, node, wave }: Graph<T>): Promise<GraphResult<T>> {
  const results = new Map<string, T>();
  const failed = new Map<string, unknown>();
  const skipped = new Map<string, string>();
  const levels = levelsOf(needs);
  const pending = new Set(byHeight(needs));
  const broken = (id: string) => failed.has(id) || skipped.has(id);
  const settled = (id: string) => results.has(id) || broken(id);
  const pick = (ids: readonly string[]) => entries(results, ids);
  let running = 0;
  let nextWave = 0;

  await new Promise<void>((resolve, reject) => {
    const advance = () => {
      for (const level of levels) for (const id of level) skipIfHopeless(id);
      for (const id of pending) if (running < limit && needs[id]?.every((need) => results.has(need))) start(id);
      for (let level = levels[nextWave]; level?.every(settled); level = levels[++nextWave]) {
        wave?.(pick(level), nextWave);
      }
      if (running === 0) resolve();
    };
    const skipIfHopeless = (id: string) => {
      const missing = pending.has(id) ? needs[id]?.find(broken) : undefined;
      if (missing === undefined) return;
      pending.delete(id);
      skipped.set(id, missing);
    };
    const start = (id: string) => {
      pending.delete(id);
      running += 1;
      node(id, pick(needs[id] ?? []))
        .then(
          (result) => void results.set(id, result),
          (error: unknown) => void failed.set(id, error),
        )
        .then(() => {
          running -= 1;
          advance();
        })
        .catch(reject);
    };
    advance();
  });
  return {
    results: pick(Object.keys(needs)),
    failed: Object.fromEntries(failed),
    skipped: Object.fromEntries(skipped),
  };
}

/** The nodes by topological level: level 0 needs nothing, every other needs something of the level before. */
function levelsOf(needs: Graph<unknown>["needs"]): string[][] {
  const depth = new Map<string, number>();
  const depthOf = (id: string): number => {
    const known = depth.get(id) ?? 1 + Math.max(-1, ...(needs[id] ?? []).map(depthOf));
    depth.set(id, known);
    return known;
  };
  const levels: string[][] = [];
  for (const id of Object.keys(needs)) {
    const level = depthOf(id);
    levels[level] ??= [];
    levels[level].push(id);
  }
  return levels;
}

/** The nodes in the order in which to start them: those that the longest chain waits for first. */
function byHeight(needs: Graph<unknown>["needs"]): string[] {
  const height = new Map<string, number>();
  const levels = levelsOf(needs);
  for (const id of levels.toReversed().flat()) {
    const own = height.get(id) ?? 0;
    for (const need of needs[id] ?? []) height.set(need, Math.max(height.get(need) ?? 0, own + 1));
  }
  return Object.keys(needs).toSorted((a, b) => (height.get(b) ?? 0) - (height.get(a) ?? 0));
}

const entries = <T>(map: ReadonlyMap<string, T>, ids: readonly string[]): Record<string, T> =>
  Object.fromEntries(ids.flatMap((id) => (map.has(id) ? [[id, map.get(id) as T]] : [])));

/** Every node with all that it needs, directly or through others; the graph must be free of cycles. */
export function withIndirect(needs: Graph<unknown>["needs"]): Record<string, string[]> {
  const all = new Map<string, Set<string>>();
  const collect = (id: string): Set<string> => {
    const known = all.get(id);
    if (known) return known;
    const found = new Set((needs[id] ?? []).flatMap((need) => [...collect(need), need]));
    all.set(id, found);
    return found;
  };
  return Object.fromEntries(Object.keys(needs).map((id) => [id, [...collect(id)]]));
}

/** The same graph without unknown nodes, self-references and cycles, and each dependency that was given up for it. */
export function breakCycles(needs: Readonly<Record<string, readonly string[]>>): {
  needs: Record<string, string[]>;
  broken: { from: string; to: string }[];
} {
  const kept: Record<string, string[]> = Object.fromEntries(Object.keys(needs).map((id) => [id, []]));
  const broken: { from: string; to: string }[] = [];
  const state = new Map<string, "open" | "closed">();
  const visit = (id: string) => {
    state.set(id, "open");
    for (const need of new Set(needs[id])) {
      if (!Object.hasOwn(needs, need) || need === id) continue;
      if (state.get(need) === "open") {
        broken.push({ from: id, to: need });
        continue;
      }
      kept[id]?.push(need);
      if (!state.has(need)) visit(need);
    }
    state.set(id, "closed");
  };
  for (const id of Object.keys(needs)) if (!state.has(id)) visit(id);
  return { needs: kept, broken };
}
