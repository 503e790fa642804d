import { expect, it } from "vitest";
import { foundCommands } from "../../src/project/found-commands.ts";

const manifest = (part: object) => ({ "package.json": JSON.stringify(part) });

it.each([
  [
    "a package with scripts",
    manifest({ scripts: { start: "node a.js", test: "mocha", build: "tsc" }, devDependencies: { mocha: "1" } }),
    { install: ["npm install"], build: "npm run build", run: "npm start", test: "npm test" },
  ],
  [
    "npm's own placeholder for tests",
    { ...manifest({ scripts: { test: 'echo "Error: no test specified" && exit 1' } }), "test/a.test.js": "" },
    { install: [], test: "node --test", run: "" },
  ],
  ["a broken package file", { "package.json": "{" }, { install: [], test: "", run: "" }],
  [
    "Python with pytest",
    { "requirements.txt": "flask\npytest==8", "app.py": "", "test_app.py": "" },
    { test: "python -m pytest -q", run: "python app.py" },
  ],
  [
    "Python without packages",
    { "main.py": "", "tests/__init__.py": "", "tests/test_a.py": "" },
    { install: [], test: "python3 -m unittest discover -s tests -t .", run: "python3 main.py" },
  ],
  ["Python with tests beside the code", { "a.py": "", "a_test.py": "" }, { test: "python3 -m unittest discover" }],
  [
    "Go",
    { "go.mod": "module x", "main.go": "package main\n" },
    { build: "go build ./...", test: "go test ./...", run: "go run ." },
  ],
  ["a Go library", { "go.mod": "module x", "a.go": "package x\n" }, { run: "" }],
  ["Rust", { "Cargo.toml": "", "src/main.rs": "" }, { test: "cargo test", run: "cargo run" }],
  ["a page", { "index.html": "" }, { page: "index.html", run: "" }],
  ["nothing known", { "README.md": "" }, { install: [], build: "", run: "", test: "", page: "" }],
])("finds the commands of %s", (_, files, commands) => {
  expect(foundCommands(files as Record<string, string>).commands).toMatchObject(commands);
});
