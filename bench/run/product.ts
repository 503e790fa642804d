import { basename } from "node:path";
import { type Product, productOf } from "../prompt-size/product.ts";
import { mainOf, moduleOf } from "../prompt-size/source.ts";

/** Path -> the paths it uses. */
export type Uses = Readonly<Record<string, readonly string[]>>;

/**
 * The product of so many files, in a tree: counted from the one that starts the product, file n uses the files 2n and
 * 2n + 1. Half of the files use nothing, and the longest chain of 50 files has 6 of them.
 */
export function treeOf(size: number): Product {
  const product = productOf(size);
  const paths = product.design.files.map(({ path }) => path).reverse();
  const uses: Uses = Object.fromEntries(
    paths.map((path, index) => [
      path,
      [paths[2 * index + 1], paths[2 * index + 2]].filter((used) => used !== undefined),
    ]),
  );
  return wired(product, uses);
}

/** The product of so many files in which each uses the one before it: nothing can be done at once. */
export function chainOf(size: number): Product {
  const product = productOf(size);
  const paths = product.design.files.map(({ path }) => path);
  return wired(
    product,
    Object.fromEntries(paths.map((path, index) => [path, paths.slice(Math.max(0, index - 1), index)])),
  );
}

/** What each file of a product uses. */
export const usesOf = ({ design }: Product): Uses =>
  Object.fromEntries(design.files.map(({ path, depends_on }) => [path, depends_on]));

/** The files that the review sends back once: each seventh. */
export function sentBack({ design }: Product): ReadonlySet<string> {
  return new Set(design.files.map(({ path }) => path).filter((_, index) => index % 7 === 3));
}

/** Requirements, design and tasks. */
export const documentCalls = 3;

/** The same files with other dependencies, in documents and code alike. */
function wired({ design, tasks, code, ...product }: Product, uses: Uses): Product {
  const rewire = <T extends { readonly path: string }>(file: T) => ({
    ...file,
    depends_on: [...(uses[file.path] ?? [])],
  });
  return {
    ...product,
    design: { ...design, files: design.files.map(rewire) },
    tasks: { ...tasks, tasks: tasks.tasks.map(rewire) },
    code: Object.fromEntries(Object.keys(code).map((path) => [path, codeOf(path, uses[path] ?? [])])),
  };
}

const nounOf = (path: string) => basename(path, ".js");

const codeOf = (path: string, used: readonly string[]) =>
  path === "main.js" ? mainOf(used.map(nounOf)) : moduleOf(nounOf(path), used.map(nounOf));
