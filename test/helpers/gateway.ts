import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import pino from "pino";
import { onTestFinished } from "vitest";
import { deployBy } from "../../bin/serve/deploy.ts";
import { deploymentFrom } from "../../config/deployment.ts";
import { type GatewayOptions, openGateway } from "../../src/gateway/gateway.ts";
import type { Model, Models } from "../../src/gateway/models.ts";
import { settingsFrom } from "./config-folder.ts";

/** LLMs by name, each as config2.yaml has it. */
type Blocks = Readonly<Record<string, { readonly [setting: string]: unknown }>>;

type Options = Partial<Omit<GatewayOptions, "models" | "deploy" | "log">> & {
  /** The variables that deployments may be given keys from. */
  readonly env?: Readonly<Record<string, string>>;
  /** The key that clients send. */
  readonly key?: string;
};

/** An answer that was asked for without a client of any API. */
export interface Plain {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A gateway over these LLMs until the test ends, the official clients of it, and what it has logged. */
export async function gateway(blocks: Blocks, { env = {}, key = "none", ...options }: Options = {}) {
  const logged: string[] = [];
  const question = { settings: await known(), env, roster: [], flags: {} };
  const opened = await openGateway({
    ...{ models: await modelsOf(blocks), deploy: deployBy(question), callers: [], version: "1.2.3", loopback: true },
    ...{ investment: Number.POSITIVE_INFINITY, maxBody: 1_000_000, maxCalls: 100, logPrompts: false },
    ...options,
    log: pino({ base: null }, { write: (line: string) => void logged.push(line) }),
  });
  const url = await opened.listen({ host: "127.0.0.1", port: 0 });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= opened.close(AbortSignal.abort());
    return closing;
  };
  onTestFinished(close);
  const ask = async (method: string, path: string, body?: unknown, headers: object = {}): Promise<Plain> => {
    const response = await fetch(url + path, {
      method,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return {
    url,
    close,
    /** The lines of the log, parsed. */
    logged: () => logged.map((line) => JSON.parse(line) as Record<string, unknown>),
    ask,
    openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 }),
    ollama: new Ollama({ host: url, headers: { authorization: `Bearer ${key}` } }),
  };
}

/** Everything that a stream or a list has. */
export async function collected<T>(stream: AsyncIterable<T> | PromiseLike<AsyncIterable<T>>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of await stream) all.push(each);
  return all;
}

let settings: ReturnType<typeof settingsFrom> | undefined;

/** The settings of somebody who has configured nothing. */
function known() {
  settings ??= settingsFrom({});
  return settings;
}

/** What callers can name, with whom to turn to where a block says so. */
async function modelsOf(blocks: Blocks): Promise<Models> {
  const opening = { settings: await known(), env: {} };
  const made = await Promise.all(
    Object.entries(blocks).map(async ([name, block]) => deploymentFrom(block, name, opening)),
  );
  const deployed = new Map(made.map(({ deployment }) => [deployment.name, deployment]));
  const models = made.map(({ deployment, fallback }): Model => {
    const others = fallback.flatMap((name) => deployed.get(name) ?? []);
    return { name: deployment.name, kind: "configured", deployments: [deployment, ...others] };
  });
  return { list: () => models, find: (name) => models.find((model) => model.name === name) };
}
