import { z } from "zod";
import { type Draft, family } from "../draft.ts";
import type { Random } from "../random.ts";
import {
  type Container,
  containersIn,
  type Entry,
  hasKnownKeys,
  type Node,
  slotOf,
  treeOf,
  writtenOf,
} from "../tree.ts";

const fault = family("keys");

const words = (key: string) =>
  key
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .split(/[\s_-]+/)
    .map((word) => word.toLowerCase());
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

const namings = {
  "title-case": (key: string) => words(key).map(capital).join(" "),
  "camel-case": (key: string) =>
    words(key)
      .map((word, index) => (index === 0 ? word : capital(word)))
      .join(""),
  "pascal-case": (key: string) => words(key).map(capital).join(""),
  "snake-case": (key: string) => words(key).join("_"),
  "kebab-case": (key: string) => words(key).join("-"),
  "upper-case": (key: string) => key.toUpperCase(),
  "lower-case": (key: string) => key.toLowerCase(),
  "spaced-words": (key: string) => words(key).join(" "),
  "screaming-snake-case": (key: string) => words(key).join("_").toUpperCase(),
} as const;

/** Members whose keys the schema names; the keys of a record are data and stay. */
const known = (draft: Draft): Entry[] =>
  containersIn(draft.root).flatMap((container) => (hasKnownKeys(container) ? container.entries : []));

/** Renames members; false when nothing changes or two of one object would be called the same. */
function rename(draft: Draft, entries: readonly Entry[], name: (key: string) => string | undefined): boolean {
  let changed = false;
  for (const entry of entries) {
    const renamed = name(entry.key ?? "") ?? entry.key ?? "";
    changed ||= renamed !== entry.key;
    entry.key = renamed;
  }
  const distinct = containersIn(draft.root).every(
    ({ type, entries: all }) => type === "array" || new Set(all.map(({ key }) => key)).size === all.length,
  );
  return changed && distinct;
}

/** Like some(), but always all members of a document that is meant to be named consistently, or a few of them. */
const renameSome = (name: (key: string) => string | undefined) => (draft: Draft, random: Random) =>
  rename(draft, random.some(known(draft)), name);

/** The key the schema declares as another name of a member. */
function aliasOf(container: Container, name: string): string | undefined {
  const { schema } = container;
  const member = schema instanceof z.ZodObject ? (schema.shape[name] as z.ZodType | undefined) : undefined;
  const meta = member?.meta() ?? slotOf(member).schema?.meta();
  const [alias] = Array.isArray(meta?.aliases) ? (meta.aliases as unknown[]) : [];
  return typeof alias === "string" ? alias : undefined;
}

/** Takes the place of the root, which is still what is to be read. */
function wrapRoot(draft: Draft, key: string, extras: readonly [string, unknown][] = []): void {
  const inner = draft.root;
  const slot = { schema: undefined, nullable: false, optional: false };
  const others = extras.map(([name, value]): Entry => ({ name, key: name, node: treeOf(value), extra: true }));
  draft.root = { type: "object", ...slot, entries: [...others, { name: key, key, node: inner }], standsFor: inner };
}

const wrapperNames = (draft: Draft) =>
  [
    "result",
    "data",
    "response",
    "output",
    "answer",
    "json",
    /prd/.test(draft.document.name) ? "PRD" : "document",
  ].filter((name) => !draft.keys.has(name));

const spelled = (key: string, random: Random): string | undefined => {
  if (key.length < 8 || !/^[\w -]+$/.test(key)) return undefined;
  const at = random.integer(2, key.length - 3);
  const kinds = [
    () => key.slice(0, at) + key.slice(at + 1),
    () => key.slice(0, at) + key.charAt(at) + key.slice(at),
    () => key.slice(0, at) + key.charAt(at + 1) + key.charAt(at) + key.slice(at + 2),
    () => (key.endsWith("s") ? key.slice(0, -1) : `${key}s`),
  ];
  const wrong = random.pick(kinds)();
  return wrong === key ? undefined : wrong;
};

