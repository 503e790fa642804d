import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { closedLoop, type Load, openLoop } from "./gateway/load.ts";
import { roomyYouth, type Server, startGateway, startProxy, startReader, startUpstream } from "./gateway/processes.ts";
import { noteDown, table } from "./page.ts";

/**
 * Measures what the built gateway adds to an answer that takes its model 50 ms, beside a bare proxy of the same framework
 * and one that reads what it passes on: latency at fixed rates, the most answers a second, and memory over many requests.
 * The load comes from this process; all servers are processes of their own on the same machine. `--write` puts the tables
 * into docs/performance.md.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    requests: { type: "string", default: "100000" },
    write: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const requests = Number(values.requests);

/** In which everything is measured: what else the machine does meanwhile changes. */
const rounds = 3;
/** Callers whose rate is aimed at. */
const usual = 200;

const own = "metagpt serve";
const directly = "asked directly";
const proxy = "bare proxy";
const [before = 0] = loadavg();
const upstream = await startUpstream();
const servers: readonly Named[] = [
  { name: directly, server: upstream },
  { name: proxy, server: await startProxy(upstream.url) },
  { name: "proxy that reads", server: await startReader(upstream.url) },
  { name: own, server: await startGateway(upstream.url) },
];
const missed: string[] = [];
const report = [await latencies(), await highest(), await memory()].join("\n\n");
for (const { server } of servers) server.close();

const [{ model = "" } = {}] = cpus();
const machine = `Node ${process.version}, ${cpus().length} cores of ${model.trim()}, load ${before.toFixed(1)} before.`;
const page = `${report}\n\n${machine}`;
console.log(page);
if (values.write) await noteDown("gateway", page);
for (const one of missed) console.error(`missed: ${one}`);
if (missed.length > 0) process.exitCode = 1;

interface Named {
  readonly name: string;
  readonly server: Server;
}

/** What came of asking each of them in every round, of which the better one is kept. */
async function inTurns(
  asked: readonly Named[],
  ask: (server: Server) => Promise<Load>,
  isBetter: (one: Load, other: Load) => boolean,
): Promise<ReadonlyMap<string, Load>> {
  const kept = new Map<string, Load>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, server } of asked) {
      const took = await ask(server);
      const before = kept.get(name);
      if (!before || isBetter(took, before)) kept.set(name, took);
    }
  }
  return kept;
}

/** At rates that all of them can keep up with: the quietest of some rounds, in which all take their turns. */
async function latencies(): Promise<string> {
  const rows: string[][] = [];
  for (const stream of [false, true]) {
    for (const rate of [20, 100, 300]) {
      const ask = async ({ url }: Server) => {
        await closedLoop({ url, stream }, { connections: 10, amount: 300 });
        return openLoop({ url, stream }, { rate, duration: seconds });
      };
      const quietest = await inTurns(servers, ask, (one, other) => one.median < other.median);
      const direct = quietest.get(directly);
      for (const [name, took] of quietest) {
        const added = took.median - (direct?.median ?? Number.NaN);
        const what = `${rate} requests a second${stream ? ", streaming" : ""}`;
        if (name === own && rate === 100 && added > 3) missed.push(`${what}: ${added.toFixed(1)} ms added, at most 3`);
        rows.push([
          ...[what, name, ms(took.median), ms(took.p95)],
          ...(took === direct ? ["", ""] : [ms(added), ms(took.p95 - (direct?.p95 ?? Number.NaN))]),
          took.failed === 0 ? "" : `${took.failed} failed`,
        ]);
      }
    }
  }
  return table(["", "", "median", "P95", "added", "added to P95", ""], rows);
}

/**
 * With callers who ask again as soon as they have an answer: the best of some rounds, in which all take their turns. From a
 * model that takes 50 ms, 200 callers can have 4,000 answers a second; 800 show what one processor can do at most.
 */
async function highest(): Promise<string> {
  const roomy = {
    name: `${proxy}, ${roomyYouth}`,
    server: await startProxy(upstream.url, { nodeOptions: roomyYouth }),
  };
  const asked = [...servers.slice(1), roomy];
  const rows: string[][] = [];
  for (const connections of [usual, 800]) {
    for (const stream of [false, true]) {
      const what = `${connections} callers, ${stream ? "streaming" : "whole answers"}`;
      const ask = ({ url }: Server) => closedLoop({ url, stream }, { connections, duration: seconds });
      const best = await inTurns(asked, ask, (one, other) => one.rate > other.rate);
      const bare = Math.max(...[...best].flatMap(([name, { rate }]) => (name.startsWith(proxy) ? [rate] : [])));
      for (const { name, server } of asked) {
        const { rate = 0, p95 = 0, failed = 0 } = best.get(name) ?? {};
        const times = bare / rate;
        const memory = `${server.memory().toFixed(0)} MB`;
        rows.push([what, name, rate.toFixed(0), times.toFixed(2), ms(p95), memory, String(failed)]);
        if (name === own && connections === usual && times > 1.3)
          missed.push(`${what}: a bare proxy is ${times.toFixed(2)} times as fast, at most 1.3`);
      }
    }
  }
  roomy.server.close();
  return table(["", "", "answers a second", "bare proxy: times", "P95", "memory", "failed"], rows);
}

/** In ten parts, so that growth would show. */
async function memory(): Promise<string> {
  const { server } = servers.at(-1) as (typeof servers)[number];
  const sizes: number[] = [];
  for (let part = 0; part < 10; part++) {
    await closedLoop({ url: server.url, stream: part % 2 === 1 }, { connections: 100, amount: requests / 10 });
    sizes.push(server.memory());
  }
  // what is garbage is cleared away at moments of its own: the least of a few says what is kept
  const growth = Math.min(...sizes.slice(-3)) / Math.min(...sizes.slice(1, 4));
  if (growth > 1.1) missed.push(`memory grew ${growth.toFixed(2)} times over the last nine tenths`);
  return table(
    [
      "MB of memory after so many requests",
      ...sizes.map((_, part) => ((part + 1) * (requests / 10)).toLocaleString("en")),
    ],
    [[own, ...sizes.map((size) => size.toFixed(0))]],
  );
}

function ms(time: number): string {
  return `${time.toFixed(1)} ms`;
}
