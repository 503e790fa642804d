import { ProbeRequest } from "../src/project/probe/answers.ts";
import { probe } from "../src/project/probe/probe.ts";

/** Reads the request from the only argument and writes the answer as one line; a program of its own, for the sandbox. */
async function main(argument: string): Promise<void> {
  const answer = await probe(ProbeRequest.parse(JSON.parse(argument)));
  process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
}

main(process.argv[2] ?? "").catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`, () => process.exit(1));
});
