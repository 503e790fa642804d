#!/usr/bin/env node
import { exitCodes } from "../src/errors.ts";
import { main } from "./main.ts";

// Who reads the output may leave, and a terminal may be closed; the work goes on and is kept. Output that cannot be
// written is another matter.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE" || (code === "EIO" && stream.isTTY)) return;
    if (stream === process.stdout) process.stderr.write(`metagpt: the output cannot be written: ${message}\n`);
    process.exit(exitCodes.disk);
  });
}

main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
  // Node itself cannot end properly once its terminal is gone; everything is kept, and the exit code is the same.
  if (exitCode === exitCodes.hangup && process.stderr.isTTY) process.kill(process.pid, "SIGHUP");
  // Once all is written, a socket that something left open does not keep the program.
  process.stdout.write("", () => process.stderr.write("", () => void setTimeout(() => process.exit(), 200).unref()));
});
