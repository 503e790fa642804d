import type { Design } from "../../actions/write-design.ts";
import type { Prd } from "../../actions/write-prd.ts";
import type { Tasks } from "../../actions/write-tasks.ts";
import { agreed, design, idea, logicOf, prd, tasks } from "./documents.ts";
import { mainOf, moduleOf, titled } from "./source.ts";

/** A made-up product as a model would answer for it. */
export interface Product {
  readonly idea: string;
  readonly prd: Prd;
  readonly design: Design;
  readonly tasks: Tasks;
  /** path -> text, each of 50 lines. */
  readonly code: Readonly<Record<string, string>>;
}

/**
 * A product of so many files, the last of which starts it. Each uses the one before and one far before it, the last up to
 * four. Its documents are as long as those that models wrote for small products. What all files agree on is as long for
 * a large product as for a small one, unless each file adds a line of its own to it: `agreesOnEachFile`.
 */
export function productOf(size: number, { agreesOnEachFile = false } = {}): Product {
  const modules = Array.from({ length: size - 1 }, (_, index) => ({
    noun: nounOf(index),
    needs: [...new Set(index === 0 ? [] : [index - 1, Math.floor(index / 2) - 1])]
      .filter((need) => need >= 0)
      .map(nounOf),
  }));
  const started = modules.slice(-4).map(({ noun }) => noun);
  const files = modules.map(({ noun, needs }) => ({
    path: pathOf(noun),
    purpose: `Keeps the ${noun}s of the workshop and knows what one of them costs.`,
    depends_on: needs.map(pathOf),
    exports: exportsOf(noun),
  }));
  const main = {
    path: "main.js",
    purpose: "Reads the command from the command line and prints what it comes to.",
    depends_on: started.map(pathOf),
    exports: [],
  };
  return {
    idea,
    prd,
    design: { ...design, files: [...files, main] },
    tasks: {
      ...tasks,
      shared_knowledge: [agreed, ...(agreesOnEachFile ? modules.map(({ noun }) => agreedOn(noun)) : [])].join("\n"),
      tasks: [...files, main].map(({ path, depends_on }) => ({ path, depends_on, logic: logicOf(path) })),
    },
    code: {
      ...Object.fromEntries(modules.map(({ noun, needs }) => [pathOf(noun), moduleOf(noun, needs)])),
      "main.js": mainOf(started),
    },
  };
}

const nouns = (
  "order invoice customer article batch carrier crate delivery discount drawing engine fabric gauge handle insert joint " +
  "kit label machine nozzle offer panel quote repair shelf tool unit valve wheel axle bench cabinet drill edge frame " +
  "gasket hinge ingot jacket"
).split(" ");

const nounOf = (index: number) =>
  `${nouns[index % nouns.length]}${index < nouns.length ? "" : 1 + Math.floor(index / nouns.length)}`;

const pathOf = (noun: string) => `src/${noun}.js`;

const agreedOn = (noun: string) =>
  `A ${noun} is printed as "${noun}: " and its amount and price; ids begin with ${noun}-.`;

const exportsOf = (noun: string): Design["files"][number]["exports"] =>
  [
    ["price", `price${titled(noun)}(amount)`, "The price of so many in cents, with what they are made of."],
    [
      "add",
      `add${titled(noun)}(id, amount)`,
      "Adds an entry and gives it back; throws a RangeError for a wrong amount.",
    ],
    ["remove", `remove${titled(noun)}(id)`, "Removes an entry and gives it back; throws an Error if there is none."],
    ["list", `list${titled(noun)}s()`, "Copies of all entries in the order of adding."],
  ].map(([, signature = "", description = ""]) => ({
    ...{ name: signature.slice(0, signature.indexOf("(")), kind: "function" },
    ...{ signature, description },
  }));
