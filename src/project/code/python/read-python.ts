import { readTree } from "../grammar/parse-tree.ts";
import type { SourceParts } from "../source.ts";
import { declarationsOf } from "./declarations.ts";
import { importsOf } from "./imports.ts";
import { pythonProblems } from "./problems.ts";
import { unfinishedOf } from "./unfinished.ts";

/** Reads Python. */
export async function readPython(path: string, text: string): Promise<SourceParts> {
  const isStub = path.endsWith(".pyi");
  const parts = await readTree("python", text, (root): SourceParts => {
    return {
      checkedBy: "tree-sitter (Python)",
      problems: pythonProblems(root, text),
      imports: importsOf(root),
      declares: declarationsOf(root, text),
      unfinished: isStub ? [] : unfinishedOf(root),
      ...(/^def __getattr__|\bglobals\(\)|\bsetattr\(sys\.modules/m.test(text) && { open: true }),
    };
  });
  return parts ?? {};
}
