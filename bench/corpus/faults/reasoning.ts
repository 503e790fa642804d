import { z } from "zod";
import { type Draft, family, surround } from "../draft.ts";
import type { Random } from "../random.ts";
import { hasKnownKeys, slotOf, treeOf } from "../tree.ts";

const fault = family("reasoning");

const thoughts = [
  "Okay, the user wants a complete answer. Let me think about the fields one by one. I shouldn't forget the last one.",
  "First I check what is asked. The lists should have 3-5 entries; {so far} that is fine.\n\nNow I write it down.",
  "用户需要一份完整的文档。我先想一想每个字段应该写什么，然后再输出。",
];

/** The truth in an earlier version: shorter lists, and other words. */
function earlier(draft: Draft, random: Random): unknown {
  const older = (value: unknown, depth: number): unknown => {
    if (Array.isArray(value))
      return value.slice(0, depth < 3 && value.length > 1 ? -1 : undefined).map((item) => older(item, depth + 1));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, older(member, depth + 1)]));
    if (typeof value === "string" && value.length > 30 && !/["\n\\]/.test(value))
      return random.pick(["To be written.", "A first idea", "tbd"]);
    return value;
  };
  return older(draft.document.truth, 0);
}

/** Only the beginning of an answer, as it appears in notes. */
function beginning(draft: Draft): unknown {
  const { truth } = draft.document;
  if (Array.isArray(truth)) return truth.slice(0, 1);
  return Object.fromEntries(Object.entries(truth as object).slice(0, 2));
}

/** What a prompt shows as the form of the answer. */
function example(schema: z.ZodType | undefined): unknown {
  const inner = slotOf(schema).schema;
  if (inner instanceof z.ZodObject)
    return Object.fromEntries(Object.entries(inner.shape).map(([key, member]) => [key, example(member as z.ZodType)]));
  if (inner instanceof z.ZodArray) return [example(inner.element as z.ZodType)];
  if (inner instanceof z.ZodTuple) return inner.def.items.map((item) => example(item as z.ZodType));
  if (inner instanceof z.ZodRecord) return { "<key>": example(inner.valueType as z.ZodType) };
  if (inner instanceof z.ZodEnum) return inner.options[0];
  if (inner instanceof z.ZodBoolean) return false;
  return inner instanceof z.ZodNumber ? 0 : "...";
}

