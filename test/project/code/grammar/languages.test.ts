import { describe, expect, it } from "vitest";
import { offers, problems, takes, unfinished } from "../in-words.ts";

it.each<[string, string, string[]]>([
  [
    "a.go",
    "package a\nconst Max, min = 1, 2\ntype Board struct { W int }\nfunc (b *Board) Move(dx, dy int, more ...string) error { return nil }\nfunc add(a, b int) int { return a + b }",
    ["constant Max", "- constant min", "class Board", "variable Board.W", "method Board.Move 2+", "- function add 2"],
  ],
  [
    "a.rs",
    "pub struct A;\nimpl A { pub fn new(x: i32) -> Self { A } fn go(&mut self) -> i32 { 1 } }\nimpl T for A { fn t(&self) {} }\npub(crate) fn f(a: &str, b: u8) -> u8 { b }\npub use crate::b::C;",
    ["class A", "method A.new 1", "- method A.go 0", "method A.t 0", "function f 2", "variable C"],
  ],
  [
    "A.java",
    "package a;\npublic class A { private int x; public A(int x) { this.x = x; } public int add(int a, int... b) { return a; } }\nrecord P(int y) {}\nenum D { UP }",
    [
      "class A",
      "- variable A.x",
      "method A.A 1",
      "method A.add 1+",
      "class P",
      "variable P.y",
      "class D",
      "constant D.UP",
    ],
  ],
  [
    "a.c",
    "#define N 3\nstatic int f(void) { return 1; }\nint g(int a, char *b);\nint *h();\ntypedef struct { int x; } T;",
    ["constant N", "- function f 0", "function g 2", "function h 0+", "type T"],
  ],
  [
    "a.cpp",
    "namespace n { class B : public A { public: B(int w, int h = 2); int get() const { return x; } int x; }; }\nvoid n::B::draw(int a) { x = a; }",
    ["class B", "method B.B 1-2", "method B.get 0", "variable B.x", "method B.draw 1"],
  ],
  [
    "a.php",
    "<?php\nclass A { public function f(int $a, $b = 1) { return $a; } private function g() { return 1; } }\nfunction h(...$a) { return $a; }",
    ["class A", "method A.f 1-2", "- method A.g 0", "function h 0+"],
  ],
  [
    "a.rb",
    "class A < B\n  K = 1\n  def f(a, b = 1, c:, d: 2, &e) = a\n  def self.g(*a) = a\nend\ndef h = 1",
    ["class A", "constant A.K", "method A.f 2-4", "method A.g 0+", "function h 0"],
  ],
  [
    "a.cs",
    "namespace N { public class A { public int Score { get; set; } public int F(int a, int b = 1) => a; private int G(params int[] a) => 1; } }",
    ["class A", "variable A.Score", "method A.F 1-2", "- method A.G 0+"],
  ],
])("lists what %s offers", async (path, text, expected) => {
  expect(await offers(path, text)).toEqual(expected);
});

it.each<[string, string, string[]]>([
  ["a.go", 'package a\nimport (\n\t"fmt"\n\tg "example.com/x/game"\n)', ["fmt: *", "example.com/x/game: *"]],
  [
    "a.rs",
    "mod board;\nuse crate::game::{Board, snake::{self, Eye as E}, *};\nuse serde::Serialize;\nmod tests { use super::*; use super::super::x::Y; }",
    [
      "self::board: *",
      "crate::game: Board",
      "crate::game::snake: *",
      "crate::game::snake: Eye",
      "crate::game: *",
      "serde: Serialize",
      "self: *",
      "super::x: Y",
    ],
  ],
  [
    "A.java",
    "import java.util.List;\nimport a.b.*;\nimport static a.U.max;",
    ["java.util.List: List", "a.b: *", "a.U: max"],
  ],
  ["a.c", '#include <stdio.h>\n#include "lib/x.h"', ["stdio.h: *", "lib/x.h: *"]],
  ["a.php", "<?php\nuse A\\{B, C as D};\nrequire_once __DIR__ . '/x.php';", ["A\\B: B", "A\\C: C", "x.php: *"]],
  ["a.rb", "require 'json'\nrequire_relative 'lib/x'", ["json: *", "lib/x: *"]],
  ["a.cs", "using System.Text;", ["System.Text: *"]],
])("reads what %s takes", async (path, text, expected) => {
  expect(await takes(path, text)).toEqual(expected);
});

describe("functions left to be written", () => {
  it.each<[string, string, string[]]>([
    [
      "a.go",
      'package a\nfunc (b *B) F() { panic("not implemented") }\nfunc g() {\n\t// TODO\n}',
      ["2 B.F only says that it is not implemented", "3 g has only a note that it is still to be written"],
    ],
    [
      "a.rs",
      "fn f() -> i32 { todo!() }\nfn g() {}",
      ["1 f only says that it is not implemented", "2 g has an empty body"],
    ],
    [
      "A.java",
      'class A { void f() {} int g() { throw new UnsupportedOperationException("Not implemented yet"); } }',
      ["1 A.f has an empty body", "1 A.g only says that it is not implemented"],
    ],
    [
      "a.c",
      "void f(void) {}\nint g(void) { /* TODO */ return 0; }",
      ["1 f has an empty body", "2 g has only a note that it is still to be written"],
    ],
    [
      "a.php",
      "<?php function f() { throw new Exception('Not implemented'); }",
      ["1 f only says that it is not implemented"],
    ],
    ["a.rb", "class A\n  def f\n    # TODO\n  end\nend", ["2 A.f has only a note that it is still to be written"]],
    [
      "a.cs",
      "class A { int F() { throw new NotImplementedException(); } }",
      ["1 A.F only says that it is not implemented"],
    ],
  ])("are found in %s: %s", async (path, text, expected) => {
    expect(await unfinished(path, text)).toEqual(expected);
  });

  it.each([
    ["a.go", "package a\nfunc (n None) Draw() {}\nfunc init() {}"],
    ["a.rs", "trait T { fn f(&self); fn g(&self) {} }\nimpl T for A { fn f(&self) {} }"],
    [
      "A.java",
      "abstract class A { abstract void f(); void hook() {} }\ninterface I { void g(); }\nclass B implements I { public B() {} public void g() {} }",
    ],
    ["a.cpp", "class A { public: A() {} ~A() {} virtual void f() {} virtual void g() = 0; };\nA::A(int x) : x(x) {}"],
    [
      "a.php",
      "<?php interface I { function f(); }\nclass A implements I { function __construct(private int $a) {} function f() {} }",
    ],
  ])("are not seen in %s: %s", async (path, text) => {
    expect(await unfinished(path, text)).toEqual([]);
  });
});

