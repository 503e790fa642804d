import { readFileSync } from "node:fs";
import { type Free, freeSpace, writtenSince } from "./disk.ts";
import type { Process } from "./processes.ts";
import type { Command } from "./sandbox.ts";

const megabyte = 1024 ** 2;

/** How many processes a run may have at once, everywhere. */
export const processLimit = 256;

/** How many files a run may create or change. */
const fileLimit = 200_000;

/** So much stays free, of memory and of each disk, if it is the run that uses it up. */
const reserve = 256 * megabyte;

interface Watched {
  readonly command: Command;
  /** Where it can write. */
  readonly folders: readonly string[];
  readonly processes: () => Process[];
  /** Called once, with what it used too much of. */
  readonly stop: (reason: string) => void;
}

/**
 * Keeps an eye on what limits of the system do not hold: how many processes there are, the memory of all of them, and
 * what all files take. Looks several times a second.
 */
export function watch(watched: Watched): { end(): void } {
  const checks = [processCheck(watched), diskCheck(watched)];
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const before = performance.now();
    for (const check of checks) {
      const reason = await check().catch(() => undefined);
      if (ended) return;
      if (reason) {
        ended = true;
        return watched.stop(reason);
      }
    }
    timer = setTimeout(look, Math.min(500, Math.max(100, 3 * (performance.now() - before))));
  };
  timer = setTimeout(look, 50);
  return {
    end() {
      ended = true;
      clearTimeout(timer);
    },
  };
}

type Check = () => Promise<string | undefined>;

function processCheck({ command: { memory = 1024 }, processes }: Watched): Check {
  const availableAtFirst = availableMemory();
  return async () => {
    const all = processes();
    if (all.length > processLimit) return `more than ${processLimit} processes ran at once`;
    const used = all.reduce((sum, process) => sum + process.memory, 0);
    if (memory > 0 && used > 4 * memory * megabyte) return `its processes used more than ${4 * memory} MB of memory`;
    const available = availableMemory();
    if (available < reserve && availableAtFirst - available > reserve) return "the machine ran out of memory";
    return undefined;
  };
}

/** Looks at the files only when free space went down, because counting them takes long. */
function diskCheck({ command: { disk = 1024 }, folders, processes }: Watched): Check {
  const since = Date.now() - 2000;
  const bounds = { bytes: disk * megabyte, files: fileLimit };
  const before = new Map<string, Free>();
  let ticks = 0;
  return async () => {
    if (ticks++ % 3 !== 0) return undefined;
    for (const folder of folders) {
      const now = await freeSpace(folder);
      const first = before.get(folder) ?? now;
      before.set(folder, first);
      const lost = first.bytes - now.bytes;
      if (now.bytes < reserve && lost > reserve) return "the disk was nearly full";
      if (lost <= bounds.bytes && first.files - now.files <= bounds.files) continue;
      const written = await writtenSince(since, bounds, { folders, pids: processes().map(({ pid }) => pid) });
      if (written.bytes > bounds.bytes) return `it wrote more than ${disk} MB`;
      if (written.files > bounds.files) return `it wrote more than ${fileLimit} files`;
      before.set(folder, now);
    }
    return undefined;
  };
}

/** Bytes that new programs could get; endless where that cannot be told. */
function availableMemory(): number {
  try {
    const kilobytes = /MemAvailable:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "latin1"))?.[1];
    return kilobytes ? Number(kilobytes) * 1024 : Infinity;
  } catch {
    return Infinity;
  }
}
