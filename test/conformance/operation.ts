import { createBudget } from "../../src/budget.ts";
import type { NewEvent } from "../../src/events.ts";
import { type LlmAnswer, llmOperation } from "../../src/llm/call.ts";
import type { Deployment } from "../../src/llm/deployment.ts";
import type { Delta, Llm, LlmRequest } from "../../src/llm/provider.ts";
import { question } from "../helpers/drain.ts";

/** A question to this model through all that stands around a call, and what the run is told of it. */
export function operationOn(
  llm: Llm,
  {
    investment = 1,
    schema,
    ...part
  }: Partial<Deployment> & { investment?: number; schema?: LlmRequest["schema"] } = {},
) {
  const events: NewEvent[] = [];
  const heard: Delta[] = [];
  const stop = new AbortController();
  const budget = createBudget(investment);
  const deployment: Deployment = {
    name: "main",
    provider: "openai",
    apiType: "openai",
    model: "test-model",
    baseUrl: "",
    settings: {},
    price: { input: 0, output: 0 },
    priceBasis: "known",
    maxToken: 1000,
    ...part,
  };
  const operation = llmOperation({
    deployments: [deployment],
    connect: async () => llm,
    budget,
    emit: (event) => events.push(event),
    heard: (_, delta) => heard.push(delta),
    stop: stop.signal,
  });
  const { about, messages } = question;
  const ask = async () =>
    (await operation(
      { ...about, messages: messages.map((message) => ({ ...message })) },
      {
        key: "WritePRD/1.1",
        lane: "main",
        signal: new AbortController().signal,
      },
    )) as LlmAnswer;
  return { ask, events, heard, stop, budget };
}
