import { describe, expect, it } from "vitest";
import { type Need, needsOf } from "../../../../src/project/checks/commands/file-of.ts";
import { callsOf } from "../../../../src/project/checks/commands/shell.ts";

const words = (need: Need) => (need.type === "script" || need.type === "target" ? need.name : need.path);

describe("needsOf", () => {
  it.each([
    ["node src/index.js --port 80", "file src/index.js"],
    ["PORT=80 node ./server", "file server"],
    ["node --watch --env-file .env app.mjs", "file app.mjs"],
    ["npx tsx watch src/main.ts", ""],
    ["node --test", ""],
    ["node -e 'console.log(1)'", ""],
    ["node v20.1.0", ""],
    ["node your-app.js", ""],
    ["npm run build && npm start", "manifest package.json, script build, manifest package.json, script start"],
    ["npm install", "manifest package.json"],
    ["npm install express", ""],
    ["npm --prefix web run dev", ""],
    ["yarn dev", "manifest package.json, script dev"],
    ["python3 main.py < input.txt", "file main.py"],
    [".venv/bin/python main.py", "file main.py"],
    [".venv\\Scripts\\python.exe main.py", "file main.py"],
    ["python -m http.server 8000", ""],
    ["python -m game.cli", "file game/cli.py"],
    ["python -m game", ""],
    ["python -c 'import app.py'", ""],
    ["python -m pytest tests/test_a.py::test_b -k name.py", "file tests/test_a.py"],
    ["pip install -r requirements.txt", "file requirements.txt"],
    ["pip install flask", ""],
    ["uvicorn app.main:app --reload", "file app/main.py"],
    ["go run .", "manifest go.mod"],
    ["go run ./cmd/todo -v", "manifest go.mod, file cmd/todo/*.go"],
    ["go test ./...", "manifest go.mod"],
    ["go run main.go util.go", "file main.go, file util.go"],
    ["cargo run --release", "manifest Cargo.toml"],
    ["cargo new game", ""],
    ["cc -o out.c main.c -lm && ./out", "file main.c"],
    ["javac -d out src/A.java src/*.java", "file src/A.java"],
    ["make test CC=gcc", "manifest Makefile, target test"],
    ["cp .env.example .env", "file .env.example"],
    ["./run.sh", "file run.sh"],
    ["./build/app", ""],
    ["bash scripts/setup.sh", "file scripts/setup.sh"],
    ["php -S localhost:8000 -t public", ""],
    ["node $FILE", ""],
    ["node <file>", ""],
    ["node ../other/index.js", ""],
    ["", ""],
  ])("%j needs %j", (command, expected) => {
    const needs = callsOf(command).flatMap(needsOf);
    expect(needs.map((need) => `${need.type} ${words(need)}`).join(", ")).toBe(expected);
  });
});
