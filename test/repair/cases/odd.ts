import { z } from "zod";
import type { RepairCase } from "./case.ts";

const Two = z.object({ a: z.string(), b: z.string() });
const Listed = z.object({ items: z.array(z.string()), n: z.number() });
const Rows = z.array(z.object({ id: z.number(), title: z.string() }));
const Pool = z.object({ pool: z.array(z.tuple([z.enum(["P0", "P1"]), z.string()])) });
const Pooled = z.object({ pool: z.array(z.object({ priority: z.enum(["P0", "P1"]), text: z.string() })) });
const Texts = z.object({ logic: z.array(z.array(z.string())) });
const Classes = z.object({
  classes: z.array(z.object({ name: z.string(), kind: z.string(), methods: z.array(z.string()) })),
});
const Shape = z.object({
  shape: z.union([
    z.object({ type: z.literal("circle"), r: z.number() }),
    z.object({ type: z.literal("rect"), w: z.number(), h: z.number() }),
  ]),
  ok: z.boolean(),
});
const Nested = z.object({
  t: z.array(z.object({ p: z.string(), d: z.array(z.string()) })),
  n: z.number(),
});

const rows = [
  { id: 1, title: "买菜" },
  { id: 2, title: "b" },
  { id: 3, title: "c" },
];
const two = { a: "x", b: "y" };
const listed = { items: ["x", "y"], n: 3 };
const rect = { shape: { type: "rect", w: 3, h: 4.5 }, ok: true };

/** Faults that readers rarely expect: marks and brackets of several kinds, and values in other shapes. */
export const odd: RepairCase[] = [
  [
    "Python code with an escaped apostrophe, which is no Windows path",
    Two,
    '{"a":"it\\\'s: with open(p) as f:\\n    x = 1", "b": "蛇"}',
    { a: "it's: with open(p) as f:\n    x = 1", b: "蛇" },
  ],
  ["a list that closes too early", Rows, '[{"id":1,"title":"买菜"},{"id":2,"title":"b"}],{"id":3,"title":"c"}]', rows],
  [
    "an item that a wrong bracket closes",
    Rows,
    '[{"id":1,"title":"买菜"},{"id":2,"title":"b"],{"id":3,"title":"c"}]',
    rows,
  ],
  ["one opening mark too many", Two, '{"a":""x","b":"y"}', two],
  ["one opening mark too many at a key", Two, '{"a": "x", ""b": "y"}', two],
  ["one opening mark too many in a list", Listed, '{"items":[""x","y"],"n":3}', listed],
  ["escaped marks around one item", Listed, '{"items":["x",\\"y\\"],"n":3}', listed],
  ["a colon and an equals sign", Listed, '{"items":=["x","y"],"n":=3}', listed],
  [
    "a hash behind a key without its closing mark",
    Two,
    '{"a":"x","b: "C: #0f0 on #222"}',
    { a: "x", b: "C: #0f0 on #222" },
  ],
  ["a text that an apostrophe opens and a plain mark closes", Listed, `{"items":["x",'y"],"n":3}`, listed],
  ["characters without a width behind a comma", Listed, '{"items": ["x", "y"],\u200b"n"\u200b: 3}', listed],
  ["bullets before the items of a list", Listed, '{"items": [\n - "x",\n - "y"\n], "n": 3}', listed],
  ["an end mark of the model", Two, '{"a":"x","b":"y"<|im_end|>', two],
  ["prose behind a text without its bracket", Two, '{"a":"x","b":"y"\n\nNote that this is all.', two],
  [
    "an inner list without its bracket",
    Nested,
    '{"t":[{"p":"a","d":["q"]},{"p":"c","d":["r",{"p":"b","d":["x"]}],"n":1}',
    {
      t: [
        { p: "a", d: ["q"] },
        { p: "c", d: ["r"] },
        { p: "b", d: ["x"] },
      ],
      n: 1,
    },
  ],
  [
    "rows with their label in a text",
    Pool,
    '{"pool":["P0: Keyboard (arrows, WASD)"]}',
    { pool: [["P0", "Keyboard (arrows, WASD)"]] },
  ],
  [
    "rows by their label",
    Pooled,
    '{"pool":{"P0":["上下左右","得分"],"P1":["音效"]}}',
    {
      pool: [
        { priority: "P0", text: "上下左右" },
        { priority: "P0", text: "得分" },
        { priority: "P1", text: "音效" },
      ],
    },
  ],
  [
    "rows of texts as objects",
    Texts,
    '{"logic":[{"file":"a.py","description":"主程序"},{"b.py":"x"}]}',
    {
      logic: [
        ["a.py", "主程序"],
        ["b.py", "x"],
      ],
    },
  ],
  [
    "objects under their names",
    Classes,
    '{"classes":{"Task":{"kind":"class","methods":["run"]},"任务":{"kind":"class","methods":[]}}}',
    {
      classes: [
        { name: "Task", kind: "class", methods: ["run"] },
        { name: "任务", kind: "class", methods: [] },
      ],
    },
  ],
  ["one of several shapes as text", Shape, '{"shape":"{\\"type\\":\\"rect\\",\\"w\\":3,\\"h\\":4.5}","ok":true}', rect],
  ["one of several shapes a level too high", Shape, '{"type":"rect","w":3,"h":4.5,"ok":true}', rect],
  [
    "the arguments of a call, with words around",
    Two,
    '{"name":"write","arguments":"Sure!\\n{\\"a\\":\\"x\\",\\"b\\":\\"y\\"}"}',
    two,
  ],
  ["a fence within a wrapping", Two, '{"content":"```json\\n{\\"a\\":\\"x\\",\\"b\\":\\"y\\"}\\n```"}', two],
  ["parts in a list under a key", Two, '{"PRD":[{"a":"x"},{"b":"y"}]}', two],
  [
    "YAML with prose behind it",
    Two,
    "a: |-\n  line 1\n  line 2\nb: y\n\nHope this helps!",
    { a: "line 1\nline 2", b: "y" },
  ],
  ["a key between marks of two kinds", Two, `{"a":"x",'b":"y"}`, two],
  ["an analysis before it", Two, '<analysis>Maybe {"a":"draft","b":"d"}?</analysis>\n{"a":"x","b":"y"}', two],
  ["a number that JSON writes otherwise, as text", Two, '{"a": .5, "b": 1,250}', { a: ".5", b: "1,250" }],
];
