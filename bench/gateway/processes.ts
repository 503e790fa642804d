import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { program } from "../run/program.ts";

/** A server in a process of its own. */
export interface Server {
  readonly url: string;
  /** Memory it has now, in MB; NaN where there is no /proc to tell. */
  memory(): number;
  close(): void;
}

const jiti = join(createRequire(import.meta.url).resolve("jiti/package.json"), "../lib/jiti-cli.mjs");
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The model's server. */
export const startUpstream = () => started([jiti, script("upstream.ts")], {});

/** How Node may be started where many ask at once: its young objects get as much room as those of the gateway. */
export const roomyYouth = "--max-semi-space-size=64";

/** The bare proxy in front of it. */
export const startProxy = (upstream: string, { nodeOptions = "" } = {}) =>
  started([jiti, script("proxy.ts"), upstream], { env: { ...process.env, NODE_OPTIONS: nodeOptions } });

/** A proxy in front of it that reads. */
export const startReader = (upstream: string) => started([jiti, script("reader.ts"), upstream], {});

/** The gateway in front of it, as users start it, with one model called `bench`. */
export async function startGateway(upstream: string): Promise<Server> {
  const cwd = mkdtempSync(join(tmpdir(), "metagpt-bench-"));
  mkdirSync(join(cwd, "config"));
  const bench = { api_type: "open_llm", base_url: `${upstream}/v1`, model: "bench", price: { input: 0, output: 0 } };
  const config = { models: { bench }, serve: { port: 0, max_calls: 10_000 } };
  writeFileSync(join(cwd, "config", "config2.yaml"), JSON.stringify(config));
  const server = await started([program, "serve"], { cwd, env: { PATH: process.env.PATH, HOME: cwd } });
  return {
    ...server,
    close() {
      server.close();
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

/** Starts a process that prints its address. */
async function started(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv }): Promise<Server> {
  const child = spawn(process.execPath, args, { ...options, stdio: ["ignore", "pipe", "ignore"] });
  const url = await addressOf(child);
  return { url, memory: () => memoryOf(child.pid), close: () => void child.kill("SIGKILL") };
}

function addressOf(child: ChildProcess): Promise<string> {
  let said = "";
  return new Promise((resolve, reject) => {
    child.on("exit", (code) => reject(new Error(`a server of the bench ended with ${code}:\n${said}`)));
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (url) resolve(url);
    });
  });
}

function memoryOf(pid: number | undefined): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
