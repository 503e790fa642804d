import { isIP } from "node:net";
import { resolve } from "node:path";
import pino from "pino";
import { type Catalog, catalogOf } from "../../config/catalog.ts";
import type { Settings } from "../../config/load.ts";
import type { ServeOptions } from "../../config/serve-options.ts";
import { ConfigError, errorCode, exitCodes, UsageError } from "../../src/errors.ts";
import { type Log, openGateway } from "../../src/gateway/gateway.ts";
import type { Flags } from "../flags.ts";
import { onInterrupt } from "../interrupt.ts";
import { company, questionOf, readSettings } from "../plan.ts";
import { version } from "../version.ts";
import { banner } from "./banner.ts";
import { deployBy } from "./deploy.ts";
import { anyAction, modelsOf } from "./models.ts";

/** Milliseconds that answers under way get when the server is to end. */
const grace = 30_000;

/** Serves every model until a signal comes, then lets answers under way end; gives the exit code. */
export async function serveModels(flags: Flags): Promise<number> {
  const settings = await readSettings(flags);
  const { serve: options, auth } = settings;
  const loopback = isLoopback(options.host);
  if (!loopback && auth.length === 0) throw openToAll(options);
  const whole = questionOf(settings, flags, "", company, { showProblems: true });
  const roster = whole.roster.map(({ role, actions }) => ({ role, actions: [anyAction, ...actions] }));
  const question = { ...whole, roster };
  const catalog = await catalogOf(question);
  for (const warning of catalog.warnings) process.stderr.write(`! ${warning}\n`);

  const log = openLog();
  const gateway = await openGateway({
    models: modelsOf(catalog),
    deploy: deployBy(question),
    callers: auth.map(({ key_hash: keyHash, ...caller }) => ({ ...caller, keyHash })),
    investment: options.budget ?? Number.POSITIVE_INFINITY,
    cache: options.cache,
    maxBody: options.max_body * 1_000_000,
    maxCalls: options.max_calls,
    log,
    logPrompts: options.log_prompts,
    stateFile: flags.state,
    version: version(),
    loopback: loopback && auth.length === 0,
    runs: options.runs ? await runsOf(settings, catalog, { flags, log }) : undefined,
  });
  const address = await gateway.listen(options).catch((error: unknown) => {
    throw cannotListen(error, options);
  });
  // a second signal ends the program wherever it is
  process.once("exit", gateway.keepAtOnce);
  const seconds = process.uptime();
  process.stdout.write(banner({ address, models: gateway.models, locked: auth.length > 0, seconds }));
  return untilStopped(gateway.close);
}

/** A log on the error output, whose lines are written a few at a time: five times a second, and at the exit. */
function openLog(): Log {
  const output = pino.destination({ dest: 2, sync: false, minLength: 4096 });
  setInterval(() => output.flush(), 200).unref();
  // pino would do so in the main thread only
  process.once("exit", () => output.flushSync());
  return pino({ base: null, timestamp: isoTime() }, output);
}

/** The time in the manner of ISO 8601, whose seconds are written once for all lines that fall into them. */
function isoTime(): () => string {
  let second = Number.NaN;
  let begin = "";
  return () => {
    const now = Date.now();
    const ms = now % 1000;
    if (now - ms !== second) {
      second = now - ms;
      begin = `,"time":"${new Date(second).toISOString().slice(0, -"000Z".length)}`;
    }
    return `${begin}${String(ms).padStart(3, "0")}Z"`;
  };
}

/** What starts runs is loaded only where callers may. */
async function runsOf({ options, serve }: Settings, { llms }: Catalog, { flags, log }: { flags: Flags; log: Log }) {
  const { openRuns } = await import("./runs/runs.ts");
  const { config, llm } = flags;
  return openRuns({
    flags: { ...(config !== undefined && { config }), ...(llm !== undefined && { llm }) },
    workspace: resolve(options.workspace),
    llms: llms.map(({ deployment }) => deployment.name),
    ...{ serve, log },
  });
}

/** Waits for a signal. The first one lets answers under way end, the second does not. */
async function untilStopped(close: (abort: AbortSignal) => Promise<void>): Promise<number> {
  const say = (message: string) => void process.stderr.write(`${message}\n`);
  const interrupt = onInterrupt(say, { grace });
  await new Promise<void>((resolve) => interrupt.stop.addEventListener("abort", () => resolve(), { once: true }));
  await close(interrupt.abort);
  interrupt.release();
  return exitCodes.done;
}

const isLoopback = (host: string) =>
  host === "localhost" || (isIP(host) === 4 && host.startsWith("127.")) || host === "::1";

function openToAll({ host }: ServeOptions): ConfigError {
  return new ConfigError(
    `${host} can be reached from elsewhere, and there is no auth: whoever finds it could spend your money`,
    {
      hint: "Make a key with metagpt serve --new-key NAME and put its hash under auth: in config2.yaml, or listen at 127.0.0.1.",
    },
  );
}

function cannotListen(error: unknown, { host, port }: ServeOptions): unknown {
  const reasons: Record<string, string> = {
    EADDRINUSE: "somebody else listens there",
    EACCES: "that is not allowed here",
    EADDRNOTAVAIL: "this machine has no such address",
    ENOTFOUND: "there is no such host",
  };
  const reason = reasons[errorCode(error) ?? ""];
  if (reason === undefined) return error;
  return new UsageError(`cannot listen at ${host}:${port}: ${reason}`, {
    hint: "Choose another place with --host and --port; --port 0 takes any free one.",
    cause: error,
  });
}
