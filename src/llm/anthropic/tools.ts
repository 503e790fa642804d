import type { LlmRequest, ToolChoice } from "../provider.ts";

/** The tool whose forced call is the answer. */
export const answerTool = "answer";

/** Forces the answer into a call with the schema as its parameters. */
export function answerToolOf({ schema: { $schema, ...schema } }: NonNullable<LlmRequest["schema"]>) {
  return {
    tools: [{ name: answerTool, description: "Gives the answer.", input_schema: schema }],
    tool_choice: { type: "tool", name: answerTool },
  };
}

/** The part of a body that offers the tools of the caller; none where there are none. */
export function toolsOf({ tools = [], toolChoice }: Pick<LlmRequest, "tools" | "toolChoice">) {
  if (tools.length === 0) return {};
  const offered = tools.map(({ name, description, parameters: { $schema, ...input_schema } }) => ({
    ...{ name, description, input_schema },
  }));
  return { tools: offered, ...(toolChoice !== undefined && { tool_choice: choiceOf(toolChoice) }) };
}

function choiceOf(choice: ToolChoice) {
  if (typeof choice === "object") return { type: "tool", name: choice.name };
  return { type: choice === "required" ? "any" : choice };
}
