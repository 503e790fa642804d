import { z } from "zod";
import { ConfigError } from "../errors.ts";
import { anthropic } from "./anthropic.ts";
import { bedrock } from "./bedrock.ts";
import type { Connect } from "./call/connections.ts";
import { dashscope } from "./dashscope.ts";
import { human } from "./human.ts";
import { llamaCpp } from "./llama-cpp.ts";
import { ollama } from "./ollama.ts";
import { openai } from "./openai.ts";
import type { ChatMessage, Llm, Provider } from "./provider.ts";
import { qianfanV1 } from "./qianfan-v1.ts";
import { recording } from "./recording.ts";
import { wire } from "./settings.ts";
import { spark } from "./spark.ts";
import { wireTools } from "./wire/tools.ts";
import { zhipuJwt } from "./zhipu-jwt.ts";

/** Every kind of LLM. Their SDKs are loaded when one connects. */
export const providers: Readonly<Record<string, Provider<unknown>>> = {
  openai,
  anthropic,
  ollama,
  spark,
  dashscope,
  zhipu_jwt: zhipuJwt,
  qianfan_v1: qianfanV1,
  llama_cpp: llamaCpp,
  bedrock,
  human,
  recording,
};

/** The provider of that name, else the one that a module brings. */
export async function providerOf(kind: string): Promise<Provider<unknown>> {
  const own = Object.hasOwn(providers, kind) ? providers[kind] : undefined;
  return own ?? (await import("./custom.ts")).loadProvider(kind);
}

/** Connects an LLM with the settings its provider accepts; what it has to tell the run goes to `notify`, what its server says in headers to `heard`. */
export const connectDeployment: Connect = async ({ name, provider: kind, apiType, settings }, { notify, heard }) => {
  const provider = await providerOf(kind);
  const config = provider.config.safeParse(settings);
  if (!config.success) {
    throw new ConfigError(
      `the LLM ${name} (${apiType}) cannot be used as configured:\n${z.prettifyError(config.error)}`,
    );
  }
  const llm = await provider.connect(config.data, { ...wireTools({ ...Wire.parse(config.data), heard }), notify });
  return speakingWell(llm);
};

/** Half of a cut emoji is refused as no text by many servers. */
function speakingWell(llm: Llm): Llm {
  const wellFormed = (text: string) => text.toWellFormed();
  const said = (message: ChatMessage) => ({ ...message, content: wellFormed(message.content) });
  const complete = llm.complete?.bind(llm);
  const embed = llm.embed?.bind(llm);
  return {
    ...llm,
    stream: (request, options) => llm.stream({ ...request, messages: request.messages.map(said) }, options),
    ...(complete && { complete: (request, on) => complete({ ...request, prompt: wellFormed(request.prompt) }, on) }),
    ...(embed && { embed: (texts, options) => embed(texts.map(wellFormed), options) }),
  };
}

const Wire = z.object(wire);
