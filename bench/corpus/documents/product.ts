import { z } from "zod";
import { Design } from "../../../actions/write-design.ts";
import { Prd } from "../../../actions/write-prd.ts";
import { Tasks } from "../../../actions/write-tasks.ts";
import { defineDocument } from "../document.ts";

const snakePrd = defineDocument("prd-snake", Prd, {
  language: "English",
  programming_language: "HTML/CSS/JavaScript",
  original_requirements:
    'Write a snake game for the browser. It should feel "retro", like the one on my old Nokia phone.',
  project_name: "snake_game",
  product_goals: [
    "Be playable within two seconds of opening the page, without a tutorial",
    'Look and feel "retro": 8-bit colours, square cells, no gradients',
    "Keep players coming back with a high score that survives a reload",
  ],
  user_stories: [
    "As a player, I want to steer the snake with the arrow keys or W, A, S, D so that I don't have to look at the keyboard.",
    "As a player, I want to see my score and my best score so that I know whether I'm getting better.",
    'As a player, I want to press "Space" to pause so that I can answer the phone.',
    "As a phone user, I want to swipe so that I can play on the bus.",
  ],
  competitors: [
    {
      name: "Google Snake",
      strengths: "Found by everybody; smooth animation; several modes",
      weaknesses: "No retro look, needs a network connection",
      x: 0.92,
      y: 0.81,
    },
    {
      name: "playsnake.org",
      strengths: "Simple, fast, close to the original",
      weaknesses: "Full of advertisements; the page jumps when it's resized",
      x: 0.4,
      y: 0.35,
    },
    {
      name: "Slither.io",
      strengths: "Multiplayer, addictive",
      weaknesses: "Not the classic rules: there are no walls and no grid",
      x: 0.85,
      y: 0.66,
    },
    {
      name: "snake_game",
      strengths: "Retro, offline, no advertisements",
      weaknesses: "Single player only",
      x: 0.2,
      y: 0.75,
    },
  ],
  requirement_analysis:
    "The hard part is the input: two turns within one tick must not let the snake bite its own neck, so turns are queued and a turn of 180° is refused.\n\nThe speed starts at 8 cells per second and grows by 1 for every 5 apples (at most 16). A board of 20 x 20 cells fits any screen.",
  requirement_pool: [
    { priority: "P0", text: "The snake moves on a grid of 20 x 20 cells and grows by one cell per apple." },
    { priority: "P0", text: 'Hitting a wall or itself ends the game and shows "Game over" with the score.' },
    { priority: "P0", text: "Arrow keys and WASD steer; a turn of 180 degrees is ignored." },
    { priority: "P1", text: "The best score is kept in localStorage under the key snake.best." },
    { priority: "P2", text: "A mute button; sounds are off by default." },
  ],
  ui_design:
    'One page: the title on top, the board (400 x 400 px, #9bbc0f on #0f380f) in the middle, below it "Score: 0" and "Best: 0". Before the first key: "Press any arrow key to start". No scroll bars.',
  anything_unclear: "Whether walls should kill or wrap is not said; I assume they kill, as on the Nokia 3310.",
});

const todoPrd = defineDocument("prd-todo-chinese", Prd, {
  language: "中文",
  programming_language: "Python",
  original_requirements: "用 Python 写一个命令行待办事项工具,支持增删改查，数据保存在本地“不要联网”。",
  project_name: "todo_cli",
  product_goals: [
    "三条命令之内完成任何操作：添加、完成、查看",
    "数据只保存在本地（~/.todo.json），绝不联网",
    "启动时间低于 100 毫秒，一万条待办也不卡顿",
  ],
  user_stories: [
    "作为一名学生，我想用一条命令记下作业，这样我就不会忘记截止日期。",
    "作为一名程序员，我想按标签（如 #工作、#生活）筛选待办，以便专注于当前的事情。",
    "作为用户，我希望误删之后可以“撤销”，这样我就不用担心手滑。",
  ],
  competitors: [
    { name: "Todoist", strengths: "跨平台；功能齐全", weaknesses: "必须联网，高级功能收费", x: 0.95, y: 0.9 },
    { name: "todo.txt", strengths: "纯文本，简单，可扩展", weaknesses: "命令难记，没有中文文档", x: 0.45, y: 0.6 },
    { name: "滴答清单", strengths: "界面好看，支持日历", weaknesses: "没有命令行；同步偶尔丢数据", x: 0.8, y: 0.82 },
    { name: "todo_cli", strengths: "离线、快速、中文提示", weaknesses: "没有图形界面", x: 0.15, y: 0.7 },
  ],
  requirement_analysis:
    "难点在于并发写入：两个终端同时执行 add 时，后写的不能覆盖先写的，因此先写临时文件，再原子地改名（os.replace）。日期要能识别“明天”、“下周一”以及 2024-05-01 这样的写法；无法识别时给出提示，而不是报错退出。",
  requirement_pool: [
    { priority: "P0", text: 'todo add "买牛奶" --due 明天：添加一条待办，并打印编号。' },
    { priority: "P0", text: "todo list：按截止日期排序，过期的用红色显示。" },
    { priority: "P0", text: "todo done 3：把编号为 3 的待办标记为完成；编号不存在时返回码为 1。" },
    { priority: "P1", text: "todo undo：撤销上一次修改，最多 20 次。" },
    { priority: "P2", text: "todo export --format csv|json：导出全部数据。" },
  ],
  ui_design:
    "每条待办一行：编号、状态（[ ] 或 [x]）、内容、截止日期。示例：\n  1 [ ] 买牛奶        明天\n  2 [x] 交作业 #学习  2024-05-01\n没有待办时显示“今天没有待办，休息一下吧！”。",
  anything_unclear: "未说明是否需要多人共享；假设只供单个用户使用。",
});

