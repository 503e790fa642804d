import { describe, expect, it } from "vitest";
import { readSource } from "../../../../src/project/code/read-source.ts";
import { offers, problems, takes, unfinished } from "../in-words.ts";

it.each<[string, string[]]>([
  ["def f(a, b=1): return a", ["function f 1-2"]],
  ["def f(a, /, b, *, c, d=1): return a", ["function f 3-4"]],
  ["def f(*args, **kw): return 1", ["function f 0+"]],
  ["async def f(a: int, b: str = '') -> int: return 1", ["function f 1-2"]],
  ["@cache\ndef f(a): return a", ["function f 1"]],
  ["@app.command()\ndef f(a): return a", ["function f"]],
  ["SIZE = 4\nscore: int = 0\na, b = 1, 2", ["constant SIZE", "variable score", "variable a", "variable b"]],
  ["import os.path\nfrom .x import y as z", ["variable os", "variable z"]],
  ["try:\n    import a\nexcept ImportError:\n    a = None", ["variable a"]],
  ["if True:\n    def f(): return 1\nelse:\n    def f(): return 2", ["function f 0", "function f 0"]],
  ["def 计算(数): return 数", ["function 计算 1"]],
  [
    "class A(B):\n    x = 1\n    def __init__(self, a):\n        self.y = a\n    @staticmethod\n    def s(a): return a\n    @property\n    def p(self): return 1",
    ["class A", "method A.__init__ 1", "method A.s 1", "method A.p", "variable A.x", "variable A.y"],
  ],
])("lists what can be imported from `%s`", async (text, expected) => {
  expect(await offers("a.py", text)).toEqual(expected);
});

it("tells what belongs to another module, and what a class extends", async () => {
  const { declares } = await readSource("a.py", "from x import y\nclass A(b.Base, Generic[T], metaclass=M): pass");
  expect(declares.map(({ name, imported, bases }) => ({ name, imported, bases }))).toEqual([
    { name: "y", imported: true, bases: undefined },
    { name: "A", imported: undefined, bases: ["Base", "Generic"] },
  ]);
});

it.each<[string, string[]]>([
  ["import a.b as c, d", ["a.b: *", "d: *"]],
  ["from . import a", [".: a"]],
  ["from ..x.y import a as b, c", ["..x.y: a, c"]],
  ["from x import *", ["x: *"]],
  ["from __future__ import annotations", []],
  ["def f():\n    import late\n    return late", ["late: *"]],
])("reads what `%s` takes", async (text, expected) => {
  expect(await takes("a.py", text)).toEqual(expected);
});

it("marks imports that may fail or are for types alone", async () => {
  const text = "try:\n    import a\nexcept ImportError:\n    pass\nif TYPE_CHECKING:\n    from b import C";
  expect((await readSource("a.py", text)).imports).toEqual([
    { from: "a", line: 2, names: ["*"], optional: true },
    { from: "b", line: 6, names: ["C"], typeOnly: true },
  ]);
});

describe("functions left to be written", () => {
  it.each<[string, string[]]>([
    ["def f():\n    pass", ["1 f has an empty body"]],
    ['def f():\n    """Moves the snake."""', ["1 f has an empty body"]],
    ["def f():\n    # TODO\n    return None", ["1 f has only a note that it is still to be written"]],
    ["class A:\n    def f(self):\n        raise NotImplementedError", ["2 A.f only says that it is not implemented"]],
    ["class A:\n    def f(self): ...", ["2 A.f has an empty body"]],
  ])("finds `%s`", async (text, expected) => {
    expect(await unfinished("a.py", text)).toEqual(expected);
  });

  it.each([
    "class E(Exception):\n    pass",
    "class P(Protocol):\n    def f(self) -> int: ...",
    "class A(ABC):\n    @abstractmethod\n    def f(self):\n        pass",
    "class A:\n    def f(self):\n        raise NotImplementedError\nclass B(A):\n    def f(self):\n        return 1",
    "class H(BaseHTTPRequestHandler):\n    def log_message(self, *args):\n        pass",
    "@overload\ndef f(a: int) -> int: ...\ndef f(a):\n    return a",
    "def f():\n    def ignore(x):\n        pass\n    return ignore",
    "def f():\n    return None",
  ])("is silent about `%s`", async (text) => {
    expect(await unfinished("a.py", text)).toEqual([]);
  });

  it("says which class a method belongs to, because another file may extend it", async () => {
    const text = "class Shape:\n    def area(self):\n        raise NotImplementedError()";
    expect((await readSource("a.py", text)).unfinished[0]?.owner).toBe("Shape");
  });
});

