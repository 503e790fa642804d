import { extensionOf } from "./language.ts";

/** Extensions that make a word a file's name where nothing else says that it is one: `main.py`, but not `window.open`. */
const extensions = new Set(
  (
    "js jsx mjs cjs ts tsx mts cts py pyi pyw ipynb html htm css scss sass less vue svelte astro json jsonc json5 jsonl " +
    "yml yaml toml ini cfg conf properties xml svg md mdx markdown rst txt csv tsv sh bash zsh fish ps1 bat cmd rb erb rs " +
    "go mod sum java kt kts scala groovy gradle cs csproj sln fs vb c h cc cpp cxx hpp hh m mm swift php pl pm lua r jl " +
    "dart ex exs erl hs ml clj elm zig nim sql prisma graphql gql proto tf hcl nix cmake mk asm wat sol ejs hbs pug njk " +
    "jinja j2 tmpl tpl tex gd tscn glsl vert frag wgsl ino lock env plist storyboard feature"
  ).split(" "),
);
const bareNames =
  /^(?:Dockerfile|Containerfile|Makefile|GNUmakefile|Procfile|Gemfile|Rakefile|Jenkinsfile|Vagrantfile|Brewfile|Justfile|Pipfile|Caddyfile|LICENSE|README|CHANGELOG|NOTICE|CODEOWNERS|gradlew|mvnw)$/;
/** Names that end like a file and are none. */
const products = /^(?:node|vue|react|next|nuxt|express|nest|three|d3|p5|chart|backbone|angular)\.js$|^\.\w{1,4}$/i;
const sites = /^(?:[\w-]+\.)+(?:com|org|net|io|dev|cn|edu|gov)(?:\/|$)/i;