it.each<[string, string, string[]]>([
  ["a.go", "package a\nfunc f() {\n\tif x {\n}\n", ['2 "{" is never closed']],
  ["a.go", "package a\nfunc f() int {\n\treturn 1 +\n}\n", ["3 `+` cannot be read here"]],
  ["a.rs", "fn f() {\n  let x = (1;\n}", ['3 "}" closes the "(" of line 2']],
  ["A.java", "class A {\n  int f() { return 1 }\n}", ['2 ";" is missing']],
  ["A.java", "class A {\n  void f() {\n}\n", ['1 "{" is never closed']],
  ["a.c", "int main(void) {\n  int x = 1\n  return x;\n}", ['2 ";" is missing']],
  ["a.cpp", "int main() {\n  return (1;\n}}", ['3 "}" closes the "(" of line 2']],
  ["a.php", "<?php\nfunction f( { }\n", ['2 "(" is never closed']],
  ["a.cs", "class A {\n  int F( => 1;\n}", ['3 "}" closes the "(" of line 2']],
])("finds what is wrong in %s: %s", async (path, text, expected) => {
  expect((await problems(path, text)).slice(0, 1)).toEqual(expected);
});

it.each([
  [
    "a.go",
    'package 主\n// 中文\nfunc F[T any, K comparable](m map[K]T) (r []T, err error) { defer func() { recover() }(); for range 3 { go f(); select { case <-c: default: } }; s := `{"a`; _ = s; return }',
  ],
  [
    "a.rs",
    "#![allow(x)]\nuse std::{fmt, io::{self, Write}};\n#[derive(Debug)]\nenum E<'a> { A(&'a str), B { x: i32 } }\nfn main() -> Result<(), Box<dyn std::error::Error>> { let Some(x) = y else { return Ok(()) }; println!(\"{x:?} {{}}\", ); match x { 1..=5 | 7 if a => (), _ => {} } Ok(()) }",
  ],
  [
    "A.java",
    'sealed interface S permits A, B {}\nrecord A<T>(T x) implements S { A { if (x == null) throw new X(); } }\nclass C { String t = """\n  a "b" { \n"""; int f(Object o) { return switch (o) { case A<?>(var x) when x != null -> 1; case null, default -> { yield 2; } }; } @SuppressWarnings("x") <T> void g(List<? super T> a) { a.forEach(System.out::println); } }',
  ],
  [
    "a.c",
    '#ifdef A\n#define F(x) do { x } while (0)\n#endif\n#include "a.h"\nstatic const char *names[] = { [0] = "a", "{" };\nstruct S { unsigned a : 3; int b[]; };\nint (*callback)(void *, int);\nint main(int argc, char *argv[]) { for (;;) { goto end; } end: return (int){0}; }',
  ],
  [
    "a.h",
    '#ifndef A_H\n#define A_H\n#ifdef __cplusplus\nextern "C" {\n#endif\nAPI_EXPORT int f(int a) __attribute__((unused));\nBEGIN_DECLS\n#ifdef __cplusplus\n}\n#endif\n#endif\n',
  ],
  [
    "a.cpp",
    "template <typename... T> auto f(T&&... a) -> decltype(auto) { return (a + ...); }\nenum class C : int { A, B };\nint main() { auto l = [&, x = 1](auto y) mutable { return x + y; }; if (auto it = m.find(1); it != m.end()) { auto [a, b] = *it; } std::map<int, std::vector<int>> m{{1, {2}}}; return 0; }",
  ],
  [
    "a.php",
    "<h1><?= $a ?></h1>\n<?php\ndeclare(strict_types=1);\nenum S: string { case A = 'a'; }\n$f = fn(int|null $x): int => match(true) { $x > 1 => $x?->y ?? 2, default => 3 };\necho <<<EOT\n{$a['b']} {\nEOT;\n",
  ],
  [
    "a.rb",
    "# 中文\nclass A\n  attr_reader :x\n  def call(x) = x&.y\n  def to_s\n    <<~TEXT\n      a {#{x}\n    TEXT\n  end\nend\ncase [1, [2]]\nin [Integer => a, [b]] if a > 0 then puts(a)\nend\nputs %w[a b].map(&:to_s) if x =~ /a\\/(b)/\n",
  ],
  [
    "a.cs",
    'using System;\nnamespace N;\npublic record P(int X);\nclass A<T> where T : class, new() { public int this[int i] => i; async Task<int> F() { await using var x = new(); return x switch { > 1 and < 5 => 1, { Y: 2 } => 2, _ => 3 }; } string s = $@"{a:N2} ""{{"; }',
  ],
])("finds nothing wrong in %s: %s", async (path, text) => {
  expect(await problems(path, text)).toEqual([]);
});
