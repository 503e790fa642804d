import { describe, expect, it } from "vitest";
import { readSigns } from "../../../src/project/probe/signs.ts";

/** What programs of many languages write when they fail, and the line that tells it. */
const crashes: readonly (readonly [language: string, output: string, trace: string])[] = [
  [
    "Python",
    'Traceback (most recent call last):\n  File "main.py", line 3, in <module>\n    main()\nZeroDivisionError: division by zero',
    "ZeroDivisionError: division by zero",
  ],
  [
    "Python after a prompt on the same line",
    'Name: Traceback (most recent call last):\n  File "a.py", line 1, in <module>\nValueError: bad',
    "ValueError: bad",
  ],
  [
    "Python with a cause",
    "Traceback (most recent call last):\nKeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\nRuntimeError: no a",
    "RuntimeError: no a",
  ],
  [
    "Python syntax",
    "  File \"main.py\", line 3\n    def f(\n         ^\nSyntaxError: '(' was never closed",
    "SyntaxError: '(' was never closed",
  ],
  [
    "Python without its file",
    "python3: can't open file '/p/main.py': [Errno 2]",
    "python3: can't open file '/p/main.py': [Errno 2]",
  ],
  [
    "Node.js",
    "/p/a.js:2\n  throw new TypeError('x is null')\n  ^\n\nTypeError: x is null\n    at main (/p/a.js:2:9)\n    at node:internal/main:1:1\n\nNode.js v20.1.0",
    "TypeError: x is null",
  ],
  [
    "TypeScript",
    "src/a.ts(3,5): error TS2304: Cannot find name 'x'.",
    "src/a.ts(3,5): error TS2304: Cannot find name 'x'.",
  ],
  ["npm", 'npm error Missing script: "start"', 'npm error Missing script: "start"'],
  [
    "Java",
    'Exception in thread "main" java.lang.RuntimeException: boom\n\tat App.main(App.java:5)\nCaused by: java.io.IOException: disk\n\tat App.load(App.java:9)',
    "Caused by: java.io.IOException: disk",
  ],
  ["javac", "src/App.java:3: error: ';' expected", "src/App.java:3: error: ';' expected"],
  ["Kotlin", "App.kt:3:5: error: unresolved reference: foo", "App.kt:3:5: error: unresolved reference: foo"],
  [
    "Go",
    "panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\nmain.main()",
    "panic: runtime error: index out of range [3] with length 3",
  ],
  ["Go's compiler", "# example.com/app\n./main.go:5:2: undefined: fmt", "./main.go:5:2: undefined: fmt"],
  [
    "Go without a module",
    "go: go.mod file not found in current directory",
    "go: go.mod file not found in current directory",
  ],
  [
    "Rust",
    "thread 'main' panicked at src/main.rs:3:5:\nindex out of bounds: the len is 3",
    "index out of bounds: the len is 3",
  ],
  [
    "older Rust",
    "thread 'main' panicked at 'boom', src/main.rs:3:5",
    "thread 'main' panicked at 'boom', src/main.rs:3:5",
  ],
  [
    "rustc",
    "error[E0425]: cannot find value `x` in this scope\n --> src/main.rs:2:5",
    "error[E0425]: cannot find value `x` in this scope",
  ],
  [
    "Ruby",
    "a.rb:3:in `f': undefined method `x' for nil:NilClass (NoMethodError)",
    "a.rb:3:in `f': undefined method `x' for nil:NilClass (NoMethodError)",
  ],
  ["PHP", "PHP Fatal error:  Uncaught Error: x in /p/a.php:3", "PHP Fatal error:  Uncaught Error: x in /p/a.php:3"],
  [
    "C#",
    "Unhandled exception. System.NullReferenceException: Object reference\n   at P.Main() in /p/P.cs:line 3",
    "Unhandled exception. System.NullReferenceException: Object reference",
  ],
  ["C", "main.c:4:5: error: expected ';' before 'return'", "main.c:4:5: error: expected ';' before 'return'"],
  [
    "the linker",
    "/usr/bin/ld: a.o: in function `main':\na.c:(.text+0x5): undefined reference to `f'",
    "a.c:(.text+0x5): undefined reference to `f'",
  ],
  [
    "C++",
    "terminate called after throwing an instance of 'std::out_of_range'\n  what():  vector::at",
    "what():  vector::at",
  ],
  ["a segmentation fault", "Segmentation fault (core dumped)", "Segmentation fault (core dumped)"],
  ["Swift", "main/main.swift:3: Fatal error: Index out of range", "main/main.swift:3: Fatal error: Index out of range"],
  ["Lua", "lua: main.lua:3: attempt to index a nil value", "lua: main.lua:3: attempt to index a nil value"],
  ["Perl", "Can't locate Foo.pm at main.pl line 3.", "Can't locate Foo.pm at main.pl line 3."],
  ["Dart", "Unhandled exception:\nRangeError (index): Invalid value", "RangeError (index): Invalid value"],
  [
    "Elixir",
    "** (ArithmeticError) bad argument in arithmetic expression",
    "** (ArithmeticError) bad argument in arithmetic expression",
  ],
  [
    "the shell",
    "run.sh: line 3: syntax error near unexpected token `fi'",
    "run.sh: line 3: syntax error near unexpected token `fi'",
  ],
];