const gameDesign = defineDocument("design-2048", Design, {
  implementation_approach:
    'Plain JavaScript without a build step, because the page must open from disk. The board is a 4 x 4 array of numbers; a move is "slide left" on a rotated board, so there is only one direction to get right. No libraries are needed.',
  files: [
    {
      path: "src/board.js",
      purpose: "The rules: sliding, merging, spawning, and whether a move is left.",
      depends_on: [],
      exports: [
        {
          name: "Board.slide",
          kind: "method",
          signature: 'slide(direction: "up" | "down" | "left" | "right"): { moved: boolean, gained: number }',
          description: "Moves all tiles; merges each tile at most once; never spawns.",
        },
        {
          name: "Board.spawn",
          kind: "method",
          signature: "spawn(random = Math.random): void",
          description: "Puts a 2 (90%) or a 4 (10%) on an empty cell.",
        },
      ],
    },
    {
      path: "src/view.js",
      purpose: "Draws the board and the score into the page.",
      depends_on: ["src/board.js"],
      exports: [
        {
          name: "render",
          kind: "function",
          signature: "render(board: Board, score: number): void",
          description: "Reuses the 16 cells; sets data-value on each, so that the style sheet can colour it.",
        },
      ],
    },
    { path: "style.css", purpose: "Colours by [data-value], the grid, the overlay.", depends_on: [], exports: [] },
    {
      path: "index.html",
      purpose: "The page: board, score, and the scripts in the order of dependency.",
      depends_on: ["style.css", "src/board.js", "src/view.js"],
      exports: [],
    },
  ],
  classes: [
    {
      name: "Board",
      attributes: ["cells: number[][]", "size: number = 4"],
      methods: [
        "slide(direction: string): { moved: boolean, gained: number }",
        "spawn(random): void",
        "isStuck(): boolean",
      ],
    },
    {
      name: "Game",
      attributes: ["board: Board", "score: number", "best: number"],
      methods: ["start(): void", "onKey(event: KeyboardEvent): void"],
    },
  ],
  relations: [
    { from: "Game", to: "Board", kind: "composition", label: "owns" },
    { from: "Game", to: "View", kind: "dependency", label: "draws with" },
  ],
  call_flow: [
    { from: "Player", to: "Game", message: "presses ArrowLeft" },
    { from: "Game", to: "Board", message: 'slide("left")' },
    { from: "Board", to: "Game", message: "{ moved: true, gained: 8 }" },
    { from: "Game", to: "Board", message: "spawn()" },
    { from: "Game", to: "View", message: "render(board, score)" },
  ],
  entry_point: "index.html",
  run_command: "",
  build_command: "",
  test_command: "node --test test/*.test.js",
  anything_unclear: "Whether the game goes on after 2048 is open; I assume it does, with a message shown once.",
});

const weatherDesign = defineDocument("design-weather-chinese", Design, {
  implementation_approach:
    "使用 Flask 提供两个接口，前端为单个 HTML 页面。天气数据来自 wttr.in，结果缓存十分钟（以城市名为键），避免频繁请求。难点是超时处理：上游 3 秒内没有响应时，返回缓存；没有缓存则返回 503。",
  files: [
    {
      path: "app.py",
      purpose: "Flask 应用：路由、错误处理、启动。",
      depends_on: ["weather.py"],
      exports: [
        {
          name: "create_app",
          kind: "function",
          signature: "create_app(cache_seconds: int = 600) -> Flask",
          description: "创建应用；测试时可传入较短的缓存时间。",
        },
      ],
    },
    {
      path: "weather.py",
      purpose: "查询并缓存天气。",
      depends_on: [],
      exports: [
        {
          name: "Weather.fetch",
          kind: "method",
          signature: "fetch(city: str) -> dict[str, str | float]",
          description: '返回 {"temp": 21.5, "text": "晴"}；城市不存在时抛出 KeyError。',
        },
      ],
    },
    { path: "templates/index.html", purpose: "输入城市，显示温度与天气。", depends_on: ["app.py"], exports: [] },
  ],
  classes: [
    {
      name: "Weather",
      attributes: ["cache: dict", "timeout: float"],
      methods: ["fetch(city: str): dict", "clear(): None"],
    },
  ],
  relations: [{ from: "App", to: "Weather", kind: "aggregation", label: "使用" }],
  call_flow: [
    { from: "用户", to: "app.py", message: "GET /api/weather?city=北京" },
    { from: "app.py", to: "Weather", message: 'fetch("北京")' },
    { from: "app.py", to: "用户", message: "200 {temp: 21.5}" },
  ],
  entry_point: "app.py",
  run_command: "flask --app app run --port 5000",
  build_command: "",
  test_command: "",
  anything_unclear: "没有说明是否需要显示未来几天的预报；假设只显示当前天气。",
});

