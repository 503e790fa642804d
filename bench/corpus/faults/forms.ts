import { type CreateNodeOptions, type DocumentOptions, stringify, type ToStringOptions } from "yaml";
import { z } from "zod";
import { type Draft, family } from "../draft.ts";
import { print } from "../print.ts";
import type { Random } from "../random.ts";
import { type Container, hasKnownKeys, isContainer, type Node, writtenOf } from "../tree.ts";

const fault = family("forms");
const claims = [
  "form",
  "commas",
  "colons",
  "quotes",
  "key-quotes",
  "inner-quotes",
  "closers",
  "literals",
  "numbers",
  "comments",
  "lead",
  "tails",
  "breaks",
  "escapes",
  "end",
  "ends",
  "cut",
  "encoding",
  "blanks",
  "lines",
  "one-line",
  "after",
  "rules",
  "margin",
  "versions",
];

const title = (key: string) =>
  key
    .split(/[_\s]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");

const member = (node: Node): unknown => writtenOf(node);
const isLine = (node: Node) => node.type === "string" && /^\S(?:.*\S)?$/.test(node.value);

/** A list that reads the same as bullets. */
const isBullets = (node: Node): node is Container =>
  node.type === "array" &&
  node.schema instanceof z.ZodArray &&
  node.entries.length > 0 &&
  node.entries.every(
    (entry) =>
      isLine(entry.node) && entry.node.type === "string" && !/^(?:[-*#>•`|]|\d+[.)]|\w+: )/.test(entry.node.value),
  );

/** Text that cannot be taken for a heading, a fence or nothing at all. */
const isProse = (node: Node) =>
  node.type === "string" &&
  /^\S(?:.*\S)?$/s.test(node.value) &&
  !/^\s*#|```|^---|^\s*<|^\s*[-*] |^\d+\. |^[\w ]+:\s*$/m.test(node.value);

/** Writes each member by the first way that fits, or gives up. */
function sections(draft: Draft, write: (key: string, node: Node) => string | undefined, separator: string): boolean {
  if (!hasKnownKeys(draft.root)) return false;
  const parts: string[] = [];
  for (const { key = "", node } of draft.root.entries) {
    const part = write(key, node);
    if (part === undefined) return false;
    parts.push(part);
  }
  draft.form = `${parts.join(separator)}\n`;
  draft.rigid = true;
  return true;
}

const bullets = (node: Container, mark: string) =>
  node.entries
    .map((entry, index) => `${mark === "1." ? `${index + 1}.` : mark} ${String(member(entry.node))}`)
    .join("\n");

const bare = (node: Node) => (node.type === "bare" && node.value !== null ? String(node.value) : undefined);

const json = (node: Node) =>
  isContainer(node) && node.type === "array" && node.entries.length > 0 ? JSON.stringify(member(node)) : undefined;

function yaml(draft: Draft, options: CreateNodeOptions & DocumentOptions & ToStringOptions): boolean {
  draft.form = stringify(member(draft.root), { lineWidth: 0, ...options });
  draft.rigid = true;
  return true;
}

/** The members dealt to several objects, in their order. */
function split(draft: Draft, random: Random, parts: number, join: (texts: string[]) => string): boolean {
  const root = draft.root;
  if (!hasKnownKeys(root) || root.entries.length < parts || root.entries.length < 2) return false;
  const size = Math.ceil(root.entries.length / parts);
  const texts: string[] = [];
  for (let from = 0; from < root.entries.length; from += size) {
    const style = random.chance(0.5) ? draft.style : { ...draft.style };
    texts.push(print({ ...root, entries: root.entries.slice(from, from + size) }, style).text);
  }
  draft.form = join(texts);
  draft.rigid = true;
  return texts.length > 1;
}

export const formFaults = [
  fault("yaml", "form", claims, (draft, random) =>
    yaml(draft, { indentSeq: random.chance(0.5), defaultStringType: "PLAIN" }),
  ),
  fault("yaml-with-quotes", "form", claims, (draft, random) =>
    yaml(draft, { defaultStringType: random.pick(["QUOTE_DOUBLE", "QUOTE_SINGLE"]), defaultKeyType: "PLAIN" }),
  ),
  fault("yaml-in-a-fence", "form", [...claims, "fence"], (draft) => {
    yaml(draft, {});
    if (draft.form?.includes("```")) return false;
    draft.form = `\`\`\`yaml\n${draft.form}\`\`\`\n`;
    return true;
  }),
  fault("yaml-document-marks", "form", claims, (draft) => {
    yaml(draft, {});
    draft.form = `---\n${draft.form}...\n`;
    return true;
  }),
  fault("markdown-sections", "form", [...claims, "fence"], (draft, random) => {
    const level = random.pick(["#", "##", "###"]);
    const named = random.chance(0.5) ? title : (key: string) => key;
    const mark = random.pick(["-", "*", "1."]);
    return sections(
      draft,
      (key, node) => {
        const body = isProse(node)
          ? String(member(node))
          : isBullets(node)
            ? bullets(node, mark)
            : (bare(node) ?? (json(node) && `\`\`\`json\n${json(node)}\n\`\`\``));
        return body === undefined ? undefined : `${level} ${named(key)}\n\n${body}`;
      },
      "\n\n",
    );
  }),
  fault("markdown-sections-with-colons", "form", claims, (draft) =>
    sections(
      draft,
      (key, node) => {
        const body = isProse(node) ? String(member(node)) : isBullets(node) ? bullets(node, "-") : bare(node);
        return body === undefined ? undefined : `## ${title(key)}:\n${body}`;
      },
      "\n",
    ),
  ),
  fault("markdown-numbered-headings", "form", claims, (draft) => {
    let number = 0;
    return sections(
      draft,
      (key, node) => {
        const body = isProse(node) ? String(member(node)) : isBullets(node) ? bullets(node, "-") : bare(node);
        return body === undefined ? undefined : `## ${++number}. ${title(key)}\n\n${body}`;
      },
      "\n\n",
    );
  }),
  fault("bold-labels", "form", claims, (draft, random) => {
    const label = random.pick([
      (key: string) => `**${title(key)}**:`,
      (key: string) => `**${title(key)}:**`,
      (key: string) => `- **${title(key)}**:`,
    ]);
    return sections(
      draft,
      (key, node) => {
        const body = isLine(node)
          ? ` ${String(member(node))}`
          : isBullets(node)
            ? `\n${bullets(node, "  -")}`
            : bare(node);
        return body === undefined
          ? undefined
          : `${label(key)} ${body.trimStart() === body ? body : body.replace(/^ /, "")}`
              .replace(": \n", ":\n")
              .replace(":** \n", ":**\n");
      },
      "\n",
    );
  }),
  fault("key-value-lines", "form", claims, (draft, random) => {
    const named = random.chance(0.5) ? title : (key: string) => key;
    return sections(
      draft,
      (key, node) => {
        const body = isLine(node) ? String(member(node)) : (bare(node) ?? json(node));
        return body === undefined || /^["'[{|>&*!%@`]/.test(isLine(node) ? body : "")
          ? undefined
          : `${named(key)}: ${body}`;
      },
      "\n",
    );
  }),
  fault("key-value-lines-with-bullets", "form", claims, (draft) =>
    sections(
      draft,
      (key, node) => {
        const body = isLine(node)
          ? ` ${String(member(node))}`
          : isBullets(node)
            ? `\n${bullets(node, "-")}`
            : bare(node);
        return body === undefined || /^ ["'[{|>&*!%@`]/.test(body)
          ? undefined
          : `${title(key)}:${body.startsWith("\n") || body.startsWith(" ") ? body : ` ${body}`}`;
      },
      "\n",
    ),
  ),
  fault("fields-in-tags", "form", claims, (draft) =>
    sections(
      draft,
      (key, node) => {
        if (!/^\w+$/.test(key)) return undefined;
        const body =
          isProse(node) && !/<\/?\w+>/.test(String(member(node))) ? String(member(node)) : (bare(node) ?? json(node));
        return body === undefined ? undefined : `<${key}>${body}</${key}>`;
      },
      "\n",
    ),
  ),
  fault("members-in-objects-by-line", "form", ["form", "end", "ends", "cut", "one-line"], (draft, random) => {
    draft.style.indent = "";
    draft.style.comma = ", ";
    return split(draft, random, hasKnownKeys(draft.root) ? (draft.root as Container).entries.length : 0, (texts) =>
      texts.join("\n"),
    );
  }),
  fault("split-into-objects", "form", ["form", "end", "ends", "cut"], (draft, random) =>
    split(draft, random, random.pick([2, 3]), (texts) => texts.join(random.pick(["\n", ",\n", "\n\n", " "]))),
  ),
  fault("split-into-fences", "form", ["form", "end", "ends", "cut", "fence"], (draft, random) =>
    split(draft, random, 2, (texts) =>
      texts.map((text) => `\`\`\`json\n${text}\n\`\`\``).join("\n\nAnd the rest:\n\n"),
    ),
  ),
  fault("split-with-prose-between", "form", ["form", "end", "ends", "cut"], (draft, random) =>
    split(draft, random, 2, (texts) => texts.join("\n\nThe second part follows:\n\n")),
  ),
  fault("split-into-a-list", "form", ["form", "end", "ends", "cut"], (draft, random) =>
    split(draft, random, 2, (texts) => `[${texts.join(",\n")}]`),
  ),
  fault("items-by-line", "form", ["form", "end", "ends", "cut", "one-line"], (draft) => {
    const root = draft.root;
    if (root.type !== "array") return false;
    draft.style.indent = "";
    draft.form = root.entries.map((entry) => print(entry.node, draft.style).text).join("\n");
    draft.rigid = true;
    return true;
  }),
];