describe("the line that tells a crash", () => {
  it.each(crashes)("%s", (_, output, trace) => {
    expect(readSigns(output).trace).toBe(trace);
  });

  it.each([
    "Hello\nScore: 3\nPanic mode is off",
    "Usage: todo [options]\n\nError handling: see --help",
    "go: downloading github.com/spf13/cobra v1.8.0",
    "1 error was corrected",
    "meeting at noon: 12:30:45",
    "错误次数：0",
  ])("none in %j", (output) => {
    expect(readSigns(output).trace).toBe("");
  });
});

it.each([
  ["Python", "EOFError: EOF when reading a line", true],
  ["Java", 'Exception in thread "main" java.util.NoSuchElementException: No line found', true],
  ["Node.js", "Error [ERR_USE_AFTER_CLOSE]: readline was closed", true],
  ["Go", "Error reading input: EOF", true],
  ["Rust", "called `Result::unwrap()` on an `Err` value: ParseIntError { kind: Empty }", true],
  ["Ruby", "a.rb:1:in `<main>': undefined method `chomp' for nil:NilClass (NoMethodError)", true],
  ["Haskell", "app: Prelude.getLine: end of file", true],
  ["inquirer", "ExitPromptError: User force closed the prompt with 0 null", true],
  ["JSON that was cut", "SyntaxError: Unexpected end of JSON input", false],
  ["a shell script that was cut", "run.sh: line 9: syntax error: unexpected end of file", false],
])("whether input was missing: %s", (_, output, wantsInput) => {
  expect(readSigns(output).wantsInput).toBe(wantsInput);
});

it.each([
  ["_tkinter.TclError: no display name and no $DISPLAY environment variable", "a display"],
  ["pygame.error: No available video device", "a display"],
  ["Gtk-WARNING **: cannot open display: ", "a display"],
  ["qt.qpa.xcb: could not connect to display", "a display"],
  ['Exception in thread "main" java.awt.HeadlessException', "a display"],
  ["GLFW error 65544: X11: The DISPLAY environment variable is missing", "a display"],
  ["_curses.error: setupterm: could not find terminal", "a terminal"],
  ["termios.error: (25, 'Inappropriate ioctl for device')", "a terminal"],
  ["TypeError: process.stdin.setRawMode is not a function", "a terminal"],
  ["ALSA lib confmisc.c:855: cannot find card '0'", "a sound device"],
  ["[ERROR] can't open camera by index", "a camera"],
  ["serial.serialutil.SerialException: could not open port /dev/ttyUSB0", "a device"],
  ["Error: getaddrinfo ENOTFOUND api.example.com", "the network"],
  ["Error: connect ECONNREFUSED 127.0.0.1:5432", "another server, such as a database"],
  ["Error: OPENAI_API_KEY is missing; api_key must be set", "a key"],
  ["The board is displayed below. Press any key.", ""],
  ["Displaying 3 tasks; set a display name", ""],
])("what is missing here: %s", (output, wants) => {
  expect(readSigns(output).wants).toBe(wants);
});

it.each([
  ["usage: todo.py [-h] {add,list}", true],
  ["Usage of ./app:\n  -n int", true],
  ["todo.py: error: the following arguments are required: command", true],
  ["error: missing required argument 'file'", true],
  ["用法：python main.py <文件>", true],
  ["Uso: app <archivo>", true],
  ["Memory usage is high", false],
  ["Saved 3 tasks", false],
])("whether %j says how it is called", (output, usage) => {
  expect(readSigns(output).usage).toBe(usage);
});

it.each([
  ["/bin/sh: 1: go: not found", "go"],
  ["sh: line 1: cargo: command not found", "cargo"],
  ["zsh: command not found: java", "java"],
  ["'node' is not recognized as an internal or external command,", "node"],
  ["env: ‘python’: No such file or directory", "python"],
  ["task 7: not found", ""],
])("the program that the shell missed in %j", (output, notFound) => {
  expect(readSigns(output).notFound).toBe(notFound);
});

it("reads what was made to be slow to read", () => {
  const parts = [" ", "a.", "SDL", "DISPLAY ", "read ", "api_key ", "\tat a(", ":1", "no display ", "missing the X"];
  const outputs = parts.flatMap((a) => parts.map((b) => a.repeat(100_000) + b.repeat(100_000)));
  expect(outputs.map((output) => readSigns(output).notFound)).toEqual(outputs.map(() => ""));
});
