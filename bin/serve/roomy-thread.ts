import { isatty, ReadStream, WriteStream } from "node:tty";
import { isMainThread, parentPort, SHARE_ENV, Worker } from "node:worker_threads";
import { type EndingSignal, endingSignals, exitCodeOf } from "../interrupt.ts";

/** MB for what is made and soon forgotten: what all answers under way need at once shall find room in a third of it. */
const room = 192;

/**
 * Does the work of this command in a thread whose young objects have more room than Node gives them; gives its exit code.
 * Where hundreds ask at once, what an answer needs would else count as old before it is done, and to clear it away would
 * take a third of the processor time. V8 takes the size when a process or a thread begins, and never later.
 */
export function inRoomyThread(work: () => Promise<number>): Promise<number> {
  const [, program = ""] = process.argv;
  // what is run from its sources has no file that a thread could begin with
  if (isMainThread && !program.endsWith(".ts")) return again(program);
  if (!isMainThread) takePlaceOfProcess();
  return work();
}

/** The same command once more, in a thread. */
async function again(program: string): Promise<number> {
  const thread = new Worker(program, {
    argv: process.argv.slice(2),
    env: SHARE_ENV,
    resourceLimits: { maxYoungGenerationSizeMb: room },
  });
  const pass = (name: EndingSignal) => thread.postMessage(name);
  for (const name of endingSignals) process.on(name, pass);
  try {
    return await new Promise<number>((resolve, reject) => {
      thread.on("error", reject);
      thread.on("exit", resolve);
    });
  } finally {
    for (const name of endingSignals) process.off(name, pass);
  }
}

/** Signals and the terminal, which a thread is not given, for those who look for them at the process. */
function takePlaceOfProcess(): void {
  parentPort?.on("message", (name: EndingSignal) => {
    if (!process.emit(name, name)) process.exit(exitCodeOf(name));
  });
  // to hear of signals is no reason to go on
  parentPort?.unref();
  let keys: ReadStream | undefined;
  const stdin = () => {
    keys ??= new ReadStream(0);
    return keys;
  };
  if (isatty(0)) Object.defineProperty(process, "stdin", { get: stdin });
  if (isatty(2)) Object.assign(process.stderr, { isTTY: true, columns: new WriteStream(2).columns });
}