/** A path as it is kept, with slashes and without a leading `./`; undefined for what can be none. */
export function keptPath(written: string): string | undefined {
  // Markdown writes `snake\_game.py`; elsewhere a backslash is one of Windows.
  const isEscaped = /\\[_*]/.test(written) && !/\\[^_*]|\\$/.test(written);
  const path = (isEscaped ? written.replaceAll("\\", "") : written.replaceAll("\\", "/")).replace(/^(?:\.\/+)+/, "");
  const isPossible = /[\p{L}\p{N}]/u.test(path) && path.length <= 500 && !/[\p{Cc}"<>|?*`]|:(?!\/)|\/$/u.test(path);
  return isPossible && !path.includes("://") ? path : undefined;
}

/** How sure one is that a word is meant as a path: something else says so, or the word alone. */
type Trust = "told" | "alone";

function pathOfWord(word: string, trust: Trust): string | undefined {
  const path = /\s|=/.test(word) ? undefined : keptPath(word);
  if (path === undefined || sites.test(path)) return undefined;
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (bareNames.test(name)) return path;
  if (/^\.(?:env|git|npmrc|nvmrc)/.test(name) || (/^\.\w[\w.-]+$/.test(name) && !products.test(name))) return path;
  const isNamed = /[^.]\.[A-Za-z][A-Za-z0-9_+-]{0,15}$/.test(name);
  if (trust === "told") return isNamed || path.includes("/") ? path : undefined;
  if (!isNamed || products.test(name)) return undefined;
  return path.includes("/") || extensions.has(extensionOf(name)) ? path : undefined;
}

/** A word as a path, where the word alone says that it is one. */
export const pathAlone = (word: string): string | undefined => pathOfWord(word, "alone");

const attribute =
  /(?:^|[\s{,(])(?:title|file_?name|file_?path|file|path|name)\s{0,3}[=:]\s{0,3}(?:"([^"]+)"|'([^']+)'|([^\s"'{},)]+))/i;

function attributeOf(text: string): string | undefined {
  const [, double, single, bare] = attribute.exec(text) ?? [];
  return double ?? single ?? bare;
}

/** The path that the info string of a fence names: `js src/a.js`, `js:src/a.js`, `js title="src/a.js"`, `src/a.js`. */
export function pathOfInfo(info: string): string | undefined {
  const told = attributeOf(info.slice(0, 1000));
  if (told !== undefined) return keptPath(told);
  const [first = "", ...words] = info.slice(0, 1000).split(/\s+/).map(unwrapped);
  const [, behind] = /^(?![a-z]:\\)[\w+#.-]*:(.+)$/i.exec(first) ?? [];
  const own = behind === undefined ? languageless(first) : pathOfWord(behind, "told");
  if (own !== undefined) return own;
  for (const word of words) {
    const path = pathOfWord(word, "told");
    if (path !== undefined) return path;
  }
  return undefined;
}

/** A fence's first word as a path: a name without an extension is rather a language. */
const languageless = (word: string) =>
  bareNames.test(word) && !/^README$|^LICENSE$/.test(word) ? undefined : pathOfWord(word, "alone");

/** A path that a line names, and whether naming it is all that the line does. */
export interface Naming {
  readonly path: string;
  readonly plainly: boolean;
  /** Of a heading: how deep it is. */
  readonly level?: number;
}

const label =
  /^(?:(?:new |updated? |modified )?(?:source |code )?file(?:[ _-]?(?:name|path))?|path|(?:新增|新建|代码|源)?文件(?:名称?|路径)?|路径|檔案(?:名稱|路徑)?)[ \t]*[\d一二三四五六七八九十]{0,3}[ \t]*[:：][ \t]*(.+)$/i;

/** The path that a line before a block names: as a heading, bold, inline code, behind a label, alone, or in a sentence. */
export function namingOf(written: string): Naming | undefined {
  if (written.length > 500) return undefined;
  const [, tag = ""] = /^\s*<[\w-]+(\s[^<>]+)>\s*$/.exec(written) ?? [];
  const tagged = attributeOf(tag);
  if (tagged !== undefined) return naming(keptPath(tagged), true);
  const line = written.replace(/(?<![\w/])\[([^\]]+)\]\([^)]*\)(?![\w/.])/g, "$1");
  const heading = /^\s{0,3}(#{1,6})\s+(.*)$/.exec(line);
  if (heading) {
    const path = onlyPath((heading[2] ?? "").replace(/[\s#]+$/, ""));
    return path === undefined ? undefined : { path, plainly: true, level: heading[1]?.length ?? 1 };
  }
  const words = line
    .replace(/<\/?(?:summary|details|b|strong|code|p|h\d)>/gi, " ")
    .replace(/^[\s>]*(?:[-+•*][ \t]+)?(?:\(?\d{1,3}[.)、][ \t]*)?(?:={2,}|-{2,}|\/\/)?\s*/, "")
    .replace(/\s*(?:={2,}|-{2,})?\s*$/, "");
  const isBold = /^(?:\*\*|__(?!\w+__\.))/.test(words);
  const plain = words
    .replace(/(?<![\w/.*-])\*{1,3}([^*]+)\*{1,3}(?![\w/.*])/g, " $1 ")
    .trim()
    .replace(/^__(.*)__(?=[:：]?$)/, "$1")
    .trim();
  const [, told] = label.exec(plain) ?? [];
  const labelled = told === undefined ? undefined : pathOfWord(unwrapped(withoutNote(told)), "told");
  const own = labelled ?? pathOfWord(unwrapped(withoutNote(plain)), "alone");
  if (own !== undefined) return naming(own, true);
  const leadsTo = isBold || /[:：]$|`[^`]+`$/.test(plain);
  return naming(leadsTo ? onlyPath(plain) : undefined, isBold);
}

const naming = (path: string | undefined, plainly: boolean): Naming | undefined =>
  path === undefined ? undefined : { path, plainly };

/** The level of a heading; undefined for any other line. */
export const headingLevel = (line: string): number | undefined => /^\s{0,3}(#{1,6})\s/.exec(line)?.[1]?.length;

/** A word without what is said behind it: `src/a.js (new)`, `src/a.js - the game`, `src/a.js:`. */
const withoutNote = (text: string) =>
  text
    .replace(/^(`[^`]+`)[ \t]*[:：].*$/, "$1")
    .replace(/^(`[^`]+`|\S+)[ \t]*(?:[:：]|[ \t](?:[-–—(（].*)|[–—（].*)?$/, "$1")
    .replace(/[:：]$/, "");

/** A word without the quotes and brackets around it. */
function unwrapped(word: string): string {
  const bare = word.replace(/^[`"'“”‘’《「【,;]+|[`"'“”‘’》」】,;:。，；：]+$/g, "").replace(/[.!?]+$/, "");
  const [, inner] = /^\((.*)\)$|^\[(.*)\]$|^\{(.*)\}$/.exec(bare) ?? [];
  return inner ?? bare;
}

/** The one path among the words of a line; none where there are two. Inline code counts before the rest. */
function onlyPath(line: string): string | undefined {
  const quoted = [...line.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => pathOfWord(code, "alone"));
  const plain = () => line.split(/[\s`"'*：:，,。；;（）“”《》「」]+/).map(pathInWord);
  const inQuotes = different(quoted);
  const paths = inQuotes.length > 0 ? inQuotes : different(plain());
  return paths.length === 1 ? paths[0] : undefined;
}

const different = (paths: readonly (string | undefined)[]) => [...new Set(paths.filter((path) => path !== undefined))];

/** Chinese is written without blanks, so that a path may stand within a word: 创建src/a.js文件. */
function pathInWord(word: string): string | undefined {
  const within = word.match(/(?<=^|\p{Script=Han})[A-Za-z0-9@][\w@.\-/\\+$]*(?=\p{Script=Han}|$)/gu) ?? [];
  const [path] = /\p{Script=Han}/u.test(word) ? different(within.map((part) => pathOfWord(part, "alone"))) : [];
  return path ?? pathOfWord(unwrapped(word), "alone");
}

const comment = /^\s*(?:\/\/+|#+|--+|;+|%+|\/\*+|<!--+|\{\/\*|"""|''')[ \t]*(.*)$/;

/** The path that a file's first line names in a comment: of the lines that may come before it, no more than need be. */
export function pathOfComment(code: string): string | undefined {
  const lines = code.slice(0, 1000).split("\n", 5);
  const first = lines.findIndex((line) => line.trim() !== "" && !/^\s*(?:#!|<!doctype\b|<\?(?:xml|php)\b)/i.test(line));
  const [head = "", next = ""] = first < 0 ? [] : lines.slice(first);
  const opens = /^\s*(?:\/\*+|"""|''')\s*$/.test(head);
  const words = opens ? next.replace(/^[\s*]+/, "") : (comment.exec(head)?.[1] ?? "");
  const plain = words.replace(/\s*(?:\*+\/\}?|--+>|"""|''')?\s*$/, "");
  const [, told] = label.exec(plain) ?? [];
  return pathOfWord(unwrapped(withoutNote(told ?? plain)), told === undefined ? "alone" : "told");
}
