import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Deployment } from "../llm/deployment.ts";
import type { ChatAnswer, ChatCall } from "./chat-call.ts";

/** How long and how much answers are kept. */
export interface CacheOptions {
  /** Seconds. */
  readonly ttl: number;
  readonly entries: number;
  /** Of all answers and their bookkeeping together. */
  readonly megabytes: number;
}

/** Answers to requests that were made before, word for word, of the model that is asked first. */
export interface AnswerCache {
  find(call: ChatCall, by: Deployment): ChatAnswer | undefined;
  keep(call: ChatCall, by: Deployment, answer: ChatAnswer): void;
}

/** Keeps whole answers to requests with temperature 0, under everything that the caller has said. */
export function openCache({ ttl, entries, megabytes }: CacheOptions): AnswerCache {
  const answers = new LRUCache<string, ChatAnswer>({
    ttl: ttl * 1000,
    max: entries,
    maxSize: megabytes * 1_000_000,
    sizeCalculation: ({ text, reasoning, toolCalls }) =>
      500 + 2 * (text.length + reasoning.length + JSON.stringify(toolCalls).length),
  });
  return {
    find(call, by) {
      const answer = isSteady(call) ? answers.get(keyOf(call, by)) : undefined;
      return answer && { ...answer, account: { ...answer.account, attempts: 0, cost: 0, cached: true } };
    },
    keep(call, by, answer) {
      if (isSteady(call)) answers.set(keyOf(call, by), answer);
    },
  };
}

const isSteady = ({ sampling }: ChatCall) => sampling.temperature === 0;

/** A name may come to stand for another model. */
const keyOf = (call: ChatCall, { apiType, baseUrl, model }: Deployment) =>
  createHash("sha256")
    .update(JSON.stringify([call, apiType, baseUrl, model]))
    .digest("base64");