describe("what Python refuses", () => {
  it.each<[string, string[]]>([
    ["def f():\nx = 1", ["2 an indented block is expected after line 1"]],
    ["def f(a, b)\n    return a", ['1 ":" is missing at the end of `def f(a, b)`']],
    ["x = 1\n  y = 2", ["2 unexpected indent"]],
    ["if x:\n        a = 1\n    b = 2", ["3 the indentation matches no outer level"]],
    ["if x:\n\ta = 1\n        b = 2", ["3 tabs and spaces are mixed in the indentation"]],
    ["x = (1,\ny = 2", ['1 "(" is never closed']],
    ["x = [1, 2)\ny = 2", ['1 ")" closes the "[" of line 1']],
    ['x = "abc\ny = 2', ['1 the string that begins with " has no end']],
    ['x = 1\ny = """abc', ['2 the string that begins with """ has no end']],
    ['print "hello"', ["1 print is a function: print(…)"]],
    ["return 5", ["1 return stands outside of a function"]],
    ["class A:\n    return 1", ["2 return stands outside of a function"]],
    ["if x:\n    break", ["2 break stands outside of a loop"]],
    ["for x in y:\n    def f():\n        continue", ["3 continue stands outside of a loop"]],
    ["def f():\n    return 1 +", ["2 `return 1 +` cannot be read here"]],
    ["while True:\n", ["1 an indented block is expected after this line"]],
  ])("finds `%s`", async (text, expected) => {
    expect(await problems("a.py", text)).toEqual(expected);
  });

  it.each([
    "x = f\"{a['b']} {f'{c}'} {d!r:>{width}}\"",
    "match command.split():\n    case ['go', x] if x:\n        pass\n    case Point(x=0) | {'a': _}:\n        pass\n    case _:\n        pass",
    "if (n := len(a)) > 1:\n    print(n)",
    "@a.b(c)\nasync def f(*, x: dict[str, int] | None = None) -> None:\n    async with a as b, c as d:\n        await b\n    return [i async for i in b if await c]",
    "类名 = '中文\\'字符串'\nprint(类名, \"it's\", '''a\n\"b\n''')",
    "x = {\n  'a': [1,\n2],\n    # odd\n}\nif x: y = 1; z = 2\nelse: y = 2",
    "def f(a, /, b, *args: int, c=1, **kw): yield a; return (yield from b)",
    "try:\n    pass\nexcept* (A, B) as e:\n    raise X from e\nelse:\n    pass\nfinally:\n    pass",
    "x = a if b else lambda: (yield)\ntype P[T] = list[T]\ndef g[T](x: T) -> T: return x",
    "s = r'\\\\' + rb'\\x' + u'a' \\\n    'b'\nprint(*a, **b, sep='')",
    "class A[T](B, metaclass=M):\n\n    # comment\n  # odd comment\n    x: int\n    def f(self): return self.x\n",
    "for i in range(3):\n    if i: continue\n    else:\n        break\nelse:\n    pass\nglobal_value = 0x1F + 1_000j\ndel global_value, a[0]\n",
    "with (open('a') as f, open('b') as g):\n\tx = 1\n\ty = 2\n",
    "\ufeffimport os\r\nif os:\r\n    x = 1\r\n    y = '''a\r\n b'''\r\n",
    "",
  ])("finds nothing wrong in `%s`", async (text) => {
    expect(await problems("a.py", text)).toEqual([]);
  });
});
