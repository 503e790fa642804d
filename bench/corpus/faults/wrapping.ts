import { type Draft, family, surround } from "../draft.ts";
import type { Random } from "../random.ts";

const fault = family("wrapping");

const openings = {
  english: [
    "Sure! Here is the document you asked for:\n\n",
    "Here's what I have:\n",
    "Based on the requirements above, I came up with the following:\n\n",
    "Certainly. I've kept it simple, as you asked.\n\n",
  ],
  chinese: [
    "好的，以下是您需要的文档：\n\n",
    "根据您的需求，我整理出如下内容（JSON 格式）：\n",
    "当然可以！结果如下：\n\n",
  ],
};
const closings = {
  english: [
    "\n\nLet me know if you'd like to change anything!",
    "\n\nI hope this helps. Note: all times are estimates.",
    "\nDone.",
    "\n\n**Notes**\n- Field names are as given.\n- I assumed a single user.",
  ],
  chinese: ["\n\n如需修改，请随时告诉我。", "\n\n以上就是完整的文档，希望对您有帮助！", "\n（完）"],
};

const opening = (draft: Draft, random: Random) => random.pick(openings[draft.document.chinese ? "chinese" : "english"]);
const closing = (draft: Draft, random: Random) => random.pick(closings[draft.document.chinese ? "chinese" : "english"]);

