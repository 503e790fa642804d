import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classDiagram, quadrantChart, sequenceDiagram } from "../../src/project/mermaid.ts";
import { parseMermaid } from "../helpers/mermaid-parser.ts";

const kinds = ["inheritance", "composition", "aggregation", "association", "dependency"] as const;

const hostile = [
  "",
  "   ",
  'say "hello"',
  "a; b; c",
  "#35; #quot; C# #",
  "style:#fff; classDef x:#000;",
  "[a] (b) {c} ]] )) }}",
  "two\nlines\r\nand\ttabs",
  "写一个2048小游戏",
  "👍🏽 👨‍👩‍👧",
  "end",
  "loop alt else opt par and critical break rect",
  "class namespace note direction LR",
  "classDiagram",
  "title",
  "accTitle: x",
  "accDescr { x",
  "<b>bold</b><script>alert(1)</script>",
  "%% comment",
  "%%{init: {'theme':'dark'}}%%",
  "---\ntitle: x\n---",
  "x".repeat(200),
  "Map<string, List<Item>>",
  "3D renderer",
  "__proto__",
  "constructor",
  "`markdown`",
  '"`open',
  "\\",
  "a --> b",
  "A->>B: x",
  "wrap: x",
  "@{ shape: rect }",
  "\ud800 lone surrogate",
  "nul\u0000 and \u001b[31m",
  "\u202eright to left\u200b",
  ":::hidden",
  "~private $static *abstract",
];

const everywhere = (text: string) => ({
  quadrant: quadrantChart({
    title: text,
    points: [
      { name: text, x: 0.2, y: 0.8 },
      { name: text, x: 1, y: 0 },
    ],
    xAxis: [text, text],
    yAxis: [text, text],
  }),
  classes: classDiagram({
    classes: [
      { name: text, attributes: [text, `${text}: ${text}`], methods: [text, `${text}(${text}): ${text}`] },
      { name: text, attributes: [], methods: [] },
      { name: "Board", attributes: [], methods: [] },
    ],
    relations: kinds.flatMap((kind) => [
      { from: text, to: "Board", kind, label: text },
      { from: "elsewhere", to: text, kind, label: "" },
    ]),
  }),
  sequence: sequenceDiagram([
    { from: text, to: text, message: text },
    { from: "User", to: text, message: "" },
  ]),
});

async function types(diagrams: ReturnType<typeof everywhere>) {
  return {
    quadrant: await parseMermaid(diagrams.quadrant),
    classes: await parseMermaid(diagrams.classes),
    sequence: await parseMermaid(diagrams.sequence),
  };
}

const valid = { quadrant: "quadrantChart", classes: "classDiagram", sequence: "sequence" };

describe("mermaid", () => {
  it.each(hostile)("is valid whatever stands in it: %j", async (text) => {
    expect(await types(everywhere(text))).toEqual(valid);
  });

  it("is valid for arbitrary text", async () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.string({ unit: "grapheme-ascii", maxLength: 30 }),
      fc
        .array(fc.constantFrom('"', ";", "#", "%%", "{", "}", "[", "]", "\n", ":", "end", "~", "<", "`", "a", " "))
        .map((parts) => parts.join("")),
    );
    await fc.assert(
      fc.asyncProperty(text, async (any) => {
        expect(await types(everywhere(any))).toEqual(valid);
      }),
      { numRuns: 15 },
    );
  });

  it("gives a valid diagram of nothing", async () => {
    expect(
      await types({
        quadrant: quadrantChart({ title: "", points: [] }),
        classes: classDiagram({ classes: [], relations: [] }),
        sequence: sequenceDiagram([]),
      }),
    ).toEqual(valid);
  });

  it("stays below the size that Mermaid draws, and valid", async () => {
    const many = Array.from({ length: 800 }, (_, index) => `${"long name ".repeat(9)}${index}`);
    const diagrams = {
      quadrant: quadrantChart({ title: "many", points: many.map((name) => ({ name, x: 0.5, y: 0.5 })) }),
      classes: classDiagram({
        classes: many.map((name) => ({ name, attributes: many, methods: [] })),
        relations: [],
      }),
      sequence: sequenceDiagram(many.map((message) => ({ from: "A", to: "B", message }))),
    };
    expect(await types(diagrams)).toEqual(valid);
    expect(Object.values(diagrams).map((text) => text.length < 50_000)).toEqual([true, true, true]);
    expect(Object.values(diagrams).map((text) => text.endsWith("  %% shortened\n"))).toEqual([true, true, true]);
  });
});

