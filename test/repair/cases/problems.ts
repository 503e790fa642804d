import { z } from "zod";
import type { ProblemCase } from "./case.ts";
import { Item, Listing, Note, Owned, Prd, prd, Text, Ticket } from "./shapes.ts";

/** What is said of answers that cannot be used, and what is left of them. */
export const problems: ProblemCase[] = [
  ["nothing", Text, "", [{ kind: "empty", path: [] }]],
  ["only blanks", Text, " \n\t\u3000\uFEFF ", [{ kind: "empty", path: [] }]],
  ["only prose", Note, "I'm sorry, I can't help with that.", [{ kind: "no-json", path: [] }]],
  ["only Chinese prose", Note, "抱歉，我无法完成这个请求。", [{ kind: "no-json", path: [] }]],
  ["only reasoning", Note, "<think>Let me think about", [{ kind: "reasoning", path: [] }]],
  ["only finished reasoning", Note, "<think>想好了</think>\n", [{ kind: "reasoning", path: [] }]],
  ["a missing text", Note, '{"title": "贪吃蛇"}', [{ kind: "missing", path: ["body"] }], { title: "贪吃蛇" }],
  [
    "a missing list",
    Listing,
    '{"count": 3}',
    [{ kind: "missing", path: ["files"], expected: /list|array/i }],
    { count: 3 },
  ],
  [
    "two missing members",
    Prd,
    '{"project_name": "蛇", "anything_unclear": ""}',
    [
      { kind: "missing", path: ["product_goals"] },
      { kind: "missing", path: ["requirement_pool"] },
    ],
    { project_name: "蛇", anything_unclear: "" },
  ],
  [
    "a missing inner member",
    Owned,
    '{"title": "图", "owner": {"name": "王"}}',
    [{ kind: "missing", path: ["owner", "mail"] }],
    { title: "图", owner: { name: "王" } },
  ],
  [
    "a missing member of an item",
    Prd,
    JSON.stringify({ ...prd, requirement_pool: [{ priority: "P0", text: "移动" }, { priority: "P1" }] }),
    [{ kind: "missing", path: ["requirement_pool", 1, "text"] }],
  ],
  [
    "a choice there is not",
    Ticket,
    '{"title": "移动", "level": "urgent"}',
    [{ kind: "invalid", path: ["level"], expected: /P0.*P1.*P2/s, got: /urgent/ }],
  ],
  [
    "a choice there is not, in Chinese",
    Ticket,
    '{"title": "移动", "level": "紧急"}',
    [{ kind: "invalid", path: ["level"], expected: /P0/, got: /紧急/ }],
  ],
  [
    "a word for a number",
    Item,
    '{"name": "蛇", "count": "many"}',
    [{ kind: "invalid", path: ["count"], expected: /number/i, got: /many/ }],
  ],
  [
    "a number for a list of objects",
    Prd,
    JSON.stringify({ ...prd, requirement_pool: 3 }),
    [{ kind: "invalid", path: ["requirement_pool"], got: /3|number/ }],
  ],
  [
    "an item of the wrong type",
    Prd,
    JSON.stringify({ ...prd, requirement_pool: [...prd.requirement_pool, 7] }),
    [{ kind: "invalid", path: ["requirement_pool", 2] }],
    { ...prd, requirement_pool: [...prd.requirement_pool, 7] },
  ],
  [
    "two bad items",
    Prd,
    JSON.stringify({
      ...prd,
      requirement_pool: [
        { priority: "P7", text: "a" },
        { priority: "P0", text: "移动" },
        { priority: "P8", text: "b" },
      ],
    }),
    [
      { kind: "invalid", path: ["requirement_pool", 0, "priority"], got: /P7/ },
      { kind: "invalid", path: ["requirement_pool", 2, "priority"], got: /P8/ },
    ],
  ],
  [
    "a rule of the schema's own",
    z.object({ name: z.string().regex(/^[a-z_]+$/) }),
    '{"name": "贪吃蛇 Game"}',
    [{ kind: "invalid", path: ["name"], got: /贪吃蛇 Game/ }],
    { name: "贪吃蛇 Game" },
  ],
  [
    "a list that is too long",
    z.object({ goals: z.array(z.string()).max(2) }),
    '{"goals": ["一", "二", "三"]}',
    [{ kind: "invalid", path: ["goals"] }],
    { goals: ["一", "二", "三"] },
  ],
  [
    "a number out of range",
    z.object({ x: z.number().max(1) }),
    '{"x": 90}',
    [{ kind: "invalid", path: ["x"], got: /90/ }],
    { x: 90 },
  ],
  [
    "a missing and an invalid one",
    Prd,
    JSON.stringify({ project_name: "蛇", product_goals: [], requirement_pool: [{ priority: "?", text: "移动" }] }),
    [
      { kind: "invalid", path: ["requirement_pool", 0, "priority"] },
      { kind: "missing", path: ["anything_unclear"] },
    ],
  ],
  ["another kind of document", Text, "[1, 2]", [{ kind: "invalid", path: [] }]],
  [
    "a broken answer that lacks a member",
    Note,
    "{'title': '贪吃蛇',}",
    [{ kind: "missing", path: ["body"] }],
    { title: "贪吃蛇" },
  ],
  ["a missing member under a wrapping key", Note, '{"note": {"title": "贪吃蛇"}}', [{ path: ["body"] }]],
  ["a cut before a member that is needed", Note, '{"title": "贪吃蛇", "bo', [{ path: ["body"] }], { title: "贪吃蛇" }],
  ["a cut before a value that is needed", Item, '{"name": "蛇", "count": 12', [{ path: ["count"] }], { name: "蛇" }],
];
