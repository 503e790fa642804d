import { describe, expect, it } from "vitest";
import { Design } from "../../../actions/write-design.ts";
import { Prd } from "../../../actions/write-prd.ts";
import { Tasks } from "../../../actions/write-tasks.ts";
import { readForeignDocuments } from "../../../src/project/foreign-documents/index.ts";

const prd = {
  Language: "en_us",
  "Programming Language": "Python",
  "Original Requirements": "write a snake game",
  "Project Name": "snake_game",
  "Product Goals": ["Fun", "Fast"],
  "User Stories": ["As a player, I want to steer"],
  "Competitive Analysis": ["Old Snake: simple, no colours", "Slither: many players"],
  "Competitive Quadrant Chart":
    'quadrantChart\n    title "Reach"\n    x-axis "Low" --> "High"\n    "Old Snake": [0.3, 0.6]\n    "Our Target Product": [0.5, 0.75]',
  "Requirement Analysis": "",
  "Requirement Pool": [
    ["P0", "The snake moves"],
    ["P2", "A high score"],
  ],
  "UI Design draft": "One window",
  "Anything UNCLEAR": "Nothing.",
};

const design = {
  "Implementation approach": "Use pygame.",
  "File list": ["main.py", "game/snake.py", "../evil.py", "notes of mine"],
  "Data structures and interfaces":
    '\nclassDiagram\n    class Game {\n        -Snake snake\n        +run() None\n    }\n    class Snake {\n        <<entity>>\n        +list body\n        +move(direction: str) bool\n    }\n    Game *-- Snake : owns\n    Snake <|-- FastSnake\n    Game "1" --> "many" Food : places\n    Game ..> Screen',
  "Program call flow":
    "\nsequenceDiagram\n    participant M as Main\n    participant G as Game\n    M->>G: run()\n    G-->>M: score\n    loop every frame\n    G->>+S: move(direction)\n    end",
  "Anything UNCLEAR": "",
};

const tasks = {
  "Required packages": ["pygame==2.0.1", "requests >= 2.31", "@scope/pkg@^1.0", "No further packages are needed"],
  "Required Other language third-party packages": ["No third-party dependencies required"],
  "Logic Analysis": [
    ["game/snake.py", "The class Snake, with move()"],
    ["main.py", "Starts the game, from game.snake import Snake, from pygame import init"],
  ],
  "Task list": ["game/snake.py", "main.py"],
  "Full API spec": "",
  "Shared Knowledge": "The grid is 20 by 20.",
  "Anything UNCLEAR": "",
};

const written = (documents: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(documents).map(([path, value]) => [path, JSON.stringify(value)]));

