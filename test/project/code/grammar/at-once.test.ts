import { expect, it } from "vitest";
import { type Grammar, readTree } from "../../../../src/project/code/grammar/parse-tree.ts";

const correct: Readonly<Record<Grammar, string>> = {
  python: "def f(a):\n    return a\n",
  go: "package main\n\nfunc main() {}\n",
  rust: "fn main() {}\n",
  java: "class A { void f() {} }\n",
  cpp: "int main() { return 0; }\n",
  php: "<?php function f() { return 1; }\n",
  ruby: "def f\n  1\nend\n",
  "c-sharp": "class A { void F() {} }\n",
};

it("grammars that are needed for the first time at the same moment read right, now and later", async () => {
  const grammars = Object.keys(correct) as Grammar[];
  for (let time = 1; time <= 3; time++) {
    const wrong = await Promise.all(grammars.map((each) => readTree(each, correct[each], (root) => root.hasError)));
    expect(wrong).toEqual(grammars.map(() => false));
  }
});
