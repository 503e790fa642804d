import type { RunEvent } from "../src/events.ts";
import type { CallEnd, Page } from "./call-line.ts";
import { linesOf } from "./lines.ts";
import { createLive, type Terminal } from "./live.ts";
import { createPaint } from "./paint.ts";
import { summary, verdict } from "./summary.ts";

/** Shows a run to a person, or to a program, while it happens. */
export interface Screen {
  handle(event: RunEvent): void;
  /** Takes down what moves; to be called however the run ends. */
  close(): void;
}

interface ScreenOptions {
  /** For progress and the summary. */
  readonly stderr: Terminal;
  /** For the result alone: the events with `json`, else the repository's path. */
  readonly stdout?: { write(text: string): unknown };
  /** `live` draws the calls under way; `quiet` shows errors and a bad end only. */
  readonly mode: "live" | "plain" | "quiet" | "json";
  readonly verbose: boolean;
  readonly color: boolean;
  /** Of a live terminal only until it knows its own. */
  readonly columns: number;
  /** Milliseconds; for the seconds so far. */
  readonly now?: () => number;
}

/** The screen in one of its modes. It loads what it needs for that mode only. */
export async function createScreen(options: ScreenOptions): Promise<Screen> {
  const { stderr, stdout = process.stdout, mode, verbose, color, columns, now = () => performance.now() } = options;
  if (mode === "json") return jsonScreen(stdout);

  const page: Page = {
    paint: await createPaint(color),
    get columns() {
      return (mode === "live" && stderr.columns) || columns;
    },
    verbose,
  };
  const live = mode === "live" ? await createLive(stderr, page, now) : undefined;
  const bases = new Map<string, CallEnd["cost"]["basis"]>();
  const print = (lines: readonly string[]) => {
    if (lines.length > 0) stderr.write(`${lines.join("\n")}\n`);
  };

  return {
    handle(event) {
      live?.follow(event);
      if (event.type === "call-end") bases.set(event.model, event.cost.basis);
      if (event.type === "diff") stdout.write(event.text);
      if (event.type === "run-end") {
        live?.stop();
        print(mode === "quiet" ? quietEnd(event) : ["", summary(event, { ...page, bases })]);
        if (event.project) stdout.write(`${event.project}\n`);
        if (event.resume !== undefined) print(["", "It goes on with", event.resume]);
      } else if (mode !== "quiet" || event.type === "call-failed" || event.type === "unusable") {
        print(linesOf(event, page));
      }
    },
    close: () => live?.stop(),
  };

  function quietEnd(event: Extract<RunEvent, { type: "run-end" }>): string[] {
    return event.outcome === "done" ? [] : verdict(event, page);
  }
}

/** Every event as one line of JSON, and nothing else. */
function jsonScreen(stdout: { write(text: string): unknown }): Screen {
  return {
    handle: (event) => void stdout.write(`${JSON.stringify(event)}\n`),
    close: () => {},
  };
}
