import type { ServerResponse } from "node:http";

/** The answers of a server that are not with their callers yet. */
export interface OpenAnswers {
  add(answer: ServerResponse): void;
  /** Resolves when there are none, or the signal ends the waiting. */
  none(signal: AbortSignal): Promise<void>;
}

/** Keeps count of answers until each is sent or its caller has gone. */
export function openAnswers(): OpenAnswers {
  const open = new Set<ServerResponse>();
  let emptied = () => {};
  return {
    add(answer) {
      open.add(answer);
      answer.once("close", () => {
        open.delete(answer);
        if (open.size === 0) emptied();
      });
    },
    none: (signal) =>
      new Promise((resolve) => {
        if (open.size === 0 || signal.aborted) return resolve();
        emptied = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
}
