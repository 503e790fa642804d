import type { ConverseStreamCommandInput } from "@aws-sdk/client-bedrock-runtime";
import { z } from "zod";
import { ConfigError } from "../errors.ts";
import { answerReader } from "./bedrock/answer.ts";
import { exceptionError, requestHandler } from "./bedrock/handler.ts";
import { lessonOf, requestOf } from "./bedrock/request.ts";
import { askLearning, noHabits } from "./lessons.ts";
import { optionalPackage } from "./optional-package.ts";
import { defineProvider, type LlmRequest } from "./provider.ts";
import { unshown } from "./secrets.ts";
import { apiKey, baseUrl, common, number, structured, text, wire } from "./settings.ts";
import { createLadder, judged, type Structure } from "./structure.ts";
import { refuseTools } from "./tool-refusal.ts";
import { failureOf } from "./wire/failure.ts";

const Config = z.strictObject({
  ...common,
  ...wire,
  access_key: apiKey,
  secret_key: apiKey,
  /** Of credentials that pass. */
  session_token: apiKey.optional(),
  region_name: text.pipe(z.string().regex(/^[a-z]{2,}(-[a-z0-9]+)+$/, "has to be a region, such as us-east-1")),
  /** Where the region's own address cannot be reached. */
  base_url: baseUrl.optional(),
  /** A model or the profile of one, such as us.anthropic.…; its region's list has them all. */
  model: text.pipe(z.string().min(1)),
  temperature: number.optional(),
  top_p: number.optional(),
  structured: structured.default("auto"),
});

/** The models of Amazon Bedrock, by the SDK of AWS, which whoever uses them installs. */
export const bedrock = defineProvider({
  config: Config,
  async connect(config, { fetch }) {
    const sdk = await optionalPackage<typeof import("@aws-sdk/client-bedrock-runtime")>(sdkName);
    if (!sdk) throw new ConfigError(`${sdkName}, which speaks to Amazon Bedrock, is not installed`, { hint: sdkHint });
    const { model, region_name: region } = config;
    const baseUrl = config.base_url ?? `https://bedrock-runtime.${region}.${domainOf(region)}`;
    // The SDK would print that it wants a newer Node.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
    // Nothing is left for the SDK to find in the environment or in the files of AWS.
    const client = new sdk.BedrockRuntimeClient({
      region,
      endpoint: baseUrl,
      credentials: {
        accessKeyId: config.access_key,
        secretAccessKey: config.secret_key,
        ...(config.session_token && { sessionToken: config.session_token }),
      },
      authSchemePreference: ["aws.auth#sigv4"],
      defaultsMode: "standard",
      maxAttempts: 1,
      retryMode: "standard",
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      userAgentAppId: "metagpt",
      requestHandler: requestHandler(fetch, config.headers),
    });
    const habits = noHabits();
    const ladder = createLadder(["tool", "schema"], config.structured);
    const about = {
      model,
      baseUrl,
      secrets: unshown(config),
      missingModel: `Check model: ${region} does not offer ${model}.`,
    };

    const send = async (input: ConverseStreamCommandInput, signal: AbortSignal) => {
      const { stream } = await client.send(new sdk.ConverseStreamCommand(input), { abortSignal: signal });
      return stream ?? [];
    };

    /** What the model refuses is not asked of it again. */
    const open = (request: LlmRequest, signal: AbortSignal) =>
      askLearning({
        habits,
        ladder,
        most: 6,
        write: () => {
          const rung = ladder.rungFor(request);
          return { rung, chosen: request.sampling ?? {}, input: requestOf(config, request, { habits, rung }) };
        },
        send: async ({ rung, input }) => ({ rung, events: await send(input, signal) }),
        lessonOf,
      });

    async function* read(events: AsyncIterable<unknown> | Iterable<unknown>, rung: Structure) {
      const answer = answerReader(model, { toolIsAnswer: rung === "tool" });
      try {
        for await (const event of events) yield* answer.read(event);
      } catch (error) {
        // A finished answer stays one, whatever happens to its stream afterwards.
        if (!answer.finished()) throw error;
      }
      yield* answer.rest();
      return answer.finish();
    }

    return {
      async *stream(request, { signal }) {
        refuseTools(model, request);
        const left = new AbortController();
        try {
          const { rung, events } = await open(request, AbortSignal.any([signal, left.signal]));
          return yield* judged(ladder, { rung }, request, read(events, rung));
        } catch (error) {
          throw failureOf(exceptionError(error), { ...about, aborted: signal.aborted });
        } finally {
          left.abort();
        }
      },
    };
  },
});

const sdkName = "@aws-sdk/client-bedrock-runtime";
const sdkHint = `Run "npm i ${sdkName}", with -g where metagpt itself was installed with it.`;

const domainOf = (region: string) => (region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com");