describe("quadrantChart", () => {
  it("draws axes and points", () => {
    expect(
      quadrantChart({
        title: "Snake games",
        points: [
          { name: "Google Snake", x: 0.9, y: 0.754 },
          { name: "Our game", x: 0.3, y: 0.8 },
        ],
        xAxis: ["Low reach", "High reach"],
        yAxis: ["Low", "High"],
      }),
    ).toBe(
      [
        "quadrantChart",
        "  title Snake games",
        '  x-axis "Low reach" --> "High reach"',
        '  y-axis "Low" --> "High"',
        '  "Google Snake": [0.9, 0.75]',
        '  "Our game": [0.3, 0.8]',
        "",
      ].join("\n"),
    );
  });

  it.each([
    [0.3, "0.3"],
    [-1, "0"],
    [7, "1"],
    [1e-9, "0"],
    [0.999999, "1"],
    [Number.NaN, "0.5"],
    [Number.POSITIVE_INFINITY, "1"],
    [-0, "0"],
  ])("writes %d as %s", async (value, written) => {
    const chart = quadrantChart({ title: "", points: [{ name: "a", x: value, y: value }] });
    expect(chart).toBe(`quadrantChart\n  "a": [${written}, ${written}]\n`);
    expect(await parseMermaid(chart)).toBe("quadrantChart");
  });
});

describe("classDiagram", () => {
  it("draws members, generics and every kind of relation", () => {
    expect(
      classDiagram({
        classes: [
          { name: "Game", attributes: ["snake: Snake"], methods: ["tick(now: number): void", "cells() -> List<Cell>"] },
          {
            name: "Snake",
            attributes: ["body: List<List<Cell>>", "options: {speed: number}", "by: Map<string, Cell>"],
            methods: [],
          },
          { name: "2D 向量", attributes: [], methods: [] },
        ],
        relations: [
          { from: "Game", to: "Snake", kind: "composition", label: "owns: one" },
          { from: "Snake", to: "2D 向量", kind: "dependency", label: "" },
          { from: "Game", to: "Loop", kind: "inheritance", label: "" },
          { from: "Game", to: "Snake", kind: "aggregation", label: "" },
          { from: "Game", to: "Snake", kind: "association", label: "moves" },
        ],
      }),
    ).toBe(
      [
        "classDiagram",
        "  class Game {",
        "    snake: Snake",
        "    tick(now: number) void",
        "    cells() List~Cell~",
        "  }",
        "  class Snake {",
        "    body: List~List~Cell~~",
        "    options: ｛speed: number｝",
        "    by: Map＜string, Cell＞",
        "  }",
        '  class class3["2D 向量"]',
        "  class Loop",
        "  Game *-- Snake : owns： one",
        "  Snake ..> class3",
        "  Game --|> Loop",
        "  Game o-- Snake",
        "  Game --> Snake : moves",
        "",
      ].join("\n"),
    );
  });

  it("draws a class that is listed twice once, with the members of both", () => {
    const classes = [
      { name: "A", attributes: ["x: int"], methods: [] },
      { name: "A", attributes: ["y: int"], methods: [] },
    ];
    expect(classDiagram({ classes, relations: [] })).toBe("classDiagram\n  class A {\n    x: int\n    y: int\n  }\n");
  });
});

describe("sequenceDiagram", () => {
  it("names participants in the order of their first call", () => {
    expect(
      sequenceDiagram([
        { from: "User", to: "src/game.js", message: "press an arrow key" },
        { from: "src/game.js", to: "src/snake.js", message: "turn(direction); end" },
        { from: "src/snake.js", to: "src/game.js", message: "moved" },
      ]),
    ).toBe(
      [
        "sequenceDiagram",
        "  participant p1 as User",
        "  participant p2 as src/game.js",
        "  participant p3 as src/snake.js",
        "  p1->>p2: press an arrow key",
        "  p2->>p3: turn(direction)； end",
        "  p3->>p2: moved",
        "",
      ].join("\n"),
    );
  });
});
