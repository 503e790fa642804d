import type { Format } from "./format.ts";
import { anthropicFormat } from "./formats/anthropic.ts";
import { bedrockFormat } from "./formats/bedrock.ts";
import { dashscopeFormat } from "./formats/dashscope.ts";
import { ollamaFormat } from "./formats/ollama.ts";
import { openaiFormat, zhipuFormat } from "./formats/openai.ts";
import { qianfanFormat } from "./formats/qianfan.ts";
import { sparkFormat } from "./formats/spark.ts";

/** Every way in which servers answer. */
export const formats: readonly Format[] = [
  openaiFormat,
  anthropicFormat,
  ollamaFormat,
  dashscopeFormat,
  qianfanFormat,
  zhipuFormat,
  bedrockFormat,
  sparkFormat,
];

/** Those that stream events. */
export const eventFormats = formats.filter(({ framing }) => framing === "events");

/** Those that stream text. */
export const textFormats = formats.filter(({ framing }) => framing === "events" || framing === "lines");

/** Those over HTTP. */
export const httpFormats = formats.filter(({ framing }) => framing !== "messages");

/** Those with a place for thoughts. */
export const thinkingFormats = formats.filter(({ thinks }) => thinks);

/** With their names beside them, for the titles of tests. */
export const named = (some: readonly Format[]) => some.map((format) => [format.name, format] as const);
