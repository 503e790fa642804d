import type { RunEvent } from "../src/events.ts";
import { type CallEnd, type Page, runningLine } from "./call-line.ts";

/** A terminal, or what behaves like one. */
export interface Terminal extends NodeJS.WritableStream {
  readonly columns?: number;
}

/** The lines at the foot of the screen that change: one per call under way. */
export interface Live {
  follow(event: RunEvent): void;
  stop(): void;
}

interface Running extends Pick<CallEnd, "role" | "action" | "subject" | "attempt" | "model"> {
  readonly since: number;
  tokens: number;
}

/**
 * Draws the calls under way with one spinner. What is written to the same stream meanwhile appears above it. While a
 * person is asked in this terminal nothing moves.
 */
export async function createLive(stream: Terminal, page: Page, now: () => number): Promise<Live> {
  const { default: ora } = await import("ora");
  const spinner = ora({ stream, color: false, discardStdin: false, isEnabled: true });
  const { frames } = spinner.spinner;
  const running = new Map<string, Running>();
  const asked = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  return { follow, stop };

  function follow(event: RunEvent) {
    if (!track(event)) return;
    if (running.size === 0 || asked.size > 0) return pause();
    draw();
    if (spinner.isSpinning) return;
    spinner.start();
    timer = setInterval(draw, spinner.interval);
    timer.unref();
  }

  function stop() {
    running.clear();
    pause();
  }

  function pause() {
    clearInterval(timer);
    spinner.stop();
  }

  /** Keeps the books; answers whether the event concerns a call under way. */
  function track(event: RunEvent): boolean {
    if (event.type === "call-start") {
      running.set(event.key, { ...event, since: now(), tokens: 0 });
    } else if (event.type === "call-end" || event.type === "call-failed") {
      asked.delete(event.key);
      return running.delete(event.key);
    } else if (event.type === "prompt-waiting" && event.file === "") {
      asked.add(event.key);
    } else if (event.type === "call-progress" || event.type === "retry") {
      const call = running.get(event.key);
      if (call) call.tokens = event.type === "retry" ? 0 : event.tokens;
      return false;
    } else {
      return false;
    }
    return true;
  }

  /** The spinner turns before its first line; the others get the same sign here. */
  function draw() {
    const frame = frames[Math.floor(now() / spinner.interval) % frames.length];
    // one column stays free: some terminals wrap a line that fills the last one
    const narrowed = { ...page, columns: page.columns - 1 };
    spinner.text = [...running.values()]
      .map((call) => runningLine(call, { seconds: (now() - call.since) / 1000, tokens: call.tokens }, narrowed))
      .join(`\n${frame} `);
  }
}