const shortenerTasks = defineDocument("tasks-shortener", Tasks, {
  required_packages: [
    { name: "express", version: "^4.19.2", why: "routing and JSON bodies" },
    { name: "nanoid", version: "", why: "short ids that cannot be guessed" },
  ],
  other_packages: [],
  tasks: [
    {
      path: "src/store.js",
      logic:
        'Keep links in a Map and append every change to data/links.ndjson, one JSON object per line, e.g. {"id":"x7Gh2","url":"https://example.com"}. On start read the file; ignore a broken last line.',
      depends_on: [],
    },
    {
      path: "src/routes.js",
      logic:
        'POST /links answers 201 with {"short": "..."}; a URL that does not begin with http:// or https:// answers 400 and the text "Not a URL". GET /:id answers 302, or 404.\nDon\'t log full URLs.',
      depends_on: ["src/store.js"],
    },
    { path: "src/server.js", logic: "Listen on PORT (default 3000).", depends_on: ["src/routes.js", "src/store.js"] },
  ],
  shared_knowledge:
    'An id has 5 characters of [A-Za-z0-9]. Times are ISO 8601 in UTC.\nErrors are JSON: {"error": "text"}. All files are CommonJS (\'use strict\' first).',
  api_spec:
    'openapi: 3.0.0\ninfo:\n  title: Link shortener   # shown in the docs\n  version: "1.0"\npaths:\n  /links:\n    post:\n      summary: Shorten a URL\n      responses:\n        "201":\n          description: Created\n        "400":\n          description: Not a URL\n  /{id}:\n    get:\n      responses:\n        "302":\n          description: \'Found: see Location\'\n',
  anything_unclear: "",
});

const ledgerTasks = defineDocument("tasks-ledger-chinese", Tasks, {
  required_packages: [
    { name: "pandas", version: ">=2.1", why: "读取与汇总 CSV" },
    { name: "matplotlib", version: ">=3.8", why: "绘制每月支出的柱状图" },
  ],
  other_packages: [{ name: "fonts-noto-cjk", version: "", why: "图中的中文需要字体" }],
  tasks: [
    {
      path: "ledger/model.py",
      logic: "定义 Entry（date、amount、category、note）。金额用 Decimal，不用 float；支出为负，收入为正。",
      depends_on: [],
    },
    {
      path: "ledger/report.py",
      logic: "按月汇总：标题为“2024年5月”，空月份显示 0.00。类别超过 8 个时，其余合并为“其他”。",
      depends_on: ["ledger/model.py"],
    },
    {
      path: "main.py",
      logic:
        '命令：add、report、export。参数错误时打印用法并以 2 退出；例如：python main.py add -12.5 餐饮 "午饭，两人"',
      depends_on: ["ledger/model.py", "ledger/report.py"],
    },
  ],
  shared_knowledge: "日期格式 YYYY-MM-DD；文件编码 UTF-8；数据文件 data/ledger.csv，首行为 date,amount,category,note。",
  api_spec: "",
  anything_unclear: "未说明货币；假设只有人民币（¥）。",
});

const Review = z.object({
  comments: z.array(z.string()).describe("what must change, each with the place and the change"),
  verdict: z.string().describe("LGTM or LBTM"),
});

const review = defineDocument("code-review", Review, {
  comments: [
    "src/game.js, line 42: `if (next = 'left')` assigns instead of comparing; use `===`.",
    'src/game.js, draw(): the id "score" does not exist in index.html; it is called "points" there.',
    "loadScores() returns null for an empty store, but render() calls scores.map(...): return [] instead.",
  ],
  verdict: "LBTM",
});

const Summary = z.object({
  summary: z.string(),
  todo: z.array(z.object({ path: z.string(), change: z.string() })),
});

const summary = defineDocument("code-summary", Summary, {
  summary:
    "index.html loads board.js, view.js and game.js in this order. game.js creates a Board, listens for keydown and calls render() after each move; the best score is kept in localStorage.\nThe main use works except for the two points below.",
  todo: [
    { path: "src/view.js", change: 'render() reads board.grid, but Board only has "cells": rename it in render().' },
    { path: "index.html", change: "view.js is loaded before board.js; it needs Board, so swap the two script tags." },
  ],
});

/** Answers to the product's own actions: long, in English and Chinese. */
export const productDocuments = [
  snakePrd,
  todoPrd,
  gameDesign,
  weatherDesign,
  shortenerTasks,
  ledgerTasks,
  review,
  summary,
] as const;
