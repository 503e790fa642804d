interface Classes {
  readonly classes: readonly { readonly name: string; readonly attributes: string[]; readonly methods: string[] }[];
  readonly relations: readonly {
    readonly from: string;
    readonly to: string;
    readonly kind: string;
    readonly label: string;
  }[];
}

/** Reads the classes and relations of a Mermaid class diagram as far as they are written in the usual way. */
export function readClasses(diagram: string): Classes {
  const classes = new Map<string, { name: string; attributes: string[]; methods: string[] }>();
  const relations: Classes["relations"][number][] = [];
  const known = (name: string) => {
    const one = classes.get(name) ?? { name, attributes: [], methods: [] };
    classes.set(name, one);
    return one;
  };
  let inside: string | undefined;
  for (const raw of diagram.split("\n").slice(0, most)) {
    const line = raw.slice(0, 300).trim();
    const opened = /^class\s+([\w.]+)(?:~[^~]*~)?\s*(\{?)/.exec(line);
    const outside = /^([\w.]+)\s*:\s*(\S.*)$/.exec(line);
    if (inside !== undefined && line.startsWith("}")) inside = undefined;
    else if (inside !== undefined) member(known(inside), line);
    else if (opened?.[1]) {
      known(opened[1]);
      if (opened[2]) inside = opened[1];
    } else if (outside?.[1] && outside[2]) member(known(outside[1]), outside[2]);
    else relations.push(...relation(line));
  }
  return { classes: [...classes.values()], relations };
}

const most = 2000;

function member(one: { attributes: string[]; methods: string[] }, line: string): void {
  const text = line.replace(/^[+\-#~]\s*/, "").trim();
  if (text === "" || text.startsWith("<<") || text.startsWith("%%")) return;
  const list = text.includes("(") ? one.methods : one.attributes;
  list.push(text);
}

/** The line of a relation and the mark at its end; the mark says which end is the whole, or the more general one. */
const relationLine =
  /^([\w.]+)\s*(?:"[^"]*"\s*)?(<\||[*o<])?(--|\.\.)(\|>|[*o>])?\s*(?:"[^"]*"\s*)?([\w.]+)\s*(?::\s*(.*))?$/;

function relation(line: string): Classes["relations"][number][] {
  const [, left = "", atLeft = "", stroke = "", atRight = "", right = "", label = ""] = relationLine.exec(line) ?? [];
  if (left === "") return [];
  const mark = atLeft || atRight;
  const dotted = stroke === "..";
  const kind = mark.includes("|")
    ? "inheritance"
    : mark === "*"
      ? "composition"
      : mark === "o"
        ? "aggregation"
        : dotted
          ? "dependency"
          : "association";
  // the whole is named first, the more general one and the one that is used last
  const turned = mark === "*" || mark === "o" ? atLeft === "" : atLeft !== "";
  const [from, to] = turned ? [right, left] : [left, right];
  return [{ from, to, kind, label: label.trim() }];
}

/** Reads the calls of a Mermaid sequence diagram, by the names the participants are shown under. */
export function readCallFlow(diagram: string): { from: string; to: string; message: string }[] {
  const names = new Map<string, string>();
  const calls: { from: string; to: string; message: string }[] = [];
  const shown = (id: string) => names.get(id) ?? id;
  for (const raw of diagram.split("\n").slice(0, most)) {
    const line = raw.slice(0, 300).trim();
    const [, id, name] = /^(?:participant|actor)\s+([\w.]+)\s+as\s+(\S.*)$/.exec(line) ?? [];
    if (id !== undefined && name !== undefined) names.set(id, name.trim());
    const [, from, to, message] = /^([\w.]+)\s*--?(?:>>?|[x)])[+-]?\s*([\w.]+)\s*:\s*(.*)$/.exec(line) ?? [];
    if (from !== undefined && to !== undefined)
      calls.push({ from: shown(from), to: shown(to), message: (message ?? "").trim() });
  }
  return calls;
}
