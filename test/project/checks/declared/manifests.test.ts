import { describe, expect, it } from "vitest";
import { goModules } from "../../../../src/project/checks/declared/go.ts";
import { npmPackages } from "../../../../src/project/checks/declared/npm.ts";
import { pythonNeeds } from "../../../../src/project/checks/declared/python.ts";
import { mayBring } from "../../../../src/project/checks/declared/python-names.ts";
import { crates } from "../../../../src/project/checks/declared/rust.ts";

const one = (path: string, ...lines: string[]) => new Map([[path, lines.join("\n")]]);

describe("requirements.txt", () => {
  it.each([
    ["flask", "flask"],
    ["Flask-SQLAlchemy==3.1.1", "Flask-SQLAlchemy"],
    ["  uvicorn[standard] >= 0.2, <1  # server", "uvicorn"],
    ['pywin32; sys_platform == "win32"', "pywin32"],
    ["ruamel.yaml~=0.18", "ruamel.yaml"],
    ["# flask", ""],
    ["-r base.txt", ""],
    ["git+https://example.com/x.git", ""],
    ["", ""],
  ])("lists by %j %j", (line, name) => {
    const { listed } = pythonNeeds(one("requirements.txt", line));
    expect(listed.map((distribution) => distribution.name).join()).toBe(name);
  });
});

it("pyproject.toml lists what the project and its groups need", () => {
  const { listed } = pythonNeeds(
    one(
      "pyproject.toml",
      "[project]",
      'dependencies = ["rich>=13", # "no"',
      "  'typer',",
      "]",
      "[project.optional-dependencies]",
      'test = ["pytest"]',
      "[tool.poetry.dependencies]",
      'python = "^3.11"',
      'PyYAML = { version = "6" }',
    ),
  );
  expect(listed.map(({ name, line, always }) => `${line} ${name} ${always}`)).toEqual([
    "2 rich true",
    "3 typer true",
    "6 pytest false",
    "9 PyYAML true",
  ]);
});

describe("mayBring", () => {
  it.each([
    ["Pillow", "PIL"],
    ["opencv-python-headless", "cv2"],
    ["PyYAML", "yaml"],
    ["python-dotenv", "dotenv"],
    ["scikit-learn", "sklearn"],
    ["beautifulsoup4", "bs4"],
    ["flask-cors", "flask_cors"],
    ["Flask", "werkzeug"],
    ["pandas", "numpy"],
    ["pyserial", "serial"],
  ])("%s brings %s", (distribution, module) => {
    expect(mayBring(distribution, module)).toBe(true);
  });

  it.each([
    ["flask", "requests"],
    ["numpy", "pandas"],
    ["pygame", "PIL"],
    ["rich", "yaml"],
  ])("%s does not bring %s", (distribution, module) => {
    expect(mayBring(distribution, module)).toBe(false);
  });
});

it("go.mod names its module and what it requires, directly or not", () => {
  const [module] = goModules(
    one(
      "api/go.mod",
      "module example.com/api // ours",
      "go 1.21",
      "require a.com/b v1.0.0",
      "require (",
      "\tc.com/d v0.1.0 // indirect",
      ")",
    ),
  );
  expect(module).toEqual({
    path: "api/go.mod",
    folder: "api/",
    name: "example.com/api",
    required: [
      { name: "a.com/b", line: 3, indirect: false },
      { name: "c.com/d", line: 5, indirect: true },
    ],
  });
});

it("Cargo.toml names its crates as code does", () => {
  const [crate] = crates(
    one(
      "Cargo.toml",
      "[package]",
      'name = "my-game" # the game',
      "[[bin]]",
      'path = "src/game.rs"',
      "[dependencies]",
      'serde-json = "1"',
      'log = { version = "0.4", optional = true }',
      "[dependencies.rand]",
      'version = "0.8"',
      "[dev-dependencies]",
      'proptest = "1"',
    ),
  );
  expect([...(crate?.names ?? [])]).toEqual(["my_game"]);
  expect(crate?.bin).toEqual(["src/game.rs"]);
  expect(crate?.dependencies.map(({ name, always }) => `${name} ${always}`)).toEqual([
    "serde_json true",
    "log false",
    "rand false",
    "proptest false",
  ]);
});

it("a package.json that is none is left out", () => {
  for (const text of ["", "[]", "{", '"x"', "null"]) expect(npmPackages(one("package.json", text))).toEqual([]);
  expect(npmPackages(one("package.json", '{"scripts": [], "dependencies": "x", "bin": 3, "name": 4}'))[0]?.name).toBe(
    "",
  );
});
