import { z } from "zod";
import { ConfigError } from "../errors.ts";
import type { Deployment } from "./deployment.ts";
import { wireFetch } from "./fetch.ts";
import { human } from "./human.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import type { Llm, Notice, Provider } from "./provider.ts";
import { recording } from "./recording.ts";

/** Every kind of LLM. Their SDKs are loaded when one connects. */
export const providers: Readonly<Record<string, Provider<unknown>>> = { openai, ollama, human, recording };

/** Connects an LLM with the settings its provider accepts; what it has to tell the run goes to `notify`. */
export async function connectDeployment(deployment: Deployment, notify: (notice: Notice) => void): Promise<Llm> {
  const { name, provider: kind, apiType, settings } = deployment;
  const provider = Object.hasOwn(providers, kind) ? providers[kind] : undefined;
  if (!provider) throw new ConfigError(`the LLM ${name} needs the provider ${kind}, which does not exist`);
  const config = provider.config.safeParse(settings);
  if (!config.success) {
    throw new ConfigError(
      `the LLM ${name} (${apiType}) cannot be used as configured:\n${z.prettifyError(config.error)}`,
    );
  }
  return provider.connect(config.data, { fetch: wireFetch(Wire.parse(config.data)), notify });
}

/** The settings that concern every provider with a wire. */
const Wire = z.object({ proxy: z.string().optional(), timeout: z.number().optional() });
