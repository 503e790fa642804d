import { readdirSync, readFileSync } from "node:fs";

/** A process as /proc tells of it. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Bytes of memory in use. */
  readonly memory: number;
  /** Ended, and not yet fetched by its parent. */
  readonly dead: boolean;
}

interface Entry extends Process {
  readonly group: number;
  /** Tells a process from a later one with the same number. */
  readonly started: string;
}

/**
 * Finds what one run has started, again and again: the descendants of its first process, its process group, and whoever
 * left both but still carries the mark in its environment. Only a process that does all that without the mark is missed.
 * Gives nothing where there is no /proc.
 */
export function followProcesses(root: number, mark: string): () => Process[] {
  const members = new Map<number, string>();
  const strangers = new Map<number, string>();

  return () => {
    const entries = processEntries();
    const children = byParent(entries);
    const found = new Map<number, Entry>();
    const add = (entry: Entry) => {
      const waiting = [entry];
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        if (found.has(next.pid)) continue;
        found.set(next.pid, next);
        waiting.push(...(children.get(next.pid) ?? []));
      }
    };
    for (const entry of entries) {
      if (entry.pid === root || entry.group === root || members.get(entry.pid) === entry.started) add(entry);
    }
    for (const entry of entries) {
      const known = found.has(entry.pid) || strangers.get(entry.pid) === entry.started;
      if (!known && read(`/proc/${entry.pid}/environ`).includes(mark)) add(entry);
    }
    members.clear();
    strangers.clear();
    for (const { pid, started } of entries) (found.has(pid) ? members : strangers).set(pid, started);
    return [...found.values()];
  };
}

function byParent(entries: readonly Entry[]): Map<number, Entry[]> {
  const children = new Map<number, Entry[]>();
  for (const entry of entries) {
    const siblings = children.get(entry.parent);
    if (siblings) siblings.push(entry);
    else children.set(entry.parent, [entry]);
  }
  return children;
}

function processEntries(): Entry[] {
  return folderEntries("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = read(`/proc/${name}/stat`);
      // the name of the program stands in parentheses and may hold anything
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const [state = "", parent, group] = fields;
      if (state === "") return [];
      return [
        {
          pid: Number(name),
          parent: Number(parent),
          group: Number(group),
          started: fields[19] ?? "",
          memory: Number(fields[21]) * pageSize(),
          dead: state === "Z" || state === "X",
        },
      ];
    });
}

let knownPageSize: number | undefined;

function pageSize(): number {
  knownPageSize ??= Number(/KernelPageSize:\s+(\d+) kB/.exec(read("/proc/self/smaps"))?.[1] ?? 4) * 1024;
  return knownPageSize;
}

function folderEntries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The text of a file of /proc; empty if the process is gone or not ours to read. */
function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