const holdsFence = (draft: Draft) => /`{3}|~{3}/.test(draft.text);

export const wrappingFaults = [
  fault("prose-before", "outer", ["before"], (draft, random) => surround(draft, opening(draft, random))),
  fault(
    "prose-after",
    "outer",
    ["after", "end"],
    (draft, random) => !draft.cut && surround(draft, "", closing(draft, random)),
  ),
  fault("prose-around", "outer", ["before", "after"], (draft, random) =>
    surround(draft, opening(draft, random), closing(draft, random)),
  ),
  fault("prose-with-braces-before", "outer", ["before"], (draft, random) =>
    surround(
      draft,
      random.pick([
        "I fill every field in {curly braces} of your template, and write lists as [a, b].\n\n",
        "The placeholders {name} and {{title}} were replaced. Result [final]:\n\n",
        'As you said, the answer has the form {"key": value}; here it is:\n\n',
        "Using the set notation {x | x > 0} from [1], the plan is:\n",
      ]),
    ),
  ),
  fault(
    "prose-with-braces-after",
    "outer",
    ["after", "end"],
    (draft, random) =>
      !draft.cut &&
      surround(
        draft,
        "",
        random.pick([
          "\n\nI left out {optional} parts; see [2] for details.",
          "\n\nIf you prefer, replace [] by null and {} by an empty text.",
          '\n\nNote that "key": "value" pairs like {a: 1} were avoided.',
        ]),
      ),
  ),
  fault("fence", "inner", ["fence"], (draft, random) =>
    surround(draft, `\`\`\`${random.pick(["json", "JSON", ""])}\n`, "\n```"),
  ),
  fault("fence-and-prose", "inner", ["fence", "before", "after"], (draft, random) =>
    surround(draft, `${opening(draft, random)}\`\`\`json\n`, `\n\`\`\`${closing(draft, random)}`),
  ),
  fault("fence-never-closed", "inner", ["fence"], (draft) => surround(draft, "```json\n")),
  fault("fence-never-opened", "inner", ["fence", "end"], (draft) => !draft.cut && surround(draft, "", "\n```")),
  fault("fence-of-another-language", "inner", ["fence"], (draft, random) =>
    surround(draft, `\`\`\`${random.pick(["javascript", "python", "jsonc", "text", "js"])}\n`, "\n```"),
  ),
  fault("fence-of-tildes", "inner", ["fence"], (draft) => surround(draft, "~~~json\n", "\n~~~")),
  fault("fence-on-one-line", "inner", ["fence"], (draft) => !holdsFence(draft) && surround(draft, "```json ", "```")),
  fault(
    "fence-of-one-back-tick",
    "inner",
    ["fence"],
    (draft) => !draft.text.includes("`") && surround(draft, "`", "`"),
  ),
  fault("fence-in-a-fence", "inner", ["fence"], (draft) => surround(draft, "````markdown\n```json\n", "\n```\n````")),
  fault("indented-fence", "inner", ["fence"], (draft) =>
    surround(draft, "1. The document:\n\n   ```json\n   ", "\n   ```"),
  ),
  fault("several-fences", "inner", ["fence", "before", "after"], (draft, random) =>
    surround(
      draft,
      random.pick([
        "First install it:\n\n```bash\nnpm install && npm start\n```\n\nThen:\n\n```json\n",
        "The folder looks like this:\n\n```\nsrc/\n  main.py\n  util.py\n```\n\nThe document:\n\n```json\n",
        "Run\n\n```sh\necho '[1, 2]' | jq .\n```\n\nand compare:\n\n```json\n",
      ]),
      '\n```\n\nUse it like this:\n\n```js\nconst answer = { ...JSON.parse(text) };\nshow(answer["x"]);\n```',
    ),
  ),
  fault("language-name-on-top", "inner", ["fence"], (draft, random) =>
    surround(draft, random.pick(["json\n", "JSON:\n", "json "])),
  ),
  fault("content-tags", "inner", ["tags"], (draft) => surround(draft, "[CONTENT]\n", "\n[/CONTENT]")),
  fault("content-tags-without-slash", "inner", ["tags"], (draft) => surround(draft, "[CONTENT]\n", "\n[CONTENT]")),
  fault("content-tags-in-lower-case", "inner", ["tags"], (draft) => surround(draft, "[content]\n", "\n[/content]")),
  fault("content-tag-never-closed", "inner", ["tags"], (draft) => surround(draft, "[CONTENT]\n")),
  fault(
    "content-tag-never-opened",
    "inner",
    ["tags", "end"],
    (draft) => !draft.cut && surround(draft, "", "\n[/CONTENT]"),
  ),
  fault("content-tags-and-a-fence", "inner", ["tags", "fence"], (draft) =>
    surround(draft, "[CONTENT]\n```json\n", "\n```\n[/CONTENT]"),
  ),
  fault("content-tags-and-prose", "inner", ["tags", "before", "after"], (draft, random) =>
    surround(draft, `${opening(draft, random)}[CONTENT]\n`, `\n[/CONTENT]${closing(draft, random)}`),
  ),
  fault("element-around", "inner", ["tags"], (draft, random) => {
    const name = random.pick(["json", "answer", "output", "result", "final_answer"]);
    return surround(draft, `<${name}>\n`, `\n</${name}>`);
  }),
  fault("html-around", "inner", ["tags"], (draft) =>
    surround(draft, '<pre><code class="language-json">\n', "\n</code></pre>"),
  ),
  fault("function-call-around", "inner", ["tags"], (draft, random) => {
    const name = random.pick(["callback", "submit", "json.loads"]);
    return surround(draft, `${name}(`, random.pick([")", ");"]));
  }),
  fault("assignment-before", "inner", ["tags"], (draft, random) =>
    surround(
      draft,
      random.pick(["const prd = ", "document = ", "export default ", "return ", "module.exports = "]),
      random.pick([";", "", ";\n"]),
    ),
  ),
  fault("chat-label", "outer", ["label"], (draft, random) =>
    surround(
      draft,
      random.pick(["Assistant: ", "Output:\n", "**Answer:**\n\n", "### Response\n\n", "A: ", "答案：\n"]),
    ),
  ),
  fault(
    "end-token",
    "edge",
    ["after", "end"],
    (draft, random) =>
      !draft.cut &&
      surround(draft, "", random.pick(["<|im_end|>", "</s>", "<|endoftext|>", "\n<|eot_id|>", " [DONE]"])),
  ),
  fault("rule-lines-around", "outer", ["rules"], (draft, random) => {
    const line = random.pick(["---", "***", "=========="]);
    return surround(draft, `${line}\n`, `\n${line}\n`);
  }),
  fault("block-quote", "outer", ["margin", "breaks"], (draft) => {
    draft.text = draft.text.replace(/^/gm, "> ");
    return true;
  }),
];
