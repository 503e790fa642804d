import type { z } from "zod";
import type { ProbeAnswer, ProbeRequest } from "./answers.ts";
import { addressOf, probePage } from "./page.ts";
import { probeProgram } from "./program.ts";
import { probeServer } from "./server.ts";

/** Asks a program of the product whether it works. Runs inside the sandbox, in the folder of the product. */
export async function probe(request: z.output<typeof ProbeRequest>): Promise<ProbeAnswer> {
  switch (request.does) {
    case "page":
      return probePage({ url: addressOf(request.file), chromium: request.chromium });
    case "server":
      return probeServer(request);
    case "program":
      return probeProgram(request);
  }
}
