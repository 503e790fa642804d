const linesPerFile = 50;

/** What begins with a capital letter. */
export const titled = (noun: string) => `${noun.slice(0, 1).toUpperCase()}${noun.slice(1)}`;

/** A module that offers to price, add, remove and list entries of one kind, made of entries of others. */
export function moduleOf(noun: string, needs: readonly string[]): string {
  const Name = titled(noun);
  const head = [
    ...needs.map((need) => `import { price${titled(need)} } from "./${need}.js";`),
    "",
    "const entries = new Map();",
    `const base = ${100 + noun.length * 7};`,
  ];
  const body = [
    `export function price${Name}(amount) {`,
    "  const step = steps.findLast(({ from }) => from <= amount);",
    `  const parts = ${needs.map((need) => `price${titled(need)}(amount)`).join(" + ") || "0"};`,
    "  return Math.ceil(base * amount * step.factor + parts);",
    "}",
    "",
    `export function add${Name}(id, amount) {`,
    "  if (!Number.isInteger(amount) || amount < 1 || amount > 9999) {",
    `    throw new RangeError(\`${noun} \${id}: \${amount}\`);`,
    "  }",
    "  const all = amount + (entries.get(id)?.amount ?? 0);",
    `  entries.set(id, { id, amount: all, price: price${Name}(all) });`,
    "  return { ...entries.get(id) };",
    "}",
    "",
    `export function remove${Name}(id) {`,
    "  const entry = entries.get(id);",
    `  if (!entry) throw new Error(\`no ${noun} \${id}\`);`,
    "  entries.delete(id);",
    "  return entry;",
    "}",
    "",
    `export function list${Name}s() {`,
    "  return [...entries.values()].map((entry) => ({ ...entry }));",
    "}",
  ];
  return inLines(head, "steps", body);
}

/** The program that adds an entry of each of these kinds and prints it. */
export function mainOf(needs: readonly string[]): string {
  const head = [...needs.map((need) => `import { add${titled(need)} } from "./src/${need}.js";`), ""];
  const body = [
    "const amount = Number(process.argv[2] ?? 1);",
    "const step = steps.findLast(({ from }) => from <= amount);",
    "if (!Number.isInteger(amount) || step === undefined) {",
    '  console.error("give a whole number above zero");',
    "  process.exit(2);",
    "}",
    ...needs.flatMap((need) => [
      `const ${need} = add${titled(need)}("${need}-1", amount);`,
      `console.log("${need}:", ${need}.amount, (${need}.price / 100).toFixed(2));`,
    ]),
  ];
  return inLines(head, "steps", body);
}

/** Head and body with a price list between them that makes the file as long as all others. */
function inLines(head: readonly string[], list: string, body: readonly string[]): string {
  const steps = linesPerFile - head.length - body.length - 3;
  return [
    ...head,
    `const ${list} = [`,
    ...Array.from(
      { length: steps },
      (_, index) => `  { from: ${1 + index * 5}, factor: ${(1 - index / 50).toFixed(2)} },`,
    ),
    "];",
    "",
    ...body,
    "",
  ].join("\n");
}
