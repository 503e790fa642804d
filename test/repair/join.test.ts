import { expect, it } from "vitest";
import { joinCut } from "../../src/repair/index.ts";

const open = "Here it is:\n```js\nfunction play() {\n  this.score += 1;\n  con";

it.each<[string, string, string, string]>([
  ["goes on in mid-word", open, "st x = 1;\n}\n```\n", `${open}st x = 1;\n}\n\`\`\`\n`],
  ["goes on in a fence opened again", open, "```js\nst x = 1;\n}\n```", `${open}st x = 1;\n}\n\`\`\``],
  ["drops the words before that fence", open, "Continuing:\n\n```javascript\nst x;\n```", `${open}st x;\n\`\`\``],
  [
    "drops an introduction without a fence",
    open,
    "Continuing from where I stopped:\nst x;\n```",
    `${open}st x;\n\`\`\``,
  ],
  ["drops a Chinese introduction", open, "继续：\n```js\nst x;\n```", `${open}st x;\n\`\`\``],
  [
    "keeps the rest of a line that reads like an introduction",
    "```js\n// 获胜后",
    "继续；其他状态下不起作用。\nplay();\n```",
    "```js\n// 获胜后继续；其他状态下不起作用。\nplay();\n```",
  ],
  [
    "keeps it in English too",
    "```js\n// after a win it ",
    "continues until nothing can move.\n\nplay();\n```",
    "```js\n// after a win it continues until nothing can move.\n\nplay();\n```",
  ],
  ["opens a bare fence again", open, "```\nst x;\n```", `${open}st x;\n\`\`\``],
  ["leaves a closing fence", "```js\na;\n", "```\n", "```js\na;\n```\n"],
  ["leaves a closing fence with words behind it", "```js\na;\n", "```\n\nDone.", "```js\na;\n```\n\nDone."],
  ["drops a repeated piece", open, "  this.score += 1;\n  const x = 1;", `${open}st x = 1;`],
  [
    "drops a repeated piece behind an opened fence",
    open,
    "```js\n  this.score += 1;\n  const x;\n```",
    `${open}st x;\n\`\`\``,
  ],
  [
    "drops the whole last line repeated",
    "```js\nlet a;\nreturn a",
    "return a + 1;\n```",
    "```js\nlet a;\nreturn a + 1;\n```",
  ],
  ["keeps a short word said twice", "```js\nlet ha", "ha = 1;", "```js\nlet haha = 1;"],
  ["keeps a bracket said twice", "```js\nif (a) {\n}\n", "}\n```", "```js\nif (a) {\n}\n}\n```"],
  ["keeps equal rows of numbers short", "```js\n[0,0],\n", "[0,0],\n```", "```js\n[0,0],\n[0,0],\n```"],
  [
    "takes an answer that starts over for the whole",
    open,
    "```js\nfunction play() {\n  this.score += 1;\n  const x = 1;\n}\n```",
    "```js\nfunction play() {\n  this.score += 1;\n  const x = 1;\n}\n```",
  ],
  [
    "takes JSON that starts over for the whole",
    '{"project_name": "snake_game", "product_goals": ["fa',
    '{"project_name": "snake_game", "product_goals": ["fast"]}',
    '{"project_name": "snake_game", "product_goals": ["fast"]}',
  ],
  ["joins JSON in mid-string", '{"a": "long te', 'xt"}', '{"a": "long text"}'],
  ["takes JSON out of the continuation's own fence", '{"a": "long te', '```json\nxt"}\n```', '{"a": "long text"}'],
  ["begins a new line behind a whole statement", "```js\na();", "```js\nb();\n```", "```js\na();\nb();\n```"],
  [
    "keeps an example in Markdown",
    "```markdown\n# T\n\n",
    "```bash\nnpm i\n```\n```",
    "```markdown\n# T\n\n```bash\nnpm i\n```\n```",
  ],
  ["leaves out the reasoning of a continuation", '{"a": "te', '<think>go on</think>xt"}', '{"a": "text"}'],
  ["goes on in reasoning that was cut", "<think>let me", ' see</think>{"a": 1}', '<think>let me see</think>{"a": 1}'],
  ["takes what comes where nothing was", "", "all of it", "all of it"],
  ["keeps what was where nothing comes", "all of it", " \n", "all of it"],
])("%s", (_, text, more, whole) => expect(joinCut(text, more)).toBe(whole));
