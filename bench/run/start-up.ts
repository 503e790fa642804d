import { spawnSync } from "node:child_process";
import { atMost, type Figure, median } from "./figures.ts";
import { program } from "./program.ts";

const commands = { bare: ["-e", "0"], version: [program, "--version"], help: [program, "--help"] };
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
const runs = 21;

/** Compares the start of the program with that of bare Node, in turns. */
export function startUp(): Figure[] {
  const times = { bare: [] as number[], version: [] as number[], help: [] as number[] };
  for (let run = -2; run < runs; run++) {
    for (const name of ["bare", "version", "help"] as const) {
      const time = secondsOf(commands[name]);
      if (run >= 0) times[name].push(time);
    }
  }
  const bare = median(times.bare);
  const figure = (what: string, seconds: number, limit: number): Figure => {
    const ratio = seconds / bare;
    return { what, seconds, compared: `${ratio.toFixed(2)} of bare Node`, target: atMost(limit, "times", ratio) };
  };
  return [
    { what: "`node -e 0`", seconds: bare },
    figure("`metagpt --version`", median(times.version), 1.5),
    figure("`metagpt --help`", median(times.help), 1.8),
  ];
}

function secondsOf(args: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, args, { env, stdio: "ignore" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: run npm run build first`);
  return (performance.now() - start) / 1000;
}
