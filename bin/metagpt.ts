#!/usr/bin/env node
import { main } from "./main.ts";

// Who reads the output may leave; the work goes on and is kept.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
