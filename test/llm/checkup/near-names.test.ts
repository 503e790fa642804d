import { describe, expect, it } from "vitest";
import { nearNames } from "../../../src/llm/checkup/near-names.ts";

describe("the models that were probably meant", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["deepseek-chta", ["deepseek-reasoner", "deepseek-chat"], ["deepseek-chat", "deepseek-reasoner"]],
    ["qwen2.5-coder", ["llama3:8b", "qwen2.5-coder:7b"], ["qwen2.5-coder:7b"]],
    ["qwen2.5-coder:32b", ["qwen2.5-coder:7b", "mistral:latest"], ["qwen2.5-coder:7b"]],
    ["qwen3-8b", ["Qwen/Qwen3-8B", "BAAI/bge-m3"], ["Qwen/Qwen3-8B"]],
    ["Qwen/Qwen3-8B-Instruct", ["/models/qwen3-8b-instruct"], ["/models/qwen3-8b-instruct"]],
    ["gpt-5", ["gpt-5.1", "gpt-5.2", "gpt-5.3", "gpt-5.4"], ["gpt-5.1", "gpt-5.2", "gpt-5.3"]],
    ["glm-4", ["deepseek-chat"], []],
    ["anything", [], []],
  ])("%s of %j", (model, offered, near) => {
    expect(nearNames(model, offered)).toEqual(near);
  });
});
