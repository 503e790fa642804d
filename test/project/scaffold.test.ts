import { describe, expect, it } from "vitest";
import type { Product } from "../../src/project/product.ts";
import { scaffold } from "../../src/project/scaffold.ts";

/** A product of which a test says what matters to it. */
const product = (about: Partial<Product>): Product => ({
  name: "thing",
  description: "a thing",
  goals: [],
  language: "English",
  programmingLanguage: "",
  files: [],
  entryPoint: "",
  runCommand: "",
  buildCommand: "",
  testCommand: "",
  packages: [],
  otherPackages: [],
  ...about,
});

const files = (...paths: string[]) => paths.map((path) => ({ path, purpose: "" }));
const text = (...lines: string[]) => `${lines.join("\n")}\n`;

const whatIsWritten = ({ files, runCommand, languages }: ReturnType<typeof scaffold>) => ({
  files,
  runCommand: runCommand("linux"),
  languages,
});

describe("scaffold", () => {
  it("writes a browser game", () => {
    const game = product({
      name: "snake_game",
      description: "write a snake game",
      goals: ["Fun within a second", "Works offline"],
      programmingLanguage: "HTML/CSS/JavaScript",
      files: [
        { path: "index.html", purpose: "The page with its <canvas>" },
        { path: "src/game.js", purpose: "Rules | loop" },
      ],
      entryPoint: "index.html",
      packages: [{ name: "Canvas API", version: "" }],
    });
    expect(whatIsWritten(scaffold(game))).toEqual({
      files: {
        ".gitignore": text(".DS_Store", ".env", "*.log"),
        "README.md": text(
          "# Snake Game",
          "",
          "> write a snake game",
          "",
          "- Fun within a second",
          "- Works offline",
          "",
          "## Run",
          "",
          "Open `index.html` in a browser.",
          "",
          "## Test",
          "",
          "There are no automated tests.",
          "",
          "## Files",
          "",
          "| File | Purpose |",
          "| --- | --- |",
          "| `index.html` | The page with its &lt;canvas> |",
          "| `src/game.js` | Rules \\| loop |",
        ),
      },
      runCommand: "xdg-open index.html",
      languages: ["javascript"],
    });
    expect(scaffold(game).runCommand("darwin")).toBe("open index.html");
    expect(scaffold(game).runCommand("win32")).toBe("start index.html");
    expect(scaffold(game).files).toEqual(scaffold(game).files);
  });

  it("writes a Chinese game in Chinese", () => {
    const game = product({
      name: "game_2048",
      description: "写一个2048小游戏",
      goals: ["流畅"],
      language: "中文",
      programmingLanguage: "纯前端 JavaScript",
      files: [
        { path: "index.html", purpose: "页面" },
        { path: "game.js", purpose: "规则" },
      ],
      entryPoint: "index.html",
      runCommand: "npm start",
    });
    expect(whatIsWritten(scaffold(game))).toEqual({
      files: {
        ".gitignore": text(".DS_Store", ".env", "*.log"),
        "README.md": text(
          "# Game 2048",
          "",
          "> 写一个2048小游戏",
          "",
          "- 流畅",
          "",
          "## 运行",
          "",
          "用浏览器打开 `index.html`。",
          "",
          "## 测试",
          "",
          "没有自动化测试。",
          "",
          "## 文件",
          "",
          "| 文件 | 用途 |",
          "| --- | --- |",
          "| `index.html` | 页面 |",
          "| `game.js` | 规则 |",
        ),
      },
      runCommand: "xdg-open index.html",
      languages: ["javascript"],
    });
  });

  it("writes a Python command line program", () => {
    const todo = product({
      name: "todo_app",
      description: "write a command line todo app\nin python",
      programmingLanguage: "Python 3.11",
      files: [
        { path: "todo.py", purpose: "Commands" },
        { path: "store.py", purpose: "Keeps the list" },
      ],
      entryPoint: "todo.py",
      runCommand: "python todo.py list",
      testCommand: "python -m unittest",
      packages: [
        { name: "argparse", version: "" },
        { name: "json", version: "2.0.9" },
      ],
      otherPackages: [{ name: "sqlite3", version: "3" }],
    });
    expect(whatIsWritten(scaffold(todo))).toEqual({
      files: {
        ".gitignore": text(".DS_Store", ".env", "*.log", "__pycache__/", ".venv/"),
        "README.md": text(
          "# Todo App",
          "",
          "> write a command line todo app",
          "> in python",
          "",
          "## Run",
          "",
          "Needs Python 3.",
          "",
          "It also needs these programs:",
          "",
          "- sqlite3 3",
          "",
          "```sh",
          "python3 todo.py list",
          "```",
          "",
          "## Test",
          "",
          "```sh",
          "python3 -m unittest",
          "```",
          "",
          "## Files",
          "",
          "| File | Purpose |",
          "| --- | --- |",
          "| `todo.py` | Commands |",
          "| `store.py` | Keeps the list |",
        ),
      },
      runCommand: "python3 todo.py list",
      languages: ["python"],
    });
    expect(scaffold(todo).runCommand("win32")).toBe("python todo.py list");
  });

  it("writes a Node.js server with packages", () => {
    const server = product({
      name: "chat_server",
      description: "a chat server",
      programmingLanguage: "JavaScript (Node.js)",
      files: [
        { path: "server.js", purpose: "Listens" },
        { path: "public/index.html", purpose: "The page" },
      ],
      entryPoint: "server.js",
      runCommand: "npm install && npm start",
      buildCommand: "npm run build",
      testCommand: "npm test",
      packages: [
        { name: "express", version: "v4.19.2" },
        { name: "Express", version: "^5" },
        { name: "ws@^8.17.0", version: "" },
        { name: "jest", version: ">=29 <31" },
        { name: "http", version: "" },
        { name: "node:fs", version: "" },
        { name: "left pad", version: "1" },
        { name: "evil; rm -rf ~", version: "1" },
        { name: "helmet", version: "file:../../secret" },
      ],
    });
    expect(whatIsWritten(scaffold(server))).toEqual({
      files: {
        "package.json": text(
          "{",
          '  "name": "chat_server",',
          '  "version": "0.1.0",',
          '  "private": true,',
          '  "type": "module",',
          '  "scripts": {',
          '    "start": "node server.js",',
          '    "test": "node --test"',
          "  },",
          '  "dependencies": {',
          '    "express": "4.19.2",',
          '    "helmet": "*",',
          '    "ws": "^8.17.0"',
          "  },",
          '  "devDependencies": {',
          '    "jest": ">=29 <31"',
          "  }",
          "}",
        ),
        ".gitignore": text(".DS_Store", ".env", "*.log", "node_modules/"),
        "README.md": text(
          "# Chat Server",
          "",
          "> a chat server",
          "",
          "## Run",
          "",
          "Needs Node.js 20.",
          "",
          "```sh",
          "npm install",
          "npm start",
          "```",
          "",
          "## Test",
          "",
          "```sh",
          "npm test",
          "```",
          "",
          "## Files",
          "",
          "| File | Purpose |",
          "| --- | --- |",
          "| `server.js` | Listens |",
          "| `public/index.html` | The page |",
        ),
      },
      runCommand: "npm install && npm start",
      languages: ["javascript"],
    });
  });

  it("writes a Python server with a browser front end", () => {
    const mixed = product({
      name: "notes",
      description: "notes on the web",
      programmingLanguage: "Python, JavaScript",
      files: [
        { path: "static/app.js", purpose: "Front end" },
        { path: "static/store.js", purpose: "Front end" },
        { path: "templates/index.html", purpose: "The page" },
        { path: "app.py", purpose: "Serves" },
      ],
      entryPoint: "app.py",
      runCommand: "pip install -r requirements.txt && python app.py",
      packages: [
        { name: "Flask", version: "2.31" },
        { name: "requests[socks]", version: ">=2.31, <3" },
        { name: "@types/node", version: "^20" },
        { name: "sqlite3", version: "" },
        { name: "gunicorn", version: "latest" },
      ],
    });
    expect(whatIsWritten(scaffold(mixed))).toEqual({
      files: {
        "requirements.txt": text("Flask==2.31", "requests[socks]>=2.31,<3", "gunicorn"),
        "package.json": text(
          "{",
          '  "name": "notes",',
          '  "version": "0.1.0",',
          '  "private": true,',
          '  "type": "module",',
          '  "devDependencies": {',
          '    "@types/node": "^20"',
          "  }",
          "}",
        ),
        ".gitignore": text(".DS_Store", ".env", "*.log", "node_modules/", "__pycache__/", ".venv/"),
        "README.md": text(
          "# Notes",
          "",
          "> notes on the web",
          "",
          "## Run",
          "",
          "Needs Python 3.",
          "",
          "```sh",
          "python3 -m venv .venv",
          ". .venv/bin/activate  # Windows: .venv\\Scripts\\activate",
          "pip install -r requirements.txt",
          "npm install",
          "python app.py",
          "```",
          "",
          "## Test",
          "",
          "There are no automated tests.",
          "",
          "## Files",
          "",
          "| File | Purpose |",
          "| --- | --- |",
          "| `static/app.js` | Front end |",
          "| `static/store.js` | Front end |",
          "| `templates/index.html` | The page |",
          "| `app.py` | Serves |",
        ),
      },
      runCommand:
        "python3 -m venv .venv && . .venv/bin/activate && pip install -r requirements.txt && npm install && python app.py",
      languages: ["python", "javascript"],
    });
    expect(scaffold(mixed).runCommand("win32")).toBe(
      "python -m venv .venv && .venv\\Scripts\\activate && pip install -r requirements.txt && npm install && python app.py",
    );
  });

  it("writes the package file of its language and no other, even where the name and entry point are hostile", () => {
    const { files: written } = scaffold(
      product({
        name: "../../Evil\nName",
        programmingLanguage: "Rust",
        files: files("app/main.rs", "../outside.rs"),
        entryPoint: 'app/main.rs"\n[dependencies]',
        packages: [
          { name: "serde", version: "1.0" },
          { name: 'x"\ny', version: "1" },
          { name: "std", version: "" },
        ],
      }),
    );
    expect(Object.keys(written)).toEqual(["Cargo.toml", ".gitignore", "README.md"]);
    expect(written["Cargo.toml"]).toBe(
      text(
        "[package]",
        'name = "evil_name"',
        'version = "0.1.0"',
        'edition = "2021"',
        "",
        "[dependencies]",
        'serde = "1.0"',
      ),
    );
  });

  it("does not ignore folders and files of the product", () => {
    const { files: written } = scaffold(
      product({ files: files("bin/Tool.cs", "src/obj/Model.cs", "data.log"), entryPoint: "bin/Tool.cs" }),
    );
    expect(written[".gitignore"]).toBe(text(".DS_Store", ".env"));
  });
});

