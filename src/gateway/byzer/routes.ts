import { z } from "zod";
import { answerWhole, chatOf } from "../answering.ts";
import type { Chat } from "../chat.ts";
import type { Deployments } from "../deployments.ts";
import { defineRoute, type Route } from "../route.ts";
import { byzerError } from "./errors.ts";

const DeployRequest = z.looseObject({
  api_key: z.string().optional(),
  chat_name: z.string().min(1).max(100),
  model_name: z.string().min(1).max(300),
  model_type: z.string().max(100).optional(),
  http_proxy: z.string().max(2000).optional().describe("base_url of the model's server"),
  workers: z.int().min(1).max(10_000).optional(),
});

const ChatRequest = z.looseObject({
  chat_name: z.string().min(1).max(300),
  content: z.string(),
});

/** The words of Byzer-LLM for kinds that have other names here. */
const kinds: Readonly<Record<string, string>> = {
  zhipu: "zhipuai",
  tongwen: "dashscope",
  tongyi: "dashscope",
  qianwen: "dashscope",
  baidu: "qianfan",
  sparkdesk: "spark",
};

/** The routes of a Byzer-LLM set-up: a model is put up once under a name, and asked by that name from then on. */
export function byzerRoutes(chat: Chat, deployments: Deployments): readonly Route[] {
  return [
    defineRoute({
      ...{ method: "POST", path: "/:provider/deploy", tag: "Byzer", access: "operators", errors: byzerError },
      summary: "Puts up a model under chat_name",
      body: DeployRequest,
      answer: z.object({ ret: z.literal("ok") }),
      async handle({ params: { provider = "" }, body }) {
        const { api_key, chat_name: name, model_name: model, model_type, http_proxy: base_url, workers } = body;
        const kind = (model_type ?? provider).replace(/^saas\//, "");
        await deployments.add({
          ...{ name, model, api_type: kinds[kind] ?? kind },
          ...(api_key && { api_key }),
          ...(base_url && { base_url }),
          ...(workers && { workers }),
        });
        return { ret: "ok" };
      },
    }),
    defineRoute({
      ...{ method: "POST", path: "/:provider/chat", tag: "Byzer", access: "callers", errors: byzerError },
      summary: "Answers one question, as a JSON text",
      body: ChatRequest,
      answer: z.string(),
      handle(incoming) {
        const { chat_name: model, content } = incoming.body;
        const wanted = chatOf(chat, { model, messages: [{ role: "user", content }], sampling: {} });
        return answerWhole(wanted, incoming, ({ text }) => text);
      },
    }),
  ];
}
