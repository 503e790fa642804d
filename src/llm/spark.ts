import { randomUUID } from "node:crypto";
import { z } from "zod";
import { dialogueOf } from "./dialogue.ts";
import { defineProvider, type Llm, type LlmRequest, ProviderError, type Tools } from "./provider.ts";
import { unshown } from "./secrets.ts";
import { apiKey, common, number, text, wire } from "./settings.ts";
import { readFrames } from "./spark/answer.ts";
import { type SparkDomain, sparkDomain } from "./spark/domains.ts";
import { signedAddress } from "./spark/signature.ts";
import { exchange } from "./spark/socket.ts";
import { refuseTools } from "./tool-refusal.ts";
import { failureOf } from "./wire/failure.ts";

const name = text.pipe(z.string().min(1));

const Config = z.strictObject({
  ...common,
  ...wire,
  base_url: z
    .url({ protocol: /^wss?$/, error: "has to be a ws or wss address", abort: true })
    .refine((url) => new URL(url).username === "", "must not contain a user name or password")
    .optional(),
  app_id: apiKey,
  api_key: apiKey,
  api_secret: apiKey,
  /** What the server calls the model; where absent, `model`, else as the path of base_url says. */
  domain: name.optional(),
  model: name.optional(),
  temperature: number.optional(),
  /** Added to the chat's parameters in every request. */
  extra_body: z.record(z.string(), z.unknown()).optional(),
  structured: z.enum(["auto", "off"], "can be auto or off: this server knows no structured answers").optional(),
});
type Config = z.infer<typeof Config>;

/** iFlytek Spark over WebSocket. Each try has a socket, a date and a signature of its own. */
export const spark = defineProvider({ config: Config, connect: (config, tools) => connectSpark(config, tools) });

/** Connects with a clock of one's own for the dates that are signed. */
export async function connectSpark(
  config: Config,
  tools: Pick<Tools, "clock" | "socket">,
  now = () => new Date(),
): Promise<Llm> {
  const { WebSocket } = await import("ws");
  const domain = sparkDomain(config.domain ?? config.model, config.base_url);
  const model = config.model ?? domain.domain;

  const open = async (address: URL) => {
    const { agent, ca } = await tools.socket(new URL(domain.address));
    const headers = { "user-agent": "metagpt", ...config.headers };
    const way = { headers, ...(agent && { agent }), ...(ca && { ca: [...ca] }) };
    return () => new WebSocket(address, { ...way, perMessageDeflate: false, maxPayload: 8 * 2 ** 20 });
  };

  return {
    async *stream(request, { signal }) {
      refuseTools(model, request);
      const clock = tools.clock(signal);
      const address = signedAddress(domain.address, config, now().toUTCString());
      try {
        const maxTokens = Math.min(request.maxTokens, config.max_token ?? domain.tokens, domain.tokens);
        const question = JSON.stringify(questionOf(request, config, domain, maxTokens));
        const frames = exchange(await open(address), question, clock);
        const finish = yield* readFrames(frames, { model, maxTokens });
        return request.schema ? { ...finish, structure: "off" } : finish;
      } catch (error) {
        const call = { model, baseUrl: domain.address, aborted: signal.aborted, secrets: secretsOf(config, address) };
        throw failureOf(hinted(error, domain), call);
      } finally {
        clock.stop();
      }
    },
  };
}

function questionOf({ messages, sampling }: LlmRequest, config: Config, domain: SparkDomain, maxTokens: number) {
  const { system, turns } = dialogueOf(messages, { systemApart: domain.system });
  const temperature = sampling?.temperature ?? config.temperature;
  return {
    // Spark lets one user ask one thing at a time, so each question has a user of its own.
    header: { app_id: config.app_id, uid: randomUUID().replaceAll("-", "") },
    parameter: {
      chat: {
        domain: domain.domain,
        max_tokens: maxTokens,
        ...(temperature !== undefined && { temperature: Math.min(Math.max(temperature, 0.01), domain.temperature) }),
        ...config.extra_body,
      },
    },
    payload: { message: { text: [...(system === "" ? [] : [{ role: "system", content: system }]), ...turns] } },
  };
}

/** What Spark means by some of its refusals. */
function hinted(error: unknown, { domain }: SparkDomain): unknown {
  if (!(error instanceof ProviderError) || error.hint !== undefined) return error;
  const { kind, status, message } = error;
  const because = (hint: string) => new ProviderError(message, { ...error, hint });
  if (/\bdate\b/.test(message) && status === 403)
    return because("Set the clock of this computer: Spark allows 5 minutes.");
  if (kind === "auth") return because("Check app_id, api_key and api_secret: all three belong to one application.");
  if (status === 404 || /\bcode (10404|11200)\b/.test(message)) {
    return because(`Check that ${domain} belongs to the path of base_url, and that the account may still use it.`);
  }
  return error;
}

function secretsOf(config: Config, { searchParams }: URL) {
  const authorization = searchParams.get("authorization") ?? "";
  return [authorization, encodeURIComponent(authorization), ...unshown(config)];
}
