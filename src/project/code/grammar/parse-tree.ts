import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Node, Parser } from "web-tree-sitter";
import { nestsTooDeeply } from "../text.ts";

export type Grammar = "python" | "go" | "rust" | "java" | "cpp" | "php" | "ruby" | "c-sharp";

const parsers = new Map<Grammar, Promise<Parser>>();

/** Ten times the steps that code of this length takes. More would use up the parser's memory and end it for good. */
const mostSteps = (text: string) => 5_000 + text.length / 20;

/** Parses a text and reads its tree, which is gone afterwards. Undefined if the parser could not get through the text. */
export async function readTree<T>(grammar: Grammar, text: string, read: (root: Node) => T): Promise<T | undefined> {
  if (nestsTooDeeply(text)) return undefined;
  const known = parsers.get(grammar) ?? parserOf(grammar);
  parsers.set(grammar, known);
  const parser = await known;
  let steps = 0;
  // a true answer ends the parsing, whatever its type says
  const most = mostSteps(text);
  const progressCallback = () => ++steps > most;
  const tree = parser.parse(text, null, { progressCallback });
  if (!tree) {
    parser.reset();
    return undefined;
  }
  try {
    return read(tree.rootNode);
  } finally {
    tree.delete();
  }
}

/** One after the other: while two are begun at once, each has a memory of its own, and the parsers are given the wrong one. */
function parserOf(grammar: Grammar): Promise<Parser> {
  const parser = begun.then(() => begin(grammar));
  begun = parser.catch(() => {});
  return parser;
}

let begun: Promise<unknown> = Promise.resolve();

async function begin(grammar: Grammar): Promise<Parser> {
  const { Language, Parser } = await import("web-tree-sitter");
  const file = createRequire(import.meta.url).resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${grammar}.wasm`);
  await Parser.init();
  return new Parser().setLanguage(await Language.load(await readFile(file)));
}
