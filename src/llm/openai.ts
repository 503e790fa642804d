import { z } from "zod";
import { failureOf } from "./failure.ts";
import { answerReader } from "./openai-answer.ts";
import { type Habits, lessonOf, requestOf } from "./openai-request.ts";
import { defineProvider, type LlmRequest } from "./provider.ts";
import { apiKey, baseUrl, headers, proxy } from "./settings.ts";

const Config = z.strictObject({
  api_type: z.string().optional(),
  base_url: baseUrl,
  api_key: apiKey.optional(),
  model: z.string().min(1),
  max_token: z.int().positive().optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  timeout: z.number().nonnegative().optional(),
  proxy,
  organization: z.string().optional(),
  project: z.string().optional(),
  /** Azure's own addresses and key header; without `api_version` its newer ones, which are plain. */
  azure: z.boolean().optional(),
  api_version: z.string().optional(),
  headers,
  extra_body: z.record(z.string(), z.unknown()).optional(),
  structured: z.enum(["schema", "json", "off"]).default("schema"),
  max_tokens_field: z.enum(["max_tokens", "max_completion_tokens"]).default("max_tokens"),
  stream_usage: z.boolean().default(true),
  system_role: z.enum(["system", "developer", "user"]).default("system"),
});
type Config = z.infer<typeof Config>;

/** Every server that speaks the chat API of OpenAI; where they differ, a setting says how or the server is believed. */
export const openai = defineProvider({
  config: Config,
  async connect(config, { fetch }) {
    const { OpenAI } = await import("openai");
    const { headers, ...address } = addressOf(config);
    // Nothing is left for the SDK to find in the environment; headers it would add from there are replaced.
    const client = new OpenAI({
      apiKey: "unused",
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      ...address,
      maxRetries: 0,
      timeout: 2 ** 31 - 1,
      logLevel: "off",
      fetch: (url, init) => fetch(url, { ...init, headers }),
    });
    const habits: Habits = { refused: new Set(), mostTokens: Number.POSITIVE_INFINITY };
    const about = { model: config.model, baseUrl: config.base_url, secrets: secretsOf(config) };

    const open = async (request: LlmRequest, signal: AbortSignal) => {
      let room = Number.POSITIVE_INFINITY;
      for (let lessons = 0; ; lessons++) {
        const sent = requestOf(config, request, habits, room);
        try {
          return await client.post<AsyncIterable<unknown>>("/chat/completions", {
            body: sent.body,
            stream: true,
            signal,
          });
        } catch (error) {
          const lesson = lessons < 8 ? lessonOf(error, sent) : undefined;
          if (!lesson) throw error;
          if ("refused" in lesson) habits.refused.add(lesson.refused);
          else if ("mostTokens" in lesson) habits.mostTokens = Math.min(habits.mostTokens, lesson.mostTokens);
          else room = lesson.room;
        }
      }
    };

    return {
      async *stream(request, { signal }) {
        try {
          const answer = answerReader(config.model);
          const chunks = await open(request, signal);
          try {
            for await (const chunk of chunks) yield* answer.read(chunk);
          } catch (error) {
            // A finished answer stays one, whatever happens to its stream afterwards.
            if (!answer.finished()) throw error;
          }
          // The SDK ends an aborted stream as if it were complete.
          signal.throwIfAborted();
          yield* answer.rest();
          return answer.finish();
        } catch (error) {
          throw failureOf(error, { ...about, aborted: signal.aborted });
        }
      },
    };
  },
});

/** Where the chat completions live, and every header that is sent there. */
function addressOf(config: Config): {
  baseURL: string;
  defaultQuery?: Record<string, string>;
  headers: Record<string, string>;
} {
  const { api_key, api_version, organization, project } = config;
  const azure = config.azure ?? /^azure/.test(config.api_type ?? "");
  const base = config.base_url.replace(/\/+$/, "").replace(/\/chat\/completions$/, "");
  const headers = {
    "content-type": "application/json",
    accept: "text/event-stream, application/json",
    "user-agent": "metagpt",
    ...(api_key && (azure ? { "api-key": api_key } : { authorization: `Bearer ${api_key}` })),
    ...(organization && { "openai-organization": organization }),
    ...(project && { "openai-project": project }),
    ...config.headers,
  };
  if (!azure) return { baseURL: base, headers };
  const resource = base.replace(/\/openai(\/v1)?$/, "");
  if (!api_version) return { baseURL: `${resource}/openai/v1`, headers };
  const baseURL = `${resource}/openai/deployments/${encodeURIComponent(config.model)}`;
  return { baseURL, defaultQuery: { "api-version": api_version }, headers };
}

const secretsOf = ({ api_key, headers = {} }: Config) => [api_key, ...Object.values(headers)];