describe("readForeignDocuments", () => {
  const repository = {
    ...written({
      "docs/prd/20240102030405.json": prd,
      "docs/system_design/20240102030405.json": design,
      "docs/task/20240102030405.json": tasks,
    }),
    "snake_game/main.py": "",
    "snake_game/game/snake.py": "",
    "tests/main.py": "",
  };
  const read = readForeignDocuments(repository);

  it("gives MetaGPT's documents in our shapes", () => {
    expect(read.source).toBe("metagpt");
    expect(Prd.parse(read.prd)).toEqual(read.prd);
    expect(Design.parse(read.design)).toEqual(read.design);
    expect(Tasks.parse(read.tasks)).toEqual(read.tasks);
  });

  it("reads the requirements", () => {
    expect(read.prd).toEqual({
      language: "English",
      programming_language: "Python",
      original_requirements: "write a snake game",
      project_name: "snake_game",
      product_goals: ["Fun", "Fast"],
      user_stories: ["As a player, I want to steer"],
      competitors: [
        { name: "Old Snake", strengths: "simple, no colours", weaknesses: "", x: 0.3, y: 0.6 },
        { name: "Slither", strengths: "many players", weaknesses: "", x: 0.5, y: 0.5 },
        { name: "Our Target Product", strengths: "", weaknesses: "", x: 0.5, y: 0.75 },
      ],
      requirement_analysis: "",
      requirement_pool: [
        { priority: "P0", text: "The snake moves" },
        { priority: "P2", text: "A high score" },
      ],
      ui_design: "One window",
      anything_unclear: "Nothing.",
    });
  });

  it("reads the design, finding its files where MetaGPT put them", () => {
    expect(read.design).toEqual({
      implementation_approach: "Use pygame.",
      files: [
        {
          path: "snake_game/main.py",
          purpose: "Starts the game, from game.snake import Snake, from pygame import init",
          depends_on: ["snake_game/game/snake.py"],
          exports: [],
        },
        { path: "snake_game/game/snake.py", purpose: "The class Snake, with move()", depends_on: [], exports: [] },
      ],
      classes: [
        { name: "Game", attributes: ["Snake snake"], methods: ["run() None"] },
        { name: "Snake", attributes: ["list body"], methods: ["move(direction: str) bool"] },
      ],
      relations: [
        { from: "Game", to: "Snake", kind: "composition", label: "owns" },
        { from: "FastSnake", to: "Snake", kind: "inheritance", label: "" },
        { from: "Game", to: "Food", kind: "association", label: "places" },
        { from: "Game", to: "Screen", kind: "dependency", label: "" },
      ],
      call_flow: [
        { from: "Main", to: "Game", message: "run()" },
        { from: "Game", to: "Main", message: "score" },
        { from: "Game", to: "S", message: "move(direction)" },
      ],
      entry_point: "snake_game/main.py",
      run_command: "",
      build_command: "",
      test_command: "",
      anything_unclear: "",
    });
  });

  it("reads the tasks", () => {
    expect(read.tasks).toEqual({
      required_packages: [
        { name: "pygame", version: "==2.0.1", why: "" },
        { name: "requests", version: ">=2.31", why: "" },
        { name: "@scope/pkg", version: "^1.0", why: "" },
      ],
      other_packages: [],
      tasks: [
        { path: "snake_game/game/snake.py", logic: "The class Snake, with move()", depends_on: [] },
        {
          path: "snake_game/main.py",
          logic: "Starts the game, from game.snake import Snake, from pygame import init",
          depends_on: [],
        },
      ],
      shared_knowledge: "The grid is 20 by 20.",
      api_spec: "",
      anything_unclear: "",
    });
  });

  it("takes the newest documents, and of those what was refined", () => {
    const refined = {
      "Refined Requirements": "and a high score",
      "Original Requirements": "write a snake game",
      "Refined Product Goals": ["Scores"],
      "Product Goals": ["Fun"],
      "Refined Requirement Pool": [["P1", "A table of scores"]],
    };
    const { prd } = readForeignDocuments({
      ...repository,
      ...written({ "docs/prd/20240203040506.json": refined, "docs/prd/9.json": { "Product Goals": ["Old"] } }),
    });
    expect(prd).toMatchObject({
      original_requirements: "and a high score",
      product_goals: ["Scores"],
      requirement_pool: [{ priority: "P1", text: "A table of scores" }],
    });
  });

  it.each<[string, Record<string, unknown>, object]>([
    [
      "the files of later versions",
      { "docs/prd.json": prd, "docs/project_schedule.json": tasks },
      { source: "metagpt", prd: { project_name: "snake_game" }, tasks: { shared_knowledge: "The grid is 20 by 20." } },
    ],
    [
      "the folders of early versions",
      {
        "docs/prds/20231111.json": prd,
        "docs/system_designs/20231111.json": design,
        "docs/tasks/20231111.json": tasks,
      },
      { source: "metagpt", design: { entry_point: "main.py" } },
    ],
    [
      "files named from the root of the disk",
      { "docs/system_design.json": { "File list": ["/app/workspace/snake/src/main.js"] }, "src/main.js": "" },
      { design: { files: [{ path: "src/main.js" }] } },
    ],
    [
      "a list written as one text",
      { "docs/task/1.json": { "Required Python packages": "- flask==1.1.2\n- bcrypt\n", "Task list": ["app.py"] } },
      {
        source: "metagpt",
        tasks: {
          required_packages: [
            { name: "flask", version: "==1.1.2", why: "" },
            { name: "bcrypt", version: "", why: "" },
          ],
        },
        design: { entry_point: "app.py", files: [{ path: "app.py" }] },
      },
    ],
    [
      "Chinese text",
      { "docs/prd/1.json": { Language: "zh_cn", "Requirement Pool": [["P0", "蛇会移动"], "分数"] } },
      {
        prd: {
          language: "中文",
          requirement_pool: [
            { priority: "P0", text: "蛇会移动" },
            { priority: "P1", text: "分数" },
          ],
        },
      },
    ],
    [
      "values of other kinds than they should be",
      {
        "docs/prd/1.json": { "Product Goals": 7, "User Stories": { a: 1 }, "Requirement Pool": "P0 x", Language: null },
      },
      { prd: { product_goals: ["7"], user_stories: ['{"a":1}'], requirement_pool: [], language: "" } },
    ],
  ])("reads %s", (_, documents, expected) => {
    expect(readForeignDocuments(written(documents))).toMatchObject(expected);
  });

  it("gives our own documents as they are", () => {
    const own = { project_name: "snake", product_goals: ["Fun"] };
    expect(readForeignDocuments(written({ "docs/prd.json": own, "docs/task.json": { tasks: [] } }))).toEqual({
      source: "ours",
      prd: own,
      tasks: { tasks: [] },
    });
  });

  it.each<[string, Record<string, string>]>([
    ["no documents", { "src/a.js": "a" }],
    ["broken JSON", { "docs/prd.json": "{", "docs/task/1.json": "[]" }],
    ["documents elsewhere", { "sub/docs/prd.json": "{}" }],
    ["a document too large to be one", { "docs/prd.json": JSON.stringify({ Language: "x".repeat(1_000_000) }) }],
  ])("finds none in %s", (_, files) => {
    expect(readForeignDocuments(files)).toEqual({ source: "none" });
  });

  it("is not misled by names that JavaScript has for itself, or by depth", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const text = `{"__proto__": {"source": "ours"}, "Constructor": 1, "Product Goals": ${deep}, "Language": "fr"}`;
    expect(readForeignDocuments({ "docs/prd.json": text })).toMatchObject({
      source: "metagpt",
      prd: { language: "fr" },
    });
  });
});
