import type { CaseSchema } from "./cases/case.ts";
import {
  Aliased,
  ChinesePrd,
  Listing,
  Loose,
  Note,
  Owned,
  Prd,
  prd,
  Review,
  Source,
  Synonyms,
  Tasks,
  Text,
} from "./cases/shapes.ts";

/** A text that nobody should have written, and the schema it is read against. */
export interface FuzzInput {
  text: string;
  schema: CaseSchema;
}

/** The input of this seed; the same seed gives the same input on every machine. */
export function fuzzInput(seed: number): FuzzInput {
  const random = randomOf(seed);
  const [text, own] = random.pick(answers);
  const schema = random.chance(0.75) ? own : random.pick(schemas);
  const way = random.below(100);
  if (way < 70) return { text: mutated(text, random), schema };
  if (way < 82) return { text: soup(random), schema };
  if (way < 90) return { text: repeated(text, random), schema };
  if (way < 95) return { text: nested(random), schema };
  return {
    text: `${mutated(text, random)}${random.pick(["", "\n", " "])}${mutated(random.pick(answers)[0], random)}`,
    schema,
  };
}

interface Random {
  below(end: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** Mulberry32: small, and good enough to choose faults. */
function randomOf(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (end: number) => Math.floor(next() * end);
  const pick = <T>(list: readonly T[]) => list[below(list.length)] as T;
  return { below, chance: (share) => next() < share, pick };
}

function mutated(text: string, random: Random): string {
  let result = text;
  for (let count = 1 + random.below(5); count > 0; count--) result = random.pick(mutations)(result, random);
  return result;
}

const mutations: ((text: string, random: Random) => string)[] = [
  (text, random) => spliced(text, random, 1 + random.below(3), () => ""),
  (text, random) => spliced(text, random, random.below(40), () => ""),
  (text, random) => spliced(text, random, 0, () => random.pick(tokens)),
  (text, random) => spliced(text, random, 1, () => random.pick(tokens)),
  (text, random) => spliced(text, random, 1 + random.below(30), (piece) => piece + piece),
  (text, random) => spliced(text, random, 2 + random.below(20), (piece) => [...piece].reverse().join("")),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => text.slice(random.below(Math.min(20, text.length + 1))),
  (text, random) => withoutOne(text, random, random.pick(['"', ",", "}", "]", "{", "[", ":", "\\", "\n"])),
  (text, random) => replacedOne(text, random, random.pick(swaps)),
  (text, random) => text.replaceAll(...random.pick(swaps)),
  (text, random) => random.pick(frames)(text),
];

function spliced(text: string, random: Random, length: number, change: (piece: string) => string): string {
  const start = random.below(text.length + 1);
  return text.slice(0, start) + change(text.slice(start, start + length)) + text.slice(start + length);
}

function replacedOne(text: string, random: Random, [from, to]: [string, string]): string {
  const at = text.indexOf(from, random.below(text.length + 1));
  return at < 0 ? text : text.slice(0, at) + to + text.slice(at + from.length);
}

const withoutOne = (text: string, random: Random, piece: string) => replacedOne(text, random, [piece, ""]);

const soup = (random: Random) =>
  Array.from({ length: 1 + random.below(60) }, () => random.pick(tokens)).join(random.pick(["", "", " ", "\n"]));

function repeated(text: string, random: Random): string {
  const start = random.below(text.length);
  const piece = random.chance(0.5) ? random.pick(tokens) : text.slice(start, start + 1 + random.below(20));
  const run = piece.repeat(1 + random.below(200));
  return random.pick([run, text.slice(0, start) + run + text.slice(start), text.slice(0, start) + run, run + text]);
}

function nested(random: Random): string {
  const depth = 1 + random.below(400);
  const [open, close] = random.pick([
    ["[", "]"],
    ['{"a":', "}"],
    ["{", "}"],
    ['{"text": [', "]}"],
    ['"{\\"a\\": ', '}"'],
    ["<think>", "</think>"],
    ["```json\n", "\n```"],
    ["[CONTENT]", "[/CONTENT]"],
    ["（", "）"],
  ] as const);
  const core = random.pick(['{"text": "一"}', '"一"', "1", "", "}", ...tokens]);
  return open.repeat(depth) + core + close.repeat(random.chance(0.5) ? depth : random.below(depth + 1));
}

const tick = "```";

const frames: ((text: string) => string)[] = [
  (text) => `${tick}json\n${text}\n${tick}`,
  (text) => `${tick}\n${text}`,
  (text) => `[CONTENT]\n${text}\n[/CONTENT]`,
  (text) => `<think>${text.slice(0, 40)}</think>${text}`,
  (text) => `Here it is:\n${text}\nThat's all. 完成。`,
  (text) => JSON.stringify(text),
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => text.replaceAll('"', "&quot;"),
  (text) => `[${text}]`,
  (text) => `{"PRD": ${text}}`,
  (text) => `\uFEFF${text}`,
  (text) => `${text}\n${text}`,
];

const swaps: [string, string][] = [
  ['"', "'"],
  ['"', "“"],
  ['"', "”"],
  ['"', '\\"'],
  ['"', '""'],
  ['"', '"""'],
  ['\\"', '"'],
  ["\\n", "\n"],
  [",", "，"],
  [",", ",,"],
  [",", ";"],
  [",", ", // 注释\n"],
  [",", ""],
  [":", "："],
  [":", " =>"],
  ["{", "｛"],
  ["}", "]"],
  ["]", "}"],
  ["]", ",]"],
  ["}", ",}"],
  ["true", "True"],
  ["null", "None"],
  ["\\", "\\\\"],
  ["\n", "\r\n"],
  [" ", "\u3000"],
];

/** What models and people put where it does not belong. */
const tokens: readonly string[] = [
  ..."{}[]()\",:;'`\\/#*<>&|=+-_.~$@%!?0919aeEnN \n\t",
  ..."，：；｛｝［］【】（）、。“”‘’「」…—　",
  ...["\uFEFF", "\u200B", "\u00A0", "\u2028", "\u0000", "\ud83d", "\ude00", "😀", "é", "ｎａｍｅ", "１２"],
  ...["```", "```json\n", "```yaml\n", "\n```\n", "~~~", "[CONTENT]", "[/CONTENT]", "[content]", "<json>", "</json>"],
  ...[
    "<think>",
    "</think>",
    "<thinking>",
    "</thinking>",
    "<answer>",
    "//",
    "/*",
    "*/",
    "# ",
    "<!--",
    "-->",
    "---\n",
    "\n\n",
  ],
  ...[
    '"""',
    "'''",
    '""',
    '\\"',
    "\\\\",
    "\\n",
    "\\u86c7",
    "\\u12",
    "\\ud83d",
    "\\d",
    "\\x41",
    "\\'",
    "&quot;",
    "&amp;",
    "&#34;",
    "&#x4e;",
  ],
  ...[
    "null",
    "true",
    "false",
    "None",
    "True",
    "undefined",
    "NaN",
    "Infinity",
    "...",
    "1e5",
    "-0",
    "0x1F",
    "1,250",
    "007",
    "12345678901234567890",
  ],
  ...[
    '"title":',
    '"text": "',
    "title: ",
    "'body':",
    '"Title"',
    '"title',
    "标题：",
    "## Title\n",
    "**Body**\n",
    "- ",
    "1. ",
    "body: |\n  ",
  ],
  ...[
    '"a": 1',
    '"a": "b",',
    '", "body": "',
    '": "',
    '","',
    '"]',
    '"}',
    "},{",
    "}{",
    "[[",
    "]]",
    "{{",
    "}}",
    '{"title": "',
    '["x", "y"]',
  ],
  ...[
    '{"__proto__": {"x": 1}}',
    '"__proto__":',
    "constructor",
    '"type": "object"',
    '"properties": {',
    "好的，以下是：",
    "Here is",
    "word",
  ],
];

const note = { title: "贪吃蛇", body: 'The snake said "hi"\nand grew.' };
const code = 'import os\n\n\ndef main():\n    print("蛇", {"a": 1})  # start\n    return [1, 2]\n';
const plain = JSON.stringify(prd, null, 2);

/** Realistic answers, right or nearly so, each with its schema. */
const answers: readonly [string, CaseSchema][] = [
  [JSON.stringify(note), Note],
  [JSON.stringify(note, null, 2), Note],
  [`{"title": "贪吃蛇", "body": "The snake said "hi", then\nleft."}`, Note],
  [plain, Prd],
  [`好的，以下是：\n\n${tick}json\n${plain}\n${tick}\n\nHope it helps!`, Prd],
  [`[CONTENT]\n${plain}\n[/CONTENT]`, Prd],
  [`<think>First {"project_name": "draft"}, then</think>\n${plain}`, Prd],
  [
    "{'project_name': 'snake', 'product_goals': ['好玩', 'it\\'s fast',], 'requirement_pool': [{'priority': 'p0', 'text': '移动'}], 'anything_unclear': None}",
    Prd,
  ],
  [JSON.stringify({ path: "main.py", code }), Source],
  [`{"path": "main.py", "code": "${code}"}`, Source],
  [
    JSON.stringify({
      packages: ["pygame==2.0.1"],
      logic_analysis: [
        ["main.py", "入口"],
        ["game.py", "logic"],
      ],
    }),
    Tasks,
  ],
  ['{"files": ["main.py", "蛇.py"], "count": 2} // done', Listing],
  ["files:\n  - main.py\n  - 蛇.py\ncount: 2\n", Listing],
  ["## Title\n贪吃蛇\n\n## Body\n- 一\n- 二\n", Note],
  ["Title: 贪吃蛇\nBody: It grows.\n", Note],
  ['{"approved": true, "score": 8.25, "comment": "很好，see https://a.b/c#d"}', Review],
  ['{"title": "蛇", "count": 12, "done": false, "tags": ["a", "b"]}', Loose],
  ['{"title": "图", "owner": {"name": "王", "mail": "w@x.cn"}}', Owned],
  ['{"项目名称": "贪吃蛇", "产品目标": ["好玩", "快"], "优先级": "高"}', ChinesePrd],
  ['{"项目名称": "snake", "Product Goals": "- 好玩\\n- 快"}', Aliased],
  ['{"title": "移动", "level": "必须"}', Synonyms],
  [JSON.stringify(JSON.stringify(note)), Note],
  ['{"text": "C:\\\\temp \\\\d+ <b class=\\"x\\">蛇</b> &amp; `$name`"}', Text],
  ['[{"a": 1, "b": [true, null, "一"]}, {"a": -2.5e3}]', undefined],
];

const schemas: readonly CaseSchema[] = [undefined, Text, Note, Prd, Loose, Listing, Tasks, { type: "object" }];
