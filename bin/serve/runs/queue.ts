import { Refusal } from "../../../src/gateway/refusal.ts";

/** Work that has a name; it says itself what goes wrong with it, and fails never. */
export interface Job {
  readonly id: string;
  work(): Promise<void>;
}

/** Jobs of which some are under way, and others wait for their turn. */
export interface Queue<J extends Job> {
  /** The job of this name, and where it stands; undefined once it has ended. */
  find(id: string): { readonly job: J; readonly place: "queued" | "running" } | undefined;
  /** Those under way. */
  running(): readonly J[];
  /** Takes in a job that is prepared once there is room for it. Throws a Refusal where there is none. */
  enter(prepare: () => Promise<J>): Promise<J>;
  /** Takes in a job however many there are. */
  add(job: J): void;
  /** Takes out a job; false where it does not wait. */
  drop(id: string): boolean;
  /** Resolves when the job has ended that is under way under this name. */
  ended(id: string): Promise<void>;
  /** Begins no more jobs; gives those that waited. */
  close(): readonly J[];
  /** Resolves when no job is under way. */
  idle(): Promise<void>;
}

/** Seconds after which to try again where the queue is full. */
const later = 60;

/** Opens a queue in which some jobs may wait while others are under way. */
export function openQueue<J extends Job>(limits: { readonly waiting: number; readonly atOnce: number }): Queue<J> {
  const running = new Map<string, { readonly job: J; readonly done: Promise<void> }>();
  let waiting: J[] = [];
  let entering = 0;
  let closed = false;

  const begin = () => {
    while (!closed && running.size < limits.atOnce) {
      const job = waiting.shift();
      if (!job) return;
      const done = job.work().finally(() => {
        running.delete(job.id);
        begin();
      });
      running.set(job.id, { job, done });
    }
  };
  const add = (job: J) => {
    waiting.push(job);
    begin();
  };
  return {
    find(id) {
      const under = running.get(id);
      if (under) return { job: under.job, place: "running" };
      const job = waiting.find((one) => one.id === id);
      return job && { job, place: "queued" };
    },
    running: () => [...running.values()].map(({ job }) => job),
    async enter(prepare) {
      if (closed) throw new Refusal("busy", "the server is stopping", { code: "stopping" });
      if (running.size + waiting.length + entering >= limits.atOnce + limits.waiting) {
        throw new Refusal("rate", "too many runs wait already", { code: "queue_full", retryAfter: later });
      }
      entering += 1;
      const job = await prepare().finally(() => {
        entering -= 1;
      });
      if (!closed) add(job);
      return job;
    },
    add,
    drop(id) {
      const before = waiting.length;
      waiting = waiting.filter((job) => job.id !== id);
      return waiting.length < before;
    },
    async ended(id) {
      await running.get(id)?.done;
    },
    close() {
      closed = true;
      const left = waiting;
      waiting = [];
      return left;
    },
    async idle() {
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}