/** A type declaration as some prompts show it. */
function declaration(schema: z.ZodType | undefined, margin = ""): string {
  const { schema: inner, nullable } = slotOf(schema);
  const orNull = nullable ? " | null" : "";
  if (inner instanceof z.ZodObject) {
    const members = Object.entries(inner.shape).map(
      ([key, member]) =>
        `${margin}  ${/^\w+$/.test(key) ? key : JSON.stringify(key)}${slotOf(member as z.ZodType).optional ? "?" : ""}: ${declaration(member as z.ZodType, `${margin}  `)};`,
    );
    return `{\n${members.join("\n")}\n${margin}}${orNull}`;
  }
  if (inner instanceof z.ZodArray) return `${declaration(inner.element as z.ZodType, margin)}[]`;
  if (inner instanceof z.ZodTuple)
    return `[${inner.def.items.map((item) => declaration(item as z.ZodType)).join(", ")}]`;
  if (inner instanceof z.ZodRecord) return `Record<string, ${declaration(inner.valueType as z.ZodType)}>`;
  if (inner instanceof z.ZodEnum) return inner.options.map((option) => JSON.stringify(option)).join(" | ");
  if (inner instanceof z.ZodBoolean) return "boolean";
  return (inner instanceof z.ZodNumber ? "number" : "string") + orNull;
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

export const reasoningFaults = [
  fault("thoughts", "reasoning", ["thoughts"], (draft, random) =>
    surround(draft, `<think>\n${random.pick(thoughts)}\n</think>\n\n`),
  ),
  fault("thoughts-in-another-tag", "reasoning", ["thoughts"], (draft, random) => {
    const tag = random.pick(["thinking", "reasoning", "thought", "scratchpad", "Thinking"]);
    return surround(draft, `<${tag}>${random.pick(thoughts)}</${tag}>\n`);
  }),
  fault("thoughts-with-a-draft", "reasoning", ["thoughts"], (draft, random) =>
    surround(
      draft,
      `<think>\n${random.pick(thoughts)} For example:\n${pretty(earlier(draft, random))}\nThat is too short.\n</think>\n\n`,
    ),
  ),
  fault("thoughts-with-a-fenced-draft", "reasoning", ["thoughts"], (draft, random) =>
    surround(
      draft,
      `<think>\nA draft:\n\`\`\`json\n${pretty(earlier(draft, random))}\n\`\`\`\nI can do better.\n</think>\n`,
    ),
  ),
  fault("thoughts-with-a-broken-draft", "reasoning", ["thoughts"], (draft, random) => {
    const text = pretty(earlier(draft, random));
    return surround(draft, `<think>\nMaybe ${text.slice(0, Math.floor(text.length * 0.4))} ... and so on.\n</think>\n`);
  }),
  fault("thoughts-about-tags", "reasoning", ["thoughts"], (draft) =>
    surround(
      draft,
      "<think>I must answer between [CONTENT] and [/CONTENT], perhaps in a ``` fence, e.g. [CONTENT]{}[/CONTENT].</think>\n",
    ),
  ),
  fault("thoughts-never-opened", "reasoning", ["thoughts"], (draft, random) =>
    surround(draft, `${random.pick(thoughts)} It begins with {"a": 1}.\n</think>\n\n`),
  ),
  fault("thoughts-in-brackets", "reasoning", ["thoughts"], (draft, random) =>
    surround(draft, `[THOUGHT]\n${random.pick(thoughts)}\n[/THOUGHT]\n`),
  ),
  fault("thoughts-as-prose", "reasoning", ["thoughts", "before"], (draft, random) =>
    surround(draft, `## Thinking\n\n${random.pick(thoughts)}\n\n## Answer\n\n`),
  ),
  fault("thoughts-twice", "reasoning", ["thoughts"], (draft, random) =>
    surround(draft, `<think>${random.pick(thoughts)}</think>\nWait.\n<think>${pretty(beginning(draft))}</think>\n`),
  ),
  fault("echoed-example", "outer", ["echo", "before"], (draft, random) =>
    surround(
      draft,
      `${random.pick(["The format is:\n", "## Format example\n", "Example:\n\n"])}${pretty(example(draft.document.schema))}\n\n${random.pick(["The answer:\n", "## Answer\n", "\n"])}`,
    ),
  ),
  fault("echoed-example-in-tags", "outer", ["echo", "before", "tags"], (draft) =>
    surround(
      draft,
      `[CONTENT]\n${pretty(example(draft.document.schema))}\n[/CONTENT]\n\nFollowing this example:\n\n[CONTENT]\n`,
      "\n[/CONTENT]",
    ),
  ),
  fault("echoed-schema", "outer", ["echo", "before"], (draft) =>
    surround(
      draft,
      `The schema:\n\n\`\`\`json\n${pretty(z.toJSONSchema(draft.document.schema, { io: "input" }))}\n\`\`\`\n\nThe document:\n\n`,
    ),
  ),
  fault("echoed-type", "outer", ["echo", "before"], (draft) =>
    surround(draft, `\`\`\`ts\ninterface Answer ${declaration(draft.document.schema)}\n\`\`\`\n\n`),
  ),
  fault("draft-then-final", "outer", ["versions", "before", "cut"], (draft, random) =>
    surround(draft, `First draft:\n${pretty(earlier(draft, random))}\n\nThat is too short. Final version:\n`),
  ),
  fault("draft-then-final-in-fences", "outer", ["versions", "before", "fence", "cut"], (draft, random) =>
    surround(
      draft,
      `\`\`\`json\n${pretty(earlier(draft, random))}\n\`\`\`\n\nAfter a second look, here is the improved version:\n\n\`\`\`json\n`,
      "\n```\n",
    ),
  ),
  fault("broken-draft-then-final", "outer", ["versions", "before", "fence", "cut"], (draft, random) => {
    const text = pretty(earlier(draft, random));
    return surround(
      draft,
      `${text.slice(0, Math.floor(text.length * 0.6))}\n\nSorry, let me start again:\n\n\`\`\`json\n`,
      "\n```",
    );
  }),
  fault("same-answer-twice", "edge", ["versions", "end"], (draft, random) => {
    if (draft.cut) return false;
    draft.text += random.pick(["\n\n", "\n\nAgain, as plain JSON:\n\n"]) + pretty(draft.document.truth);
    return true;
  }),
  fault("fragment-before", "outer", ["versions", "before"], (draft) =>
    surround(draft, `It begins like this: ${JSON.stringify(beginning(draft))}. The whole:\n\n`),
  ),
  fault("fragment-after", "outer", ["versions", "after", "end"], (draft, random) => {
    const fragment = fragmentOf(draft, random);
    return (
      !draft.cut &&
      fragment !== undefined &&
      surround(draft, "", `\n\nThe most important part is ${JSON.stringify(fragment)}.`)
    );
  }),
  fault("other-json-before", "outer", ["before"], (draft, random) =>
    surround(
      draft,
      `${random.pick(['{"status": "ok", "tokens": 512}', '{"role": "assistant"}', "[1, 2, 3]", '["a", "b"]'])}\n\n`,
    ),
  ),
  fault(
    "other-json-after",
    "outer",
    ["after", "end"],
    (draft, random) =>
      !draft.cut &&
      surround(
        draft,
        "",
        `\n\n${random.pick(['{"status": "done"}', "{}", "[]", '{"usage": {"prompt_tokens": 812, "completion_tokens": 64}}'])}`,
      ),
  ),
];

/** An inner object of the answer. */
function fragmentOf(draft: Draft, random: Random): unknown {
  const inner: unknown[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null) return;
    if (depth > 0 && !Array.isArray(value)) inner.push(value);
    for (const member of Object.values(value)) visit(member, depth + 1);
  };
  visit(draft.document.truth, 0);
  return hasKnownKeys(treeOf(draft.document.truth, draft.document.schema)) ? random.maybe(inner) : undefined;
}
