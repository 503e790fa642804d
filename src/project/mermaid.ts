interface Point {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

interface QuadrantChart {
  readonly title: string;
  readonly points: readonly Point[];
  /** What the low and the high end of an axis mean. */
  readonly xAxis?: readonly [string, string];
  readonly yAxis?: readonly [string, string];
}

interface ClassDiagram {
  readonly classes: readonly {
    readonly name: string;
    readonly attributes: readonly string[];
    readonly methods: readonly string[];
  }[];
  readonly relations: readonly {
    readonly from: string;
    readonly to: string;
    readonly kind: keyof typeof arrows;
    readonly label: string;
  }[];
}

interface Call {
  readonly from: string;
  readonly to: string;
  readonly message: string;
}

const arrows = {
  inheritance: "--|>",
  composition: "*--",
  aggregation: "o--",
  association: "-->",
  dependency: "..>",
} as const;

/** Draws products on two axes. Any text and any numbers give valid Mermaid; values outside 0..1 end at the border. */
export function quadrantChart({ title, points, xAxis, yAxis }: QuadrantChart): string {
  const axis = (name: string, ends?: readonly [string, string]) =>
    ends ? [`${name} "${label(ends[0])}" --> "${label(ends[1])}"`] : [];
  return diagram("quadrantChart", [
    ...(title.trim() ? [`title ${label(title)}`] : []),
    ...axis("x-axis", xAxis),
    ...axis("y-axis", yAxis),
    ...points.map(({ name, x, y }) => `"${label(name)}": [${share(x)}, ${share(y)}]`),
  ]);
}

/** Draws classes with their members and relations; a class that only a relation names is drawn without members. */
export function classDiagram({ classes, relations }: ClassDiagram): string {
  const ids = identifiers(
    [...classes.map(({ name }) => name), ...relations.flatMap(({ from, to }) => [from, to])],
    "class",
  );
  const declared = [...ids].map(([name, id]) => {
    const members = classes.filter((one) => one.name === name).flatMap(membersOf);
    const head = id === name ? `class ${id}` : `class ${id}["${label(name)}"]`;
    return members.length === 0 ? head : [`${head} {`, ...members.map((member) => `  ${member}`), "}"].join("\n  ");
  });
  const related = relations.map(({ from, to, kind, label: verb }) => {
    const text = verb.trim() ? ` : ${wide(label(verb), /:/g)}` : "";
    return `${ids.get(from)} ${arrows[kind]} ${ids.get(to)}${text}`;
  });
  // the grammar wants at least one statement
  return diagram("classDiagram", declared.length === 0 ? ["direction TB"] : [...declared, ...related]);
}

/** Draws calls between participants in the order given; participants stand in the order of their first call. */
export function sequenceDiagram(calls: readonly Call[]): string {
  const names = calls.flatMap(({ from, to }) => [from, to]);
  const ids = new Map([...new Set(names)].map((name, index) => [name, `p${index + 1}`]));
  return diagram("sequenceDiagram", [
    ...[...ids].map(([name, id]) => `participant ${id} as ${label(name)}`),
    ...calls.map(({ from, to, message }) => `${ids.get(from)}->>${ids.get(to)}: ${label(message)}`),
  ]);
}

/** Mermaid refuses to draw texts above 50 000 characters, so what comes after is left out. */
const longest = 45_000;

function diagram(kind: string, statements: readonly string[]): string {
  let text = `${kind}\n`;
  for (const statement of statements) {
    if (text.length + statement.length > longest) return `${text}  %% shortened\n`;
    text += `  ${statement}\n`;
  }
  return text;
}

/** Plain capitalised names stand for themselves: no keyword of the grammar looks like that. Others get a number. */
function identifiers(names: readonly string[], prefix: string): Map<string, string> {
  const plain = /^[A-Z][A-Za-z0-9]{0,60}$/;
  return new Map([...new Set(names)].map((name, index) => [name, plain.test(name) ? name : `${prefix}${index + 1}`]));
}

function membersOf({ attributes, methods }: ClassDiagram["classes"][number]): string[] {
  return [...attributes.map(attribute), ...methods.map(method)].filter((member) => member !== nothing).slice(0, 30);
}

const attribute = (text: string) => wide(label(generics(text)), /[(){}]/g);

/** Name, parameters in parentheses and result; Mermaid writes the colon before the result itself. */
function method(text: string): string {
  const line = wide(label(generics(text.replace(/\)\s*(?::|->|=>)\s*/, ") "))), /[{}]/g);
  return /.\(.*\)/.test(line) ? line : wide(line, /[()]/g);
}

/** `List<Item>` is written `List~Item~` in class diagrams. */
function generics(text: string): string {
  const inner = text.replace(/(?<=\w)<([^<>,]*)>/g, "~$1~");
  return inner === text ? text : generics(inner);
}

/** What an empty text is drawn as. */
const nothing = "…";

/** One short line without anything the grammars, their entities (`#35;`), directives (`%%{`) or HTML would read. */
function label(text: string): string {
  const line = text
    .replace(/\p{Cs}/gu, "\uFFFD")
    .replace(/[\p{C}\s]+/gu, " ")
    .replace(/["`]/g, "'")
    .replace(/%{2,}/g, "%")
    .replace(/(direction) (?=TB|BT|RL|LR)/g, "$1-")
    .trim();
  const characters = [...wide(line, /[;#<>]/g)];
  return characters.length > 100 ? `${characters.slice(0, 99).join("")}…` : characters.join("") || nothing;
}

/** Replaces ASCII characters by their full-width twins, which no grammar reads. */
function wide(text: string, characters: RegExp): string {
  return text.replace(characters, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
}

/** The grammar knows plain decimals from 0 to 1 only. */
function share(value: number): number {
  if (Number.isNaN(value)) return 0.5;
  return Number(Math.min(1, Math.max(0, value)).toFixed(2));
}