export const keyFaults = [
  ...Object.entries(namings).map(([kind, name]) =>
    fault(`keys-in-${kind}`, "value", ["keys"], (draft) => rename(draft, known(draft), name)),
  ),
  fault("one-key-in-another-case", "value", ["keys"], (draft, random) => {
    const name = random.pick(Object.values(namings));
    const entry = random.maybe(known(draft).filter(({ key = "" }) => name(key) !== key));
    return entry !== undefined && rename(draft, [entry], name);
  }),
  fault("mixed-naming", "value", ["keys"], (draft, random) =>
    rename(draft, known(draft), (key) => random.pick(Object.values(namings))(key)),
  ),
  fault("blanks-in-keys", "value", ["keys"], (draft, random) =>
    renameSome((key) => random.pick([` ${key}`, `${key} `, ` ${key} `]))(draft, random),
  ),
  fault("keys-by-alias", "value", ["keys"], (draft, random) => {
    const named = containersIn(draft.root).flatMap((container) =>
      container.entries.flatMap((entry) => {
        const alias = entry.name === undefined ? undefined : aliasOf(container, entry.name);
        return alias === undefined ? [] : [{ entry, alias }];
      }),
    );
    for (const { entry, alias } of random.some(named)) entry.key = alias;
    return named.length > 0;
  }),
  fault(
    "keys-in-bold",
    "value",
    ["keys"],
    renameSome((key) => `**${key}**`),
  ),
  fault(
    "keys-in-back-ticks",
    "value",
    ["keys"],
    renameSome((key) => `\`${key}\``),
  ),
  fault("keys-with-numbers", "value", ["keys"], (draft) => {
    if (!hasKnownKeys(draft.root)) return false;
    let number = 0;
    return rename(draft, draft.root.entries, (key) => `${++number}. ${key}`);
  }),
  fault(
    "keys-with-colons",
    "value",
    ["keys"],
    renameSome((key) => `${key}:`),
  ),
  fault(
    "keys-as-headings",
    "value",
    ["keys"],
    (draft) => hasKnownKeys(draft.root) && rename(draft, draft.root.entries, (key) => `## ${key}`),
  ),
  fault(
    "keys-in-full-width-letters",
    "value",
    ["keys"],
    (draft, random) =>
      draft.document.chinese &&
      renameSome((key) => key.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)))(
        draft,
        random,
      ),
  ),
  fault("misspelled-key", "value", ["keys"], (draft, random) => {
    const entry = random.maybe(known(draft).filter(({ key = "" }) => key.length >= 8));
    const wrong = entry && spelled(entry.key ?? "", random);
    return entry !== undefined && rename(draft, [entry], () => wrong);
  }),
  fault("shortened-key", "value", ["keys"], (draft, random) => {
    const long = known(draft).flatMap((entry) => {
      const last =
        entry.key
          ?.split(/[ _]/)
          .slice(1)
          .join(entry.key.includes("_") ? "_" : " ") ?? "";
      const unique = [...draft.keys].filter((key) => key.toLowerCase().endsWith(last.toLowerCase())).length === 1;
      return last.length >= 4 && unique ? [{ entry, last }] : [];
    });
    const chosen = random.maybe(long);
    return chosen !== undefined && rename(draft, [chosen.entry], () => chosen.last);
  }),
  fault("wrapping-key", "value", ["root"], (draft, random) => {
    wrapRoot(draft, random.pick(wrapperNames(draft)));
    return true;
  }),
  fault("two-wrapping-keys", "value", ["root"], (draft, random) => {
    const names = random.shuffle(wrapperNames(draft));
    wrapRoot(draft, names[0] ?? "data");
    wrapRoot(draft, names[1] ?? "response");
    return true;
  }),
  fault("wrapping-key-with-company", "value", ["root"], (draft, random) => {
    const company: [string, unknown][] = random.pick([
      [["status", "success"]],
      [
        ["success", true],
        ["error", null],
      ],
      [["thought", "The user wants a complete answer, so I fill in every field."]],
    ]);
    if (company.some(([name]) => draft.keys.has(name))) return false;
    wrapRoot(draft, random.pick(wrapperNames(draft)), company);
    return true;
  }),
  fault("tool-call", "value", ["root"], (draft) => {
    if (draft.keys.has("arguments")) return false;
    wrapRoot(draft, "arguments", [["name", "submit_document"]]);
    return true;
  }),
  fault("list-under-a-key", "value", ["root"], (draft, random) => {
    if (draft.root.type !== "array") return false;
    wrapRoot(draft, random.pick(["tasks", "plan", "steps", "items"]));
    return true;
  }),
  fault("unknown-member", "value", ["members"], (draft, random) => {
    if (!hasKnownKeys(draft.root)) return false;
    const [key, value] = random.pick<[string, unknown]>([
      ["reasoning", "I kept it simple, as the request asks."],
      ["$schema", "https://json-schema.org/draft/2020-12/schema"],
      ["confidence", 0.9],
      ["next_steps", ["write the design", "write the tasks"]],
      ["_comment", "generated"],
    ]);
    const entry: Entry = { name: key, key, node: treeOf(value), extra: true };
    draft.root.entries.splice(random.integer(0, draft.root.entries.length), 0, entry);
    return !draft.keys.has(key);
  }),
  fault("same-member-twice", "value", ["members"], (draft, random) => {
    if (!hasKnownKeys(draft.root)) return false;
    const entries = draft.root.entries;
    const entry = random.pick(entries);
    const copy: Entry = { name: entry.name, key: entry.key ?? "", node: treeOf(writtenOf(entry.node)) };
    entries.push(copy);
    draft.rigid = true;
    return true;
  }),
  fault("member-corrected-later", "value", ["members"], (draft, random) => {
    if (!hasKnownKeys(draft.root)) return false;
    const lists = draft.root.entries.filter(({ node }) => node.type === "array" && node.entries.length > 2);
    const entry = random.maybe(lists);
    if (!entry?.key) return false;
    const early: Entry = {
      name: entry.name,
      key: entry.key,
      node: treeOf((writtenOf(entry.node) as unknown[]).slice(0, -1)),
    };
    draft.root.entries.splice(draft.root.entries.indexOf(entry), 0, early);
    draft.rigid = true;
    return true;
  }),
  fault("flattened-object", "value", ["shape"], (draft, random) => {
    const root = draft.root;
    if (!hasKnownKeys(root)) return false;
    const names = new Set(root.entries.map(({ key }) => key));
    const nested = root.entries.filter(
      ({ node }) => hasKnownKeys(node) && node.entries.every(({ key }) => !names.has(key)),
    );
    const entry = random.maybe(nested);
    if (entry?.node.type !== "object") return false;
    root.entries.splice(root.entries.indexOf(entry), 1, ...entry.node.entries);
    draft.rigid = true;
    return true;
  }),
  fault("dotted-keys", "value", ["shape"], (draft, random) => {
    const root = draft.root;
    if (!hasKnownKeys(root)) return false;
    const entry = random.maybe(root.entries.filter(({ node }) => hasKnownKeys(node)));
    if (entry?.node.type !== "object") return false;
    const separator = random.pick([".", "_", "/"]);
    const members = entry.node.entries.map(
      (member): Entry => ({ ...member, key: `${entry.key}${separator}${member.key}` }),
    );
    root.entries.splice(root.entries.indexOf(entry), 1, ...members);
    draft.rigid = true;
    return true;
  }),
  fault("nested-by-a-group", "value", ["shape"], (draft, random) => {
    const root = draft.root;
    if (!hasKnownKeys(root) || root.entries.length < 4) return false;
    const count = random.integer(2, Math.min(4, root.entries.length - 2));
    const from = random.integer(0, root.entries.length - count);
    const name = random.pick(["details", "metadata", "overview", "section_1"]);
    const group: Node = {
      type: "object",
      schema: root.schema,
      nullable: false,
      optional: false,
      entries: root.entries.slice(from, from + count),
    };
    root.entries.splice(from, count, { name, key: name, node: group });
    draft.rigid = true;
    return true;
  }),
  fault("nested-by-sections", "value", ["shape"], (draft, random) => {
    const root = draft.root;
    if (!hasKnownKeys(root) || root.entries.length < 4) return false;
    const middle = random.integer(2, root.entries.length - 2);
    const section = (entries: Entry[]): Node => ({
      type: "object",
      schema: root.schema,
      nullable: false,
      optional: false,
      entries,
    });
    const names = random.pick([
      ["part_1", "part_2"],
      ["basics", "content"],
      ["meta", "body"],
    ] as const);
    root.entries = [
      { name: names[0], key: names[0], node: section(root.entries.slice(0, middle)) },
      { name: names[1], key: names[1], node: section(root.entries.slice(middle)) },
    ];
    draft.rigid = true;
    return true;
  }),
];