describe("package files", () => {
  it.each<[string, Partial<Product>, Record<string, string>]>([
    [
      "Go",
      {
        files: files("main.go"),
        packages: [
          { name: "github.com/gin-gonic/gin v1.9.1", version: "" },
          { name: "github.com/go-chi/chi/v5", version: "v5.0.12" },
          { name: "github.com/redis/go-redis", version: "9.0.0" },
          { name: "github.com/spf13/cobra", version: "latest" },
          { name: "net/http", version: "" },
          { name: "fmt", version: "" },
        ],
      },
      {
        "go.mod": text(
          "module thing",
          "",
          "go 1.21",
          "",
          "require (",
          "\tgithub.com/gin-gonic/gin v1.9.1",
          "\tgithub.com/go-chi/chi/v5 v5.0.12",
          ")",
        ),
      },
    ],
    [
      "Java with packages",
      {
        files: files("src/main/java/com/example/App.java"),
        entryPoint: "src/main/java/com/example/App.java",
        packages: [
          { name: "com.google.code.gson:gson:2.10.1", version: "" },
          { name: "org.slf4j:slf4j-api", version: "newest" },
          { name: "java.util", version: "" },
        ],
      },
      {
        "pom.xml": text(
          '<?xml version="1.0" encoding="UTF-8"?>',
          '<project xmlns="http://maven.apache.org/POM/4.0.0">',
          "  <modelVersion>4.0.0</modelVersion>",
          "  <groupId>thing</groupId>",
          "  <artifactId>thing</artifactId>",
          "  <version>0.1.0</version>",
          "  <properties>",
          "    <maven.compiler.release>17</maven.compiler.release>",
          "    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>",
          "    <exec.mainClass>com.example.App</exec.mainClass>",
          "  </properties>",
          "  <dependencies>",
          "    <dependency>",
          "      <groupId>com.google.code.gson</groupId>",
          "      <artifactId>gson</artifactId>",
          "      <version>2.10.1</version>",
          "    </dependency>",
          "    <dependency>",
          "      <groupId>org.slf4j</groupId>",
          "      <artifactId>slf4j-api</artifactId>",
          "      <version>RELEASE</version>",
          "    </dependency>",
          "  </dependencies>",
          "</project>",
        ),
      },
    ],
    ["Java without packages", { files: files("Main.java") }, {}],
    [
      "C#",
      { files: files("Program.cs"), packages: [{ name: "Newtonsoft.Json", version: "13.0.3" }] },
      {
        "thing.csproj": text(
          '<Project Sdk="Microsoft.NET.Sdk">',
          "  <PropertyGroup>",
          "    <OutputType>Exe</OutputType>",
          "    <TargetFramework>net8.0</TargetFramework>",
          "    <Nullable>enable</Nullable>",
          "    <ImplicitUsings>enable</ImplicitUsings>",
          "  </PropertyGroup>",
          "  <ItemGroup>",
          '    <PackageReference Include="Newtonsoft.Json" Version="13.0.3" />',
          "  </ItemGroup>",
          "</Project>",
        ),
      },
    ],
    [
      "PHP",
      {
        files: files("index.php"),
        packages: [
          { name: "monolog/monolog", version: "^3.0" },
          { name: "ext-json", version: "*" },
        ],
      },
      {
        "composer.json": text(
          "{",
          '    "name": "metagpt/thing",',
          '    "type": "project",',
          '    "require": {',
          '        "monolog/monolog": "^3.0"',
          "    }",
          "}",
        ),
      },
    ],
    ["PHP without packages", { files: files("index.php") }, {}],
    [
      "Ruby",
      {
        files: files("main.rb"),
        packages: [
          { name: "sinatra", version: "^3.1" },
          { name: "json", version: "" },
          { name: "tty-prompt", version: "" },
        ],
      },
      { Gemfile: text('source "https://rubygems.org"', "", 'gem "sinatra", "~> 3.1"', 'gem "tty-prompt"') },
    ],
    ["C", { files: files("main.c", "snake.h"), packages: [{ name: "ncurses", version: "6" }] }, {}],
    ["C++", { files: files("main.cpp") }, {}],
    ["Kotlin", { files: files("Main.kt") }, {}],
    ["Swift", { files: files("main.swift") }, {}],
    ["an unknown language", { files: files("main.zig"), packages: [{ name: "x", version: "1" }] }, {}],
    [
      "Node.js without packages",
      { files: files("cli.js"), entryPoint: "cli.js" },
      {
        "package.json": text(
          "{",
          '  "name": "thing",',
          '  "version": "0.1.0",',
          '  "private": true,',
          '  "type": "module",',
          '  "scripts": {',
          '    "start": "node cli.js"',
          "  }",
          "}",
        ),
      },
    ],
    [
      "TypeScript",
      { files: files("src/main.ts", "src/a.ts"), entryPoint: "src/main.ts", buildCommand: "npm run build" },
      {
        "package.json": text(
          "{",
          '  "name": "thing",',
          '  "version": "0.1.0",',
          '  "private": true,',
          '  "type": "commonjs",',
          '  "scripts": {',
          '    "start": "node dist/main.js",',
          '    "build": "tsc"',
          "  },",
          '  "devDependencies": {',
          '    "@types/node": "^20",',
          '    "typescript": "^5"',
          "  }",
          "}",
        ),
        "tsconfig.json": text(
          "{",
          '  "compilerOptions": {',
          '    "target": "es2022",',
          '    "module": "commonjs",',
          '    "lib": [',
          '      "es2022"',
          "    ],",
          '    "rootDir": "src",',
          '    "outDir": "dist",',
          '    "strict": true,',
          '    "esModuleInterop": true,',
          '    "skipLibCheck": true',
          "  },",
          '  "include": [',
          '    "src"',
          "  ],",
          '  "exclude": [',
          '    "dist",',
          '    "node_modules"',
          "  ]",
          "}",
        ),
      },
    ],
  ])("of %s", (_, about, expected) => {
    const { ".gitignore": _ignored, "README.md": _readme, ...rest } = scaffold(product(about)).files;
    expect(rest).toEqual(expected);
  });
});
