import type { Arity } from "../source.ts";
import { type FunctionNode, type Node, nodesOf } from "./tree.ts";

/** How many arguments a function takes: those without a default are needed, and one with `arguments` takes any number. */
export function arityOf({ params, body }: { params: readonly Node[]; body?: Node | null }): Arity {
  const own = (params as FunctionNode["params"]).filter((one) => !(one.type === "Identifier" && one.name === "this"));
  const needed = own.map((one) => !isOptional(one));
  const rest = own.some((one) => one.type === "RestElement") || usesArguments(body);
  return { least: needed.lastIndexOf(true) + 1, most: rest ? undefined : own.length };
}

function isOptional(param: Node): boolean {
  const { type, optional, parameter } = param as { type: string; optional?: boolean; parameter?: Node };
  if (parameter) return isOptional(parameter);
  return type === "AssignmentPattern" || type === "RestElement" || optional === true;
}

function usesArguments(body: Node | null | undefined): boolean {
  if (body?.type !== "BlockStatement") return false;
  for (const { node } of nodesOf(body as FunctionNode["body"] & { type: "BlockStatement" })) {
    if (node.type === "Identifier" && node.name === "arguments") return true;
  }
  return false;
}
