import { z } from "zod";
import { endingOf } from "../either-signal.ts";
import { CompanyError, ConfigError } from "../errors.ts";
import { repair, strictSchema } from "../repair/index.ts";
import { placeFor } from "../writable.ts";
import { retrying } from "./call/retry.ts";
import { nearNames } from "./checkup/near-names.ts";
import { otherAddresses } from "./checkup/other-addresses.ts";
import type { Deployment } from "./deployment.ts";
import { connectDeployment } from "./index.ts";
import { isRemote } from "./llama/model.ts";
import { type Llm, type LlmRequest, ProviderError, type ServedModel } from "./provider.ts";
import type { Structure } from "./structure.ts";
import { unknownModel } from "./wire/failure.ts";

/** What asking an LLM showed. What is absent could not be found out. */
export interface Checkup {
  /** What is wrong with it, if anything. */
  readonly trouble?: Trouble;
  /** Why it was not asked, where that is as it should be. */
  readonly unasked?: string;
  /** The models that its server offers to this key. */
  readonly offered?: readonly string[];
  /** The model itself is among them. */
  readonly listed?: boolean;
  /** Those of them that were probably meant, where it is not. */
  readonly near: readonly string[];
  /** Tokens of prompt and answer together, as the server says. */
  readonly context?: number;
  /** Another address at which a server does answer. */
  readonly instead?: string;
  /** Milliseconds until the first token and until the end of a short answer. */
  readonly answer?: { readonly firstToken: number; readonly whole: number };
  /** What holds the model to a shape, and whether the answer kept to it; undefined where the answer was cut. */
  readonly structure?: { readonly mechanism: Structure; readonly kept: boolean | undefined };
}

/** The first thing that went wrong, and with what. */
export interface Trouble {
  readonly where: "settings" | "connection" | "key" | "model" | "answer" | "structure";
  /** `settings` where it cannot even be connected as it is configured. */
  readonly kind: ProviderError["kind"] | "settings";
  readonly status?: number;
  readonly message: string;
  readonly hint?: string;
}

interface Options {
  readonly signal: AbortSignal;
  readonly connect?: (deployment: Deployment) => Promise<Llm>;
  /** Milliseconds that one short answer may take; a local model may have to be loaded first. */
  readonly patience?: number;
}

/**
 * Examines one LLM with real calls, for a few dozen tokens: its server's list of models, a one-word answer, and an
 * answer in a tiny shape. A server without a list is as good as any other. Failures are part of what is returned.
 */
export async function checkup(deployment: Deployment, options: Options): Promise<Checkup> {
  const unconnected = await withoutConnecting(deployment);
  if (unconnected) return unconnected;
  const { signal, connect = connectQuietly, patience = 180_000 } = options;
  let seen: Checkup = { near: [] };
  try {
    const llm = await connect(deployment).catch(misconfigured);
    const unasked = notToAsk(deployment);
    if (unasked !== undefined) return { ...seen, unasked };
    seen = await lookedUp(llm, deployment, signal);
    const ask = asker(llm, deployment, { signal, patience });
    const { firstToken, whole } = await ask({ prompt: greeting });
    seen = { ...seen, answer: { firstToken, whole } };
    const structure = await structureOf(ask);
    return structure ? { ...seen, structure } : seen;
  } catch (error) {
    const trouble = troubleOf(error, seen);
    const instead = mayBeElsewhere(trouble, seen) ? await answeringInstead(deployment, connect, signal) : undefined;
    return { ...seen, trouble, ...(instead === undefined ? {} : { instead }) };
  }
}

const greeting = "Answer with the single word: ok";

const connectQuietly = (deployment: Deployment) => connectDeployment(deployment, { notify() {}, heard() {} });

/** A person is not disturbed. */
async function withoutConnecting({ provider, settings }: Deployment): Promise<Checkup | undefined> {
  if (provider !== "human") return undefined;
  if (typeof settings.folder !== "string") return { near: [], unasked: "a person is asked in the terminal" };
  const { obstacle } = await placeFor(settings.folder);
  if (obstacle === undefined) return { near: [], unasked: `a person is asked through files in ${settings.folder}` };
  const hint = "Set folder to one that can be written.";
  return { near: [], trouble: { where: "settings", kind: "settings", message: obstacle, hint } };
}

/** Why an LLM is not asked although it could be. */
function notToAsk({ provider, model }: Deployment): string | undefined {
  if (provider === "recording") return "recorded answers are played";
  const isDownloaded = provider === "llama_cpp" && isRemote(model);
  return isDownloaded ? "the model is downloaded when it is first needed, unless it is here already" : undefined;
}

function misconfigured(error: unknown): never {
  if (!(error instanceof ProviderError)) throw error;
  throw new ConfigError(error.message, { cause: error, hint: error.hint });
}

/** What the list of models says. That a server has none, or one nobody can read, or takes too long, is no failure. */
async function lookedUp(llm: Llm, { model }: Deployment, signal: AbortSignal): Promise<Checkup> {
  const models = await listOf(llm, AbortSignal.any([signal, AbortSignal.timeout(15_000)])).catch((error: unknown) => {
    if (error instanceof ProviderError && error.kind === "network") throw error;
    return undefined;
  });
  if (!models) return { near: [] };
  const offered = models.map(({ id }) => id);
  const own = models.find(({ id }) => id === model || id === `${model}:latest` || id === `models/${model}`);
  return {
    offered,
    listed: own !== undefined,
    near: own ? [] : nearNames(model, offered),
    ...(own?.context === undefined ? {} : { context: own.context }),
  };
}

