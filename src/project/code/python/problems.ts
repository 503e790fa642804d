import type { Node } from "web-tree-sitter";
import { lineOf, nearest, withOuter } from "../grammar/nodes.ts";
import { syntaxProblems } from "../grammar/problems.ts";
import type { Finding } from "../source.ts";
import { indentationProblem } from "./indentation.ts";
import { type LogicalLine, logicalLines } from "./lines.ts";

/** What Python would refuse to compile, as far as its grammar and its lines tell. */
export function pythonProblems(root: Node, text: string): Finding[] {
  const { lines, problem } = logicalLines(text);
  if (!root.hasError) {
    // where the grammar can read what the lines cannot, a string is of a newer kind
    const indentation = problem ? undefined : indentationProblem(lines);
    return [...(indentation ? [indentation] : []), ...refused(root)].toSorted((a, b) => a.line - b.line);
  }
  if (problem) return [problem];
  const indentation = indentationProblem(lines);
  const colons = lines.flatMap(withoutColon);
  const places = new Set(colons.map(({ line }) => line));
  const rest = syntaxProblems(root).filter(({ line }) => !places.has(line));
  const found = [...colons, ...rest].toSorted((a, b) => a.line - b.line);
  return [...found, ...(indentation && found.length === 0 ? [indentation] : [])];
}

const compound =
  /^(?:(?:async\s+)?(?:def|for|with)\s|class\s+\w+|(?:if|elif|while|except)\b(?!\s*[=.,)])|(?:else|try|finally)\s*$)/;

function withoutColon({ line, code }: LogicalLine): Finding[] {
  if (!compound.test(code) || hasColon(code)) return [];
  return [{ line, message: `":" is missing at the end of \`${code.slice(0, 60)}\`` }];
}

/** Whether a colon stands outside of brackets. */
function hasColon(code: string): boolean {
  let depth = 0;
  for (const char of code) {
    if ("([{".includes(char)) depth += 1;
    else if (")]}".includes(char)) depth -= 1;
    else if (char === ":" && depth === 0) return true;
  }
  return false;
}

const functions = ["function_definition", "lambda"];
const loops = ["for_statement", "while_statement"];

/** Statements that the grammar reads and the compiler does not take. */
function refused(root: Node): Finding[] {
  const kinds = ["return_statement", "yield", "await", "break_statement", "continue_statement"];
  const others = ["print_statement", "exec_statement"];
  const outside = [...functions, ...loops, "class_definition"];
  return withOuter(root, [...kinds, ...others], outside).flatMap((found): Finding[] => {
    const { node } = found;
    const says = (message: string): Finding[] => [{ line: lineOf(node), message }];
    const inFunction = functions.includes(nearest(found, ...functions, "class_definition")?.node.type ?? "");
    switch (node.type) {
      case "print_statement":
        return says("print is a function: print(…)");
      case "exec_statement":
        return says("exec is a function: exec(…)");
      case "return_statement":
      case "yield":
      case "await":
        return inFunction ? [] : says(`${node.type.replace("_statement", "")} stands outside of a function`);
      default:
        return loops.includes(found.outer?.node.type ?? "") ? [] : says(`${node.text.trim()} stands outside of a loop`);
    }
  });
}
