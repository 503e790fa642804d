import os from "node:os";
import { z } from "zod";
import { ollamaHost } from "../ollama.ts";

const Tags = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      size: z.number().catch(0),
      /** Set where the model runs in the vendor's cloud: it wants an account and is not local. */
      remote_host: z.string().catch(""),
      details: z
        .object({ family: z.string().catch(""), families: z.array(z.string()).catch([]) })
        .catch({ family: "", families: [] }),
    }),
  ),
});

/**
 * The chat models of an Ollama that this machine can hold, the best first: models for code, then the largest. Empty
 * where nobody answers in time.
 */
export async function localModels({
  baseUrl = "http://127.0.0.1:11434",
  timeoutMs = 300,
  memory = os.totalmem(),
} = {}): Promise<string[]> {
  const models = await tagsOf(baseUrl, timeoutMs).catch(() => []);
  return models
    .filter(({ name, details }) => !embeds(name, [details.family, ...details.families]))
    .filter(({ size, remote_host }) => size <= 0.7 * memory && remote_host === "")
    .sort((a, b) => Number(forCode(b.name)) - Number(forCode(a.name)) || b.size - a.size)
    .map(({ name }) => name);
}

async function tagsOf(baseUrl: string, timeoutMs: number) {
  const response = await fetch(`${ollamaHost(baseUrl)}/api/tags`, {
    signal: AbortSignal.timeout(timeoutMs),
    redirect: "error",
  });
  return response.ok ? Tags.parse(await response.json()).models : [];
}

const embeds = (name: string, families: readonly string[]) =>
  /embed/i.test(name) || families.some((family) => /bert$/i.test(family));

const forCode = (name: string) => /code|coding|devstral/i.test(name);
