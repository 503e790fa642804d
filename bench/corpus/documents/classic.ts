import { z } from "zod";
import { defineDocument } from "../document.ts";

const Priority = z.enum(["P0", "P1", "P2"]);

const ClassicPrd = z.object({
  Language: z.string().meta({ aliases: ["语言"] }),
  "Programming Language": z.string().meta({ aliases: ["编程语言"] }),
  "Original Requirements": z.string().meta({ aliases: ["原始需求"] }),
  "Project Name": z.string().meta({ aliases: ["项目名称"] }),
  "Product Goals": z.array(z.string()).meta({ aliases: ["产品目标"] }),
  "User Stories": z.array(z.string()).meta({ aliases: ["用户故事"] }),
  "Competitive Analysis": z.array(z.string()).meta({ aliases: ["竞品分析"] }),
  "Requirement Analysis": z.string().meta({ aliases: ["需求分析"] }),
  "Requirement Pool": z.array(z.tuple([Priority, z.string()])).meta({ aliases: ["需求池"] }),
  "UI Design draft": z.string().meta({ aliases: ["界面设计草稿"] }),
  "Anything UNCLEAR": z.string().meta({ aliases: ["不明确之处"] }),
});

const classicPrd = defineDocument("classic-prd", ClassicPrd, {
  Language: "en_us",
  "Programming Language": "Python",
  "Original Requirements": "Create a command-line flash-card trainer",
  "Project Name": "flash_cards",
  "Product Goals": [
    "Learn vocabulary in five minutes a day",
    "Work offline, in any terminal",
    "Keep decks as plain text that people can share",
  ],
  "User Stories": [
    "As a learner, I want to see the cards I got wrong more often so that I remember them",
    "As a teacher, I want to write a deck in a text editor so that my class can use it",
    "As a commuter, I want to stop at any time so that I don't lose progress when I get off",
  ],
  "Competitive Analysis": [
    "Anki: powerful scheduling and add-ons, but the interface is overwhelming",
    "Quizlet: beautiful and social, but the best features cost money",
    "Mnemosyne: scientific, but hasn't changed for years",
  ],
  "Requirement Analysis":
    "Scheduling is the core: a Leitner box with five levels is simple enough to explain and good enough to work.",
  "Requirement Pool": [
    ["P0", "Ask all due cards of a deck, hardest first"],
    ["P0", "Store progress next to the deck, as JSON"],
    ["P1", "Accept answers that differ in case or in an accent only"],
    ["P2", "Show a chart of the last 30 days"],
  ],
  "UI Design draft": "One card at a time in the middle of the screen; Enter turns it; y or n rates it; q leaves.",
  "Anything UNCLEAR": "Should several people share one deck file? I assume not.",
});

const ClassicDesign = z.object({
  "Implementation approach": z.string().meta({ aliases: ["实现方法"] }),
  "File list": z.array(z.string()).meta({ aliases: ["文件列表"] }),
  "Data structures and interfaces": z.string().meta({ aliases: ["数据结构和接口"] }),
  "Program call flow": z.string().meta({ aliases: ["程序调用流程"] }),
  "Anything UNCLEAR": z.string().meta({ aliases: ["不明确之处"] }),
});

const classicDesign = defineDocument("classic-design", ClassicDesign, {
  "Implementation approach":
    "We will use the standard library only: argparse for commands, json for progress, and curses for the screen.",
  "File list": ["main.py", "deck.py", "scheduler.py", "screen.py"],
  "Data structures and interfaces":
    'classDiagram\n    class Card {\n        +str front\n        +str back\n        +int level\n        +is_due(today: date) bool\n    }\n    class Deck {\n        +list~Card~ cards\n        +load(path: str) Deck\n        +save() None\n    }\n    Deck "1" o-- "*" Card : contains\n    Scheduler --> Deck : "asks for due cards"',
  "Program call flow":
    "sequenceDiagram\n\tparticipant M as Main\n\tparticipant D as Deck\n\tparticipant S as Scheduler\n\tM->>D: load(path)\n\tD-->>M: deck\n\tloop until done\n\t\tM->>S: next_card(deck)\n\t\tS-->>M: card\n\tend\n\tM->>D: save()",
  "Anything UNCLEAR": "The file format of decks: I assume one card per line, front and back separated by a tab.",
});

const ClassicTasks = z.object({
  "Required Python packages": z.array(z.string()).meta({ aliases: ["所需的Python包"] }),
  "Logic Analysis": z.array(z.tuple([z.string(), z.string()])).meta({ aliases: ["逻辑分析"] }),
  "Task list": z.array(z.string()).meta({ aliases: ["任务列表"] }),
  "Shared Knowledge": z.string().meta({ aliases: ["共享知识"] }),
  "Anything UNCLEAR": z.string().meta({ aliases: ["不明确之处"] }),
});

const classicTasks = defineDocument("classic-tasks-chinese", ClassicTasks, {
  "Required Python packages": ["pygame==2.5.2", "numpy>=1.26"],
  "Logic Analysis": [
    ["game.py", "包含 Game 类：主循环、事件处理；每帧调用 snake.move()，频率为每秒 10 次"],
    ["snake.py", "包含 Snake 类：身体坐标列表，方向；方向不能直接反转"],
    ["food.py", "包含 Food 类：随机生成位置，不能落在蛇身上"],
    ["main.py", "程序入口：创建窗口（640x480），启动游戏"],
  ],
  "Task list": ["snake.py", "food.py", "game.py", "main.py"],
  "Shared Knowledge":
    "方向用元组表示：上 (0, -1)，下 (0, 1)，左 (-1, 0)，右 (1, 0)。格子边长为 20 像素；颜色常量放在 game.py。",
  "Anything UNCLEAR": "是否需要音效尚不明确，暂不实现。",
});

const Step = z.object({
  task_id: z.string(),
  dependent_task_ids: z.array(z.string()),
  instruction: z.string(),
  task_type: z.enum(["eda", "data preprocessing", "feature engineering", "model train", "other"]),
  is_optional: z.boolean(),
  minutes: z.int(),
});

const plan = defineDocument("plan-of-steps", z.array(Step), [
  {
    task_id: "1",
    dependent_task_ids: [],
    instruction: "Load train.csv and look at types, missing values and the share of each class.",
    task_type: "eda",
    is_optional: false,
    minutes: 15,
  },
  {
    task_id: "2",
    dependent_task_ids: ["1"],
    instruction: "Fill missing ages with the median; drop the column Cabin; encode Sex as 0/1.",
    task_type: "data preprocessing",
    is_optional: false,
    minutes: 30,
  },
  {
    task_id: "3",
    dependent_task_ids: ["1", "2"],
    instruction: 'Add the features "family size" and "title" (Mr, Mrs, Miss, other).',
    task_type: "feature engineering",
    is_optional: true,
    minutes: 45,
  },
  {
    task_id: "4",
    dependent_task_ids: ["2", "3"],
    instruction: "Train a gradient-boosted tree with 5-fold cross-validation; report accuracy, precision and recall.",
    task_type: "model train",
    is_optional: false,
    minutes: 120,
  },
]);

/** Answers in the manner of MetaGPT for Python: Title Case keys, lists of pairs, diagrams and plans in strings and lists. */
export const classicDocuments = [classicPrd, classicDesign, classicTasks, plan] as const;
