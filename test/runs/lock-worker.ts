import { link } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { BusyError, lockRun } from "../../src/runs/lock.ts";

/**
 * Takes and gives back the lock of a folder again and again, and is killed at some time. While it has the lock it also
 * holds a port, which the system gives to one process at a time and takes from a dead one: a second holder shows there.
 */
const [folder = "", port = "", life = "", links = ""] = process.argv.slice(2);

const refused: typeof link = () =>
  Promise.reject(Object.assign(new Error("operation not permitted"), { code: "EPERM" }));

setTimeout(() => process.kill(process.pid, "SIGKILL"), Number(life));
for (;;) {
  try {
    const lock = await lockRun(folder, { linking: links === "no" ? refused : link });
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.on("error", (error) => process.stdout.write(`broken ${error.message}\n`, () => process.exit(1)));
      server.listen({ port: Number(port), host: "127.0.0.1" }, resolve);
    });
    process.stdout.write(`held ${process.pid}\n`);
    // now and then it dies while it holds
    if (Math.random() < 0.05) process.kill(process.pid, "SIGKILL");
    await sleep(Math.random() * 3);
    await new Promise((resolve) => server.close(resolve));
    await lock.release();
  } catch (error) {
    if (!(error instanceof BusyError)) throw error;
    process.stdout.write(`busy ${error.holder.pid}\n`);
  }
  await sleep(Math.random() * 4);
}
