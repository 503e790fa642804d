#!/usr/bin/env node
import { exitCodes } from "../src/errors.ts";
import { main } from "./main.ts";

// Who reads the output may leave; the work goes on and is kept. Output that cannot be written is another matter.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return;
    if (stream === process.stdout) process.stderr.write(`metagpt: the output cannot be written: ${message}\n`);
    process.exit(exitCodes.disk);
  });
}

main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
  // Once all is written, a socket that something left open does not keep the program.
  process.stdout.write("", () => process.stderr.write("", () => void setTimeout(() => process.exit(), 200).unref()));
});
