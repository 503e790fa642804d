import type { z } from "zod";
import { type Path, type Problem, pathText } from "./reading.ts";
import { choices, itemsOf, options, resolve, type SchemaNode, typeOf } from "./schema-node.ts";

const most = 20;

/** A problem whose line names its place. */
export function problem(kind: Problem["kind"], what: string, path: Path = []): Problem {
  const whole = path.length === 0 && !/^not clean/.test(what);
  return { kind, path, message: whole ? what : `${pathText(path) || "the answer"}: ${what}` };
}

/** What is wrong with a value, in words a model can act on. */
export function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  { value, root, truncated }: { value: unknown; root: SchemaNode; truncated: boolean },
): Problem[] {
  const problems = issues.slice(0, most).map((issue): Problem => {
    const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
    const where = pathText(path) || "the answer";
    const got = valueAt(value, issue.path);
    const expected = expectation(nodeAt(root, issue.path), root);
    if (got === undefined) {
      const message = `${where}: ${truncated ? "cut off" : "missing"} (expected ${expected})`;
      return { kind: truncated ? "cut" : "missing", path, message, expected };
    }
    const plainly = issue.code.startsWith("invalid_") && issue.code !== "invalid_format";
    const message = plainly
      ? `${where}: expected ${expected}, got ${shown(got)}`
      : `${where}: ${issue.message}, got ${shown(got)}`;
    return { kind: "invalid", path, message, expected: plainly ? expected : issue.message, got: shown(got) };
  });
  if (issues.length <= most) return problems;
  return [...problems, problem("invalid", `and ${issues.length - most} more problems of this kind`)];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let part = value;
  for (const step of path) {
    if (typeof part !== "object" || part === null) return undefined;
    part = Object.entries(part).find(([key]) => key === String(step))?.[1];
  }
  return part;
}

function nodeAt(root: SchemaNode, path: readonly PropertyKey[]): SchemaNode {
  let node = root;
  for (const step of path) {
    const [, next] =
      options(node)
        .map((option) => resolve(option, root))
        .map((option) => [option, memberOf(option, step)] as const)
        .find(([, member]) => member !== undefined) ?? [];
    node = resolve(next, root);
  }
  return node;
}

const memberOf = (node: SchemaNode, step: PropertyKey): SchemaNode | boolean | undefined =>
  typeof step === "number"
    ? (node.prefixItems?.[step] ?? itemsOf(node))
    : (node.properties?.[String(step)] ?? node.additionalProperties);

/** What a schema asks for, in a few words. */
function expectation(node: SchemaNode, root: SchemaNode): string {
  const all = options(node);
  if (all.length > 1) return orList(all.map((option) => expectation(resolve(option, root), root)));
  const allowed = choices(node);
  if (allowed.length > 0) return orList(allowed.map((choice) => JSON.stringify(choice)));
  switch (typeOf(node)) {
    case "object":
      return node.properties ? `an object with ${Object.keys(node.properties).join(", ")}` : "an object";
    case "array":
      return `a list${plural(resolve(itemsOf(node), root))}`;
    case "string":
      return "a text";
    case "number":
      return "a number";
    case "integer":
      return "a whole number";
    case "boolean":
      return "true or false";
    case "null":
      return "null";
    default:
      return node.const === undefined ? "a value" : JSON.stringify(node.const);
  }
}

function plural(item: SchemaNode): string {
  if (choices(item).length > 0) return ` of ${orList(choices(item).map((choice) => JSON.stringify(choice)))}`;
  const names: Readonly<Record<string, string>> = {
    object: " of objects",
    array: " of lists",
    string: " of texts",
    number: " of numbers",
    integer: " of whole numbers",
  };
  return names[typeOf(item)] ?? "";
}

const orList = (words: readonly string[]): string =>
  words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${words.at(-1)}` : (words[0] ?? "");

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
