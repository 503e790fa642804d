import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { ConfigError } from "../errors.ts";
import { Embedded, Ended, Piece, Served } from "./custom/replies.ts";
import { type Delta, type Finish, type Llm, type Provider, ProviderError, type Tools } from "./provider.ts";
import { secretsIn } from "./secrets.ts";
import { scrub } from "./wire/failure.ts";

const Module = z.looseObject({
  connect: z.custom<Provider<unknown>["connect"]>((value) => typeof value === "function"),
  config: z
    .custom<Provider<unknown>["config"]>((value) => Config.safeParse(value).success, "config must be a z.object of zod")
    .optional(),
});

const Config = z.looseObject({ safeParse: z.custom((value) => typeof value === "function"), shape: z.looseObject({}) });

/**
 * Loads a provider of the user's own: a TypeScript or JavaScript file that exports one, by default or as its only export
 * with a `connect`. It needs no package of ours: without a `config` it is given every setting, and whatever it throws
 * becomes a failure of the call. An `import "zod"` in it finds the one of this program.
 */
export async function loadProvider(file: string): Promise<Provider<unknown>> {
  const loaded = await load(file);
  const exports = Object.values(z.looseObject({}).catch({}).parse(loaded));
  const found = [loaded, ...exports].map((value) => Module.safeParse(value));
  const provider = found.find(({ success }) => success)?.data;
  if (!provider) {
    throw new ConfigError(`${path.basename(file)} exports no LLM`, {
      hint: "It has to export one object with a function connect(settings, tools), which gives an object with stream(request, { signal }).",
    });
  }
  return {
    config: provider.config ?? z.looseObject({}),
    open: provider.config === undefined,
    async connect(settings, tools) {
      try {
        const clock = tools.clock(new AbortController().signal);
        const llm = await Promise.race([provider.connect(settings, tools), endOf(clock.signal)]);
        clock.stop();
        const guards = { name: path.basename(file), secrets: secretsIn(settings), clock: tools.clock };
        return guarded(Connected.parse(llm), guards);
      } catch (cause) {
        const reason = scrub(reasonOf(cause), secretsIn(settings));
        throw new ConfigError(`the LLM in ${file} cannot be connected: ${reason}`);
      }
    },
  };
}

const Connected = z.custom<Llm>(
  (value) => z.looseObject({ stream: z.instanceof(Function) }).safeParse(value).success,
  "connect gives no object with a function stream",
);

async function load(file: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  const own = createRequire(import.meta.url);
  const jiti = createJiti(pathToFileURL(file).href, { alias: { zod: own.resolve("zod") }, fsCache: false });
  try {
    return await jiti.import(file);
  } catch (cause) {
    throw new ConfigError(`the LLM in ${file} cannot be loaded: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof z.ZodError) return cause.issues.map(({ message }) => message).join("; ");
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";
}

interface Guards {
  readonly name: string;
  readonly secrets: readonly string[];
  readonly clock: Tools["clock"];
}

/** What such a module throws is no bug of this program: it ends the call, in the words of the module, and so do the clocks. */
function guarded(llm: Llm, { name, secrets, clock: start }: Guards): Llm {
  const models = llm.models?.bind(llm);
  const embed = llm.embed?.bind(llm);
  const complete = llm.complete?.bind(llm);
  return {
    stream: (request, { signal }) => guardedAnswer((ended) => llm.stream(request, { signal: ended }), signal),
    ...(complete && {
      complete: (request, { signal }) => guardedAnswer((ended) => complete(request, { signal: ended }), signal),
    }),
    ...(embed && {
      async embed(texts, { signal, dimensions }) {
        const clock = start(signal);
        try {
          const answer = await Promise.race([embed(texts, { signal: clock.signal, dimensions }), endOf(clock.signal)]);
          return Embedded.safeParse(answer).data ?? misfit(answer, "no vectors");
        } catch (error) {
          throw failure(clock.signal.aborted ? clock.signal.reason : error, { name, signal, secrets });
        } finally {
          clock.stop();
        }
      },
    }),
    ...(models && {
      async models({ signal }) {
        try {
          return Served.safeParse(await models({ signal })).data ?? misfit("something else", "no list of models");
        } catch (error) {
          throw failure(error, { name, signal, secrets });
        }
      },
    }),
  };

  async function* guardedAnswer(
    open: (signal: AbortSignal) => AsyncGenerator<unknown, unknown, void>,
    signal: AbortSignal,
  ): AsyncGenerator<Delta, Finish, void> {
    const clock = start(signal);
    const ended = endOf(clock.signal);
    let answer: AsyncGenerator<unknown, unknown, void> | undefined;
    const first = clock.limit(clock.firstToken ?? clock.whole, "gave no answer");
    const silence = clock.limit(clock.idle, "sent nothing");
    silence.stop();
    try {
      answer = open(clock.signal);
      for (;;) {
        const step = await Promise.race([answer.next(), ended]);
        first.stop();
        silence.stop();
        if (step.done) return Ended.safeParse(step.value).data ?? misfit(step.value, "no end of an answer");
        yield Piece.safeParse(step.value).data ?? misfit(step.value, "no piece of an answer");
        silence.restart();
      }
    } catch (error) {
      throw failure(clock.signal.aborted ? clock.signal.reason : error, { name, signal, secrets });
    } finally {
      clock.stop();
      leave(answer);
    }
  }
}

/** Not awaited: a module that does not listen to the signal may never get there. */
async function leave(answer: AsyncGenerator<unknown, unknown, void> | undefined): Promise<void> {
  try {
    await answer?.return?.(undefined as never);
  } catch {
    // It was asked to stop, and that is all.
  }
}

/** Never comes, unless the call is ended first. */
function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function misfit(value: unknown, what: string): never {
  const message = `it gave ${JSON.stringify(value)?.slice(0, 100)}, which is ${what}`;
  throw new ProviderError(message, { kind: "protocol" });
}

const Failed = z.looseObject({
  kind: z.enum([
    "network",
    "timeout",
    "server",
    "rate",
    "truncated",
    "empty",
    "quota",
    "auth",
    "request",
    "overflow",
    "policy",
  ]),
});

function failure(
  error: unknown,
  { name, signal, secrets }: { name: string; signal: AbortSignal; secrets: readonly string[] },
): ProviderError {
  if (signal.aborted) return new ProviderError(`${name}: the call was ended`, { kind: "aborted" });
  const message = `${name}: ${scrub(error instanceof Error ? error.message : String(error), secrets)}`;
  if (error instanceof ProviderError) return new ProviderError(message, error);
  return new ProviderError(message, { kind: Failed.safeParse(error).data?.kind ?? "server", cause: error });
}
