import type { Design } from "../../actions/write-design.ts";
import type { Prd } from "../../actions/write-prd.ts";
import type { Tasks } from "../../actions/write-tasks.ts";

export const idea =
  "Write a command line program that keeps the books of a small workshop, in JavaScript without packages.";

export const prd: Prd = {
  language: "English",
  programming_language: "JavaScript",
  original_requirements: idea,
  project_name: "workshop_books",
  product_goals: ["Know what every part of the work costs", "Never lose an entry", "Answer from the command line"],
  user_stories: [
    "As the owner, I want to add what was ordered so that nothing is forgotten.",
    "As the owner, I want to see what an order costs so that I can make an offer.",
    "As a clerk, I want a clear error for a wrong amount so that I can put it right.",
    "As a clerk, I want to list all entries so that I can compare them with the paper.",
  ],
  competitors: [
    { name: "Spreadsheet", strengths: "Everybody knows it", weaknesses: "Nothing is checked", x: 0.9, y: 0.4 },
    { name: "workshop_books", strengths: "Small and exact", weaknesses: "New", x: 0.1, y: 0.8 },
  ],
  requirement_analysis:
    "What matters is that amounts and prices are right; what is hard is that prices build on others.",
  requirement_pool: [
    { priority: "P0", text: "Entries of every kind can be added, listed and removed by their id" },
    { priority: "P0", text: "The price of an entry contains the prices of what it is made of" },
    {
      priority: "P0",
      text: "An amount that is not a whole number above zero is refused with a message that names the entry",
    },
    { priority: "P1", text: "Larger amounts are cheaper by the steps of the price list" },
    { priority: "P1", text: "The total of every kind of entry is printed with two decimals" },
  ],
  ui_design: "One command with an amount; prints one line for each kind of entry: its name, the amount, the price.",
  anything_unclear: "",
};

export const design: Omit<Design, "files"> = {
  implementation_approach: "Plain Node.js with ES modules and the standard library; one module for each kind of entry.",
  classes: [],
  relations: [],
  call_flow: [{ from: "user", to: "main.js", message: "node main.js 3" }],
  entry_point: "main.js",
  run_command: "node main.js",
  build_command: "",
  test_command: "",
  anything_unclear: "",
};

export const tasks: Omit<Tasks, "tasks" | "shared_knowledge"> = {
  required_packages: [],
  other_packages: [],
  api_spec: "",
  anything_unclear: "",
};

export const agreed = `
Node.js 20 or later, ES modules, built-in modules only. An entry is { id: string, amount: number, price: number }; id is
unique within its kind, amount is a whole number from 1 to 9999, price is in cents and a whole number, rounded up. Each
module keeps its own entries in a Map by id and gives lists in the order of adding; nothing is written to the disk. An
amount out of range throws a RangeError whose message is the kind, a space, the id, a colon, a space and the amount; an
id that is not known throws an Error whose message is "no ", the kind, a space and the id. Prices of larger amounts come
from steps: the factor of the largest step whose from is not above the amount. What an entry is made of is priced by the
module of that kind with the same amount. Totals are sums of prices. Nothing but main.js prints; it prints with
console.log, in English, cents as euros with two decimals. main.js takes the amount as its first argument, 1 when there is
none, ends with exit code 2 and one line on stderr when it is no whole number, and with 0 in all other cases.`.trim();

export const logicOf = (path: string) =>
  `${path} keeps its entries in a Map by id. Adding checks the amount first: not a whole number, below 1 or above 9999 is a
RangeError with kind, id and amount in its message. An id that is there already gets the new amount added to the old one
and its price worked out anew. The price is the base of the module times the amount times the factor of the step, plus the
prices of what it is made of for the same amount, rounded up to whole cents; a kind that is made of nothing has its base
alone. Removing an id that is not there is an Error that names the kind and the id; removing gives back the entry. The list
is a new array each time, in the order of adding, of copies that the caller may change. The total is the sum of the prices
of all entries, 0 for none.`.replaceAll("\n", " ");