const listOf = async (llm: Llm, signal: AbortSignal): Promise<readonly ServedModel[] | undefined> =>
  llm.models?.({ signal });

interface Asked {
  readonly text: string;
  readonly cut: boolean;
  readonly structure: Structure | undefined;
  readonly firstToken: number;
  readonly whole: number;
}

type Ask = (question: { prompt: string; schema?: LlmRequest["schema"]; maxTokens?: number }) => Promise<Asked>;

/** Asks short questions; what may pass is tried once more. */
function asker(
  llm: Llm,
  { model, maxToken }: Deployment,
  { signal, patience }: Required<Omit<Options, "connect">>,
): Ask {
  const about = { role: "Doctor", action: "Checkup", subject: "", attempt: 1, turn: 1 };
  return async ({ prompt, schema, maxTokens = 64 }) => {
    const messages = [{ role: "user", content: prompt }] as const;
    const request = { messages, schema, maxTokens: Math.min(maxTokens, maxToken), about };
    const late = AbortSignal.timeout(patience);
    const either = AbortSignal.any([signal, late]);
    try {
      return await retrying(() => heard(llm, request, either), { ended: endingOf(either), tries: 2 });
    } catch (error) {
      if (!late.aborted || signal.aborted) throw error;
      const hint = "A model that has to be loaded first needs longer the first time: try once more.";
      throw new ProviderError(`${model} gave no answer in ${patience / 1000} s`, { kind: "timeout", hint });
    }
  };
}

/** Some servers take no notice of the limit of an answer. */
const enough = 10_000;

async function heard(llm: Llm, request: LlmRequest, signal: AbortSignal): Promise<Asked> {
  const began = performance.now();
  const passed = () => Math.round(performance.now() - began);
  const stream = llm.stream(request, { signal });
  let firstToken: number | undefined;
  let text = "";
  for (let received = 0; received < enough; ) {
    const step = await stream.next();
    firstToken ??= passed();
    if (step.done) {
      const { finish, structure } = step.value;
      return { text, cut: finish === "length", structure, firstToken, whole: passed() };
    }
    const said = step.value.type === "tool-call" ? step.value.arguments : step.value.text;
    received += said.length;
    if (step.value.type === "text") text += said;
  }
  await stream.return(undefined as never);
  return { text, cut: true, structure: undefined, firstToken: firstToken ?? passed(), whole: passed() };
}

const Shape = z.object({ ok: z.boolean() });

/** Asks for a tiny document until a mechanism holds: what a server refuses or ignores, the LLM itself gives up. */
async function structureOf(ask: Ask): Promise<Checkup["structure"]> {
  const schema = { name: "checkup", schema: strictSchema(Shape) };
  for (let calls = 1; ; calls++) {
    const prompt = 'Answer with one JSON object and nothing else: {"ok": true}';
    const { structure: mechanism, text, cut } = await ask({ prompt, schema, maxTokens: 256 });
    if (mechanism === undefined) return undefined;
    if (cut) return { mechanism, kept: undefined };
    if (mechanism === "off") return { mechanism, kept: repair(text, Shape).ok };
    if (isJson(text) || calls === 6) return { mechanism, kept: isJson(text) };
  }
}

function isJson(text: string): boolean {
  try {
    return z.looseObject({}).safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

/** Where a failure belongs. What is no failure of a call and no fault of the settings is a bug and is thrown on. */
function troubleOf(error: unknown, { answer, listed }: Checkup): Trouble {
  if (error instanceof CompanyError) {
    const { message, hint } = error;
    return { where: "settings", kind: "settings", message, ...(hint === undefined ? {} : { hint }) };
  }
  if (!(error instanceof ProviderError)) throw error;
  const { kind, message, hint, status } = error;
  const facts = { kind, message, ...(hint === undefined ? {} : { hint }), ...(status === undefined ? {} : { status }) };
  const unknown = unknownModel.test(message) || (listed === false && (status === 400 || status === 404));
  if (kind === "network" || /no connection was made/.test(message)) return { where: "connection", ...facts };
  if (kind === "auth") return { where: "key", ...facts };
  if (kind === "request" && unknown) return { where: "model", ...facts };
  return { where: answer ? "structure" : "answer", ...facts };
}

/** Whether nothing that speaks this language has been met at the address yet. */
const mayBeElsewhere = ({ where, kind }: Trouble, { offered }: Checkup) =>
  offered === undefined &&
  (where === "connection" || where === "answer") &&
  ["network", "request", "protocol", "server", "empty", "truncated"].includes(kind);

/** The first address nearby that gives a list of models, or refuses the key. */
async function answeringInstead(
  deployment: Deployment,
  connect: (deployment: Deployment) => Promise<Llm>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (typeof deployment.settings.base_url !== "string") return undefined;
  for (const address of otherAddresses(deployment.settings.base_url)) {
    const there = { ...deployment, baseUrl: address, settings: { ...deployment.settings, base_url: address } };
    const llm = await connect(there);
    const soon = AbortSignal.any([signal, AbortSignal.timeout(3_000)]);
    const answers = await listOf(llm, soon).then(
      (models) => models !== undefined,
      (error: unknown) => error instanceof ProviderError && error.kind === "auth",
    );
    if (answers) return address;
  }
  return undefined;
}
