import { expect, it } from "vitest";
import { resolveImport } from "../../../src/project/code/resolve-import.ts";
import type { SourceLanguage } from "../../../src/project/code/source.ts";

/** Files; the file that imports, what it writes, and the file that is meant. */
type Row = [language: SourceLanguage, files: string, from: string, specifier: string, meant: string | undefined];

it.each<Row>([
  ["javascript", "src/a.js src/b.js", "src/a.js", "./b.js", "src/b.js"],
  ["javascript", "src/a.js b/index.js", "src/a.js", "../b", "b/index.js"],
  ["javascript", "a.js data.json", "a.js", "./data", "data.json"],
  ["javascript", "a.js b.js", "a.js", "b", undefined],
  ["javascript", "a.js b.js", "a.js", "./B.js", undefined],
  ["javascript", "a.js b.js", "a.js", "../b.js", undefined],
  ["typescript", "src/a.ts src/b.ts", "src/a.ts", "./b.js", "src/b.ts"],
  ["typescript", "src/a.ts src/b.tsx", "src/a.ts", "./b", "src/b.tsx"],
  ["typescript", "src/x/a.ts src/lib/b.ts", "src/x/a.ts", "@/lib/b", "src/lib/b.ts"],
  ["typescript", "src/index.ts src/a.ts", "src/a.ts", ".", "src/index.ts"],
  ["html", "index.html src/main.ts", "index.html", "/src/main.ts", "src/main.ts"],
  ["css", "css/a.css css/b.css", "css/a.css", "b.css", "css/b.css"],
  ["python", "main.py game/__init__.py game/board.py", "main.py", "game.board", "game/board.py"],
  ["python", "main.py game/__init__.py", "main.py", "game", "game/__init__.py"],
  ["python", "main.py game/board.py", "main.py", "game", "game/board.py"],
  ["python", "game/a.py game/board.py", "game/a.py", ".board", "game/board.py"],
  ["python", "game/ui/a.py game/board.py", "game/ui/a.py", "..board", "game/board.py"],
  ["python", "game/a.py game/__init__.py", "game/a.py", ".", "game/__init__.py"],
  ["python", "src/game/a.py tests/test_a.py", "tests/test_a.py", "game.a", "src/game/a.py"],
  ["python", "app/main.py app/models.py", "app/main.py", "models", "app/models.py"],
  ["python", "a.py", "a.py", "...b", undefined],
  ["python", "a.py", "a.py", "os.path", undefined],
  ["go", "go.mod main.go game/a_test.go game/b.go", "main.go", "example.com/snake/game", "game/b.go"],
  ["go", "main.go fmt/a.go", "main.go", "fmt", undefined],
  ["rust", "src/main.rs src/board.rs", "src/main.rs", "self::board", "src/board.rs"],
  ["rust", "src/main.rs src/game/mod.rs src/game/eye.rs", "src/main.rs", "crate::game::eye", "src/game/eye.rs"],
  ["rust", "src/main.rs src/a.rs", "src/a.rs", "crate", "src/main.rs"],
  ["rust", "src/lib.rs src/a.rs", "src/a.rs", "crate::Direction", "src/lib.rs"],
  ["rust", "src/lib.rs src/a.rs src/a/b.rs src/a/c.rs", "src/a/b.rs", "super::c", "src/a/c.rs"],
  ["rust", "src/lib.rs src/a.rs src/a/b.rs", "src/a/b.rs", "super", "src/a.rs"],
  ["rust", "src/lib.rs src/a.rs src/d.rs src/a/b.rs", "src/a/b.rs", "super::super::d", "src/d.rs"],
  ["rust", "src/lib.rs src/a.rs tests/t.rs", "tests/t.rs", "snake_game::a", "src/a.rs"],
  ["rust", "src/main.rs", "src/main.rs", "self::board", undefined],
  ["rust", "src/main.rs", "src/main.rs", "serde::de", undefined],
  [
    "java",
    "src/main/java/a/App.java src/main/java/a/b/Board.java",
    "src/main/java/a/App.java",
    "a.b.Board",
    "src/main/java/a/b/Board.java",
  ],
  [
    "java",
    "src/main/java/a/B.java src/test/java/a/T.java",
    "src/test/java/a/T.java",
    "a.B.Inner",
    "src/main/java/a/B.java",
  ],
  ["java", "src/a/App.java src/a/b/C.java", "src/a/App.java", "a.b", "src/a/b/C.java"],
  ["java", "src/a/App.java", "src/a/App.java", "java.util.List", undefined],
  ["c", "src/main.c include/board.h", "src/main.c", "board.h", "include/board.h"],
  ["c", "src/main.c src/game/board.h", "src/main.c", "game/board.h", "src/game/board.h"],
  ["c", "src/main.c", "src/main.c", "stdio.h", undefined],
  ["php", "public/index.php src/Game/Board.php", "public/index.php", "App\\Game\\Board", "src/Game/Board.php"],
  ["php", "public/index.php src/a.php", "public/index.php", "../src/a.php", "src/a.php"],
  ["ruby", "bin/run.rb lib/a.rb", "bin/run.rb", "../lib/a", "lib/a.rb"],
  ["csharp", "A.cs", "A.cs", "System", undefined],
])("%s with %s: %s takes %s", (language, files, from, specifier, meant) => {
  const options = { goModule: "example.com/snake", rustCrate: "snake-game" };
  expect(resolveImport(from, specifier, language, new Set(files.split(" ")), options)).toBe(meant);
});
