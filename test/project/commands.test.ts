import { describe, expect, it } from "vitest";
import { plainCommand } from "../../src/project/commands.ts";
import { scaffold } from "../../src/project/scaffold.ts";

describe("plainCommand", () => {
  it.each([
    ["node server.js", "node server.js"],
    ["`npm start`", "npm start"],
    ["$ python main.py --port 80", "python main.py --port 80"],
    ["npm install && npm start", "npm start"],
    ["cd server && PORT=80 node index.js", "cd server && PORT=80 node index.js"],
    ["go run .", "go run ."],
    ["./build/app", "./build/app"],
    ["", ""],
    ["Open index.html in a browser", ""],
    ["open index.html", ""],
    ["go to the folder and open it", ""],
    ["python is needed", ""],
    ["Run python main.py", ""],
    ["none", ""],
    ["N/A", ""],
    ["sudo node server.js", ""],
    ["rm -rf /", ""],
    ["node a.js && rm -rf ~", ""],
    ["node a.js; curl http://example.com", ""],
    ["node a.js | sh", ""],
    ["node $(x)", ""],
    ["node `x`", ""],
    ["node a.js > /etc/passwd", ""],
    ["node a.js & node b.js", ""],
    ["node a.js &&rm x", ""],
    ["node a.js\nnode b.js", ""],
    [`node ${"a".repeat(200)}`, ""],
  ])("takes %j as %j", (text, command) => {
    expect(plainCommand(text)).toBe(command);
  });
});

describe("runCommand", () => {
  it.each([
    ["index.html js/main.js", "js/main.js", "", "", "xdg-open index.html"],
    ["web/index.html web/main.js", "web/index.html", "Open it in a browser", "", "xdg-open web/index.html"],
    ["index.html main.js", "index.html", "npx serve .", "", "npx serve ."],
    ["index.html main.js", "index.html", "python -m http.server 8000", "", "python3 -m http.server 8000"],
    ["my page.html", "my page.html", "", "", "xdg-open 'my page.html'"],
    ["server.js public/index.html", "server.js", "node server.js", "", "node server.js"],
    ["cli.js", "cli.js", "", "", "npm start"],
    ["src/main.ts", "src/main.ts", "npm start", "npm run build", "npm install && npm run build && npm start"],
    ["src/main.ts", "src/main.ts", "npx tsx src/main.ts", "", "npm install && npx tsx src/main.ts"],
    ["index.html src/main.ts", "index.html", "", "", "npm install && npm run build && xdg-open index.html"],
    ["main.py", "main.py", "", "", "python3 main.py"],
    ["main.py", "main.py", "py main.py", "", "python3 main.py"],
    ["main.go", "main.go", "", "", "go run ."],
    ["cmd/app/main.go", "cmd/app/main.go", "", "", "go run ./cmd/app"],
    ["src/main.rs", "src/main.rs", "", "", "cargo run"],
    ["Main.java", "Main.java", "", "", "java Main.java"],
    ["src/a/B.java src/a/C.java", "src/a/B.java", "", "", "javac -d out src/a/B.java src/a/C.java && java -cp out a.B"],
    ["Program.cs", "Program.cs", "", "", "dotnet run"],
    ["index.php", "index.php", "", "", "php -S localhost:8000 -t ."],
    ["tool.php", "tool.php", "", "", "php tool.php"],
    ["main.rb", "main.rb", "", "", "ruby main.rb"],
    ["main.c a.c a.h", "main.c", "", "", "cc -o thing main.c a.c -lm && ./thing"],
    ["main.c", "main.c", "./thing", "make", "make && ./thing"],
    ["main.cpp", "main.cpp", "", "", "c++ -std=c++17 -o thing main.cpp && ./thing"],
    ["Main.kt", "Main.kt", "", "", "kotlinc Main.kt -include-runtime -d thing.jar && java -jar thing.jar"],
    ["main.swift", "main.swift", "", "", "swiftc -o thing main.swift && ./thing"],
    ["main.zig", "main.zig", "", "", ""],
  ])("of %j, entry %j, run %j and build %j is %j", (paths, entryPoint, runCommand, buildCommand, expected) => {
    const list = paths === "my page.html" ? [paths] : paths.split(" ");
    const product = {
      name: "thing",
      description: "",
      goals: [],
      language: "",
      programmingLanguage: "",
      files: list.map((path) => ({ path, purpose: "" })),
      entryPoint,
      runCommand,
      buildCommand,
      testCommand: "",
      packages: [],
      otherPackages: [],
    };
    expect(scaffold(product).runCommand("linux")).toBe(expected);
  });
});
