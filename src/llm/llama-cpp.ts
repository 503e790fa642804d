import { existsSync } from "node:fs";
import os from "node:os";
import { z } from "zod";
import { CompanyError, ConfigError } from "../errors.ts";
import type { Progress } from "./llama/model.ts";
import { type About, defineProvider, ProviderError } from "./provider.ts";
import { apiKey, baseUrl, common, count, flag, number, structured, text, wire } from "./settings.ts";
import { createLadder, judged } from "./structure.ts";
import { refuseTools } from "./tool-refusal.ts";

const Config = z.strictObject({
  ...common,
  proxy: wire.proxy,
  ca_file: wire.ca_file,
  /** A GGUF file, `hf:<user>/<model>:<quant>`, `hf:<user>/<model>/<file>.gguf#<branch>` or the address of a file. */
  model: text.pipe(z.string().min(1)),
  /** Where downloaded models are kept. */
  folder: z.string().min(1).default("~/.metagpt/models"),
  /** The address behind `hf:`, for mirrors. */
  hub: baseUrl.default("https://huggingface.co"),
  /** For models that the hub does not give to everyone. */
  api_key: apiKey.optional(),
  /** The folder in which node-llama-cpp is installed, where it is neither beside this program nor beside the project. */
  package: z.string().min(1).optional(),
  /** Tokens of prompt and answer together; as many as the model was trained for, up to 16384, where absent. */
  context: count.optional(),
  /** Off keeps the model in the main memory. */
  gpu: z.union([z.literal("auto"), flag], "must be auto or off").default("auto"),
  /** One core is left to everything else where absent; more threads than cores make it a hundred times slower. */
  threads: count.optional(),
  temperature: number.default(0.8),
  seed: z.int().nonnegative().optional(),
  structured: structured.default("auto"),
});

/** Models in this process, by node-llama-cpp, with no server. They answer one call after the other. */
export const llamaCpp = defineProvider({
  config: Config,
  async connect(config, tools) {
    const { llamaPackage } = await import("./llama/package.ts");
    const { findModel, isModelAddress, isRemote, pathOf } = await import("./llama/model.ts");
    const { loadModel, once } = await import("./llama/load.ts");
    const { answerer } = await import("./llama/answer.ts");
    const { grammarOf } = await import("./llama/grammar.ts");
    const { model, seed, temperature } = config;

    if (!isRemote(model) && !existsSync(pathOf(model))) {
      const hint = "Set model to a GGUF file, or to one on the hub, such as hf:Qwen/Qwen3-4B-GGUF:Q4_K_M.";
      throw new ConfigError(`the model file ${pathOf(model)} does not exist`, { hint });
    }
    if (isRemote(model) && !isModelAddress(model)) {
      const hint = "Write hf:<user>/<model>:<quant> or hf:<user>/<model>/<file>.gguf.";
      throw new ConfigError(`${model} is not the address of a model`, { hint });
    }
    const library = await llamaPackage(config.package);
    const cores = os.availableParallelism();
    const threads = Math.min(config.threads ?? Math.max(1, cores - 1), cores);
    const load = once(async (about: About | undefined, signal) => {
      const onProgress = stepwise((progress) => about && tools.notify({ type: "download", about, ...progress }));
      const file = await findModel(config, tools, { signal, onProgress });
      return loadModel(library, file, { context: config.context, gpu: config.gpu !== false, threads }, signal);
    });
    const answer = answerer({ model, temperature, seed });
    const ladder = createLadder(["grammar"], config.structured);

    return {
      async *stream(request, { signal }) {
        refuseTools(model, request);
        const left = new AbortController();
        const ended = AbortSignal.any([signal, left.signal]);
        try {
          const loaded = await load(request.about, ended);
          const grammar = request.schema && ladder.rung === "grammar" ? grammarOf(request.schema.schema) : undefined;
          const maxTokens = Math.min(request.maxTokens, config.max_token ?? request.maxTokens);
          const reply = answer(loaded, { ...request, maxTokens }, grammar, ended);
          return yield* judged(ladder, { rung: grammar === undefined ? "off" : "grammar" }, request, reply);
        } catch (error) {
          throw failureOf(error, model, signal.aborted);
        } finally {
          left.abort();
        }
      },
      async models({ signal }) {
        try {
          return [{ id: model, context: (await load(undefined, signal)).contextSize }];
        } catch (error) {
          throw failureOf(error, model, signal.aborted);
        }
      },
    };
  },
});

/** Tells each percent once. */
function stepwise(tell: (progress: Progress) => void): (progress: Progress) => void {
  let last = "";
  return (progress) => {
    const step = `${progress.file} ${Math.floor((100 * progress.done) / progress.total)}`;
    if (step !== last) tell(progress);
    last = step;
  };
}

function failureOf(error: unknown, model: string, aborted: boolean): unknown {
  if (aborted) return new ProviderError(`${model}: the call was ended`, { kind: "aborted" });
  if (error instanceof ProviderError || error instanceof CompanyError || !(error instanceof Error)) return error;
  return new ProviderError(`${model}: the model failed: ${error.message}`, { kind: "server", cause: error });
}
