import type { ChatMessage, Tool } from "../../src/llm/provider.ts";

/** A tool, and what it answers. */
export const weather: Tool = {
  name: "get_weather",
  description: "Tells the weather of a place.",
  parameters: { type: "object", properties: { place: { type: "string" } }, required: ["place"] },
};

/** A conversation in which two tools were called at once and have answered. */
export const called: readonly ChatMessage[] = [
  { role: "system", content: "You are terse." },
  { role: "user", content: "Oslo or Rome?" },
  {
    role: "assistant",
    content: "",
    toolCalls: [
      { id: "call_1", name: "get_weather", arguments: '{"place":"Oslo"}' },
      { id: "call_2", name: "get_weather", arguments: "" },
    ],
  },
  { role: "tool", toolCallId: "call_1", content: "rain" },
  { role: "tool", toolCallId: "call_2", content: "" },
  { role: "user", content: "Hurry." },
];
