import { spawnSync } from "node:child_process";

/** Compares the start of the program with that of bare Node, in turns, and fails when it takes more than the limit. */
const limit = 1.8;
const runs = 21;

const program = new URL("../dist/metagpt.cjs", import.meta.url).pathname;
const commands = { bare: ["-e", "0"], "--version": [program, "--version"], "--help": [program, "--help"] };
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

function milliseconds(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, args, { env, stdio: "ignore" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: run npm run build first`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

const times = new Map<string, number[]>(Object.keys(commands).map((name) => [name, []]));
for (let run = -2; run < runs; run++) {
  for (const [name, args] of Object.entries(commands)) {
    const time = milliseconds(args);
    if (run >= 0) times.get(name)?.push(time);
  }
}

const median = (name: string) => times.get(name)?.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
console.log(`median of ${runs} runs, Node ${process.version}, limit ${limit}`);
for (const name of Object.keys(commands)) {
  console.log(
    `${name.padEnd(10)} ${median(name).toFixed(0).padStart(4)} ms  ${(median(name) / median("bare")).toFixed(2)}x`,
  );
}
if (Object.keys(commands).some((name) => median(name) > limit * median("bare"))) process.exitCode = 1;
