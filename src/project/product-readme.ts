import type { Commands } from "./commands.ts";
import { isChinese } from "./human-language.ts";
import type { Language } from "./languages.ts";
import { bulletList, code, fenced, inline, table } from "./markdown.ts";
import type { Product } from "./product.ts";

/** The README of the product in the language of its documents: what it is, how to run and test it, its files. */
export function productReadme(product: Product, commands: Commands, languages: readonly Language[]): string {
  const words = isChinese(product.language) ? chinese : english;
  const block = (list: readonly string[]) => fenced(list.join("\n"), "sh");
  const shell = [...commands.install, commands.build, commands.run].filter((command) => command !== "");
  const others = product.otherPackages.filter(({ name }) => name.trim() !== "");
  const tools = commands.page ? [] : languages.slice(0, 1).flatMap((language) => needed[language] ?? []);
  return `${[
    `# ${title(product.name)}`,
    quote(product.description),
    bulletList(product.goals.map(inline)),
    `## ${words.run}`,
    ...tools.map(words.needs),
    others.length > 0
      ? `${words.also}\n\n${bulletList(others.map(({ name, version }) => inline(`${name} ${version}`)))}`
      : "",
    shell.length > 0 ? block(shell).replace(activate, `$&  ${words.windows}`) : "",
    commands.page ? (commands.run ? words.address : words.open(code(commands.page))) : "",
    `## ${words.test}`,
    commands.test ? block([commands.test]) : words.untested,
    ...stateOf(product, words),
    `## ${words.files}`,
    table(
      [words.file, words.purpose],
      product.files.map(({ path, purpose }) => [code(path), purpose]),
    ),
  ]
    .filter((part) => part !== "")
    .join("\n\n")}\n`;
}

/** How far it was verified, and what is known to be wrong with it. */
const stateOf = ({ state }: Product, words: typeof english) =>
  state === undefined
    ? []
    : [
        `## ${words.state}`,
        `${state.verdict} ${words.more}`,
        ...(state.problems.length > 0 ? [`${words.problems}\n\n${bulletList(state.problems.map(inline))}`] : []),
      ];

/** `snake_game` is titled Snake Game. */
const title = (name: string) =>
  name
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");

const quote = (text: string) =>
  text
    .trim()
    .split(/\r?\n/)
    .map((line) => `> ${inline(line)}`.trimEnd())
    .join("\n");

const activate = ". .venv/bin/activate";

const english = {
  run: "Run",
  needs: (tool: string) => `Needs ${tool}.`,
  also: "It also needs these programs:",
  windows: "# Windows: .venv\\Scripts\\activate",
  open: (page: string) => `Open ${page} in a browser.`,
  address: "Then open the address it prints in a browser.",
  test: "Test",
  untested: "There are no automated tests.",
  state: "State",
  more: "See [docs/verification.md](docs/verification.md).",
  problems: "Known problems:",
  files: "Files",
  file: "File",
  purpose: "Purpose",
};

const chinese: typeof english = {
  run: "运行",
  needs: (tool) => `需要 ${tool}。`,
  also: "还需要这些程序：",
  windows: "# Windows：.venv\\Scripts\\activate",
  open: (page) => `用浏览器打开 ${page}。`,
  address: "然后用浏览器打开它显示的地址。",
  test: "测试",
  untested: "没有自动化测试。",
  state: "状态",
  more: "详见 [docs/verification.md](docs/verification.md)。",
  problems: "已知问题：",
  files: "文件",
  file: "文件",
  purpose: "用途",
};

const needed: Partial<Record<Language, string>> = {
  javascript: "Node.js 20",
  typescript: "Node.js 20",
  python: "Python 3",
  go: "Go 1.21",
  rust: "Rust",
  java: "Java 17 (JDK)",
  csharp: ".NET 8 SDK",
  php: "PHP 8",
  ruby: "Ruby 3",
  c: "gcc / clang",
  cpp: "g++ / clang++",
  kotlin: "Kotlin",
  swift: "Swift",
};
