import type { Product } from "./product.ts";

const languages = [
  "javascript",
  "typescript",
  "python",
  "go",
  "rust",
  "java",
  "csharp",
  "php",
  "ruby",
  "c",
  "cpp",
  "kotlin",
  "swift",
] as const;
export type Language = (typeof languages)[number];

/** The languages of a product, the one it is started in first: by its files, or by what is said where there are none. */
export function languagesOf({
  files,
  entryPoint,
  programmingLanguage,
}: Pick<Product, "files" | "entryPoint" | "programmingLanguage">): Language[] {
  const counts = new Map<Language, number>();
  for (const { path } of files) {
    const language = languageOf(path);
    if (language) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const said = named(programmingLanguage);
  if (counts.size === 0) return files.some(({ path }) => isPage(path)) ? ["javascript"] : said.slice(0, 1);

  const rank = (language: Language) => {
    if (language === languageOf(entryPoint)) return -1;
    const place = said.indexOf(language);
    return place < 0 ? said.length : place;
  };
  return [...counts.keys()].sort((a, b) => rank(a) - rank(b) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
}

/** Whether a browser opens it. */
export const isPage = (path: string): boolean => /\.html?$/i.test(path);

/** The language of a source file by its extension. */
function languageOf(path: string): Language | undefined {
  const extension = /\.([a-z+]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  return languages.find((language) => extensions[language].includes(extension));
}

const extensions: Record<Language, readonly string[]> = {
  javascript: ["js", "mjs", "cjs", "jsx", "vue", "svelte"],
  typescript: ["ts", "mts", "cts", "tsx"],
  python: ["py", "pyw"],
  go: ["go"],
  rust: ["rs"],
  java: ["java"],
  csharp: ["cs"],
  php: ["php"],
  ruby: ["rb"],
  c: ["c"],
  cpp: ["cpp", "cc", "cxx", "hpp", "c++"],
  kotlin: ["kt", "kts"],
  swift: ["swift"],
};

const names: Record<Language, RegExp> = {
  javascript: /java\s?script|\bjs\b|node|html|css|前端/i,
  typescript: /type\s?script|\btsx?\b/i,
  python: /python/i,
  go: /\bgo(?:lang)?\b/i,
  rust: /\brust\b/i,
  java: /\bjava\b(?!\s?script)/i,
  csharp: /\bc#|c\s?sharp|\.net\b/i,
  php: /\bphp/i,
  ruby: /\bruby\b/i,
  c: /(?<![\w.])c(?![\w+#])/i,
  cpp: /c\+\+|\bcpp\b/i,
  kotlin: /\bkotlin\b/i,
  swift: /\bswift\b/i,
};

/** The languages a text names, in its order. */
function named(text: string): Language[] {
  return languages
    .map((language) => ({ language, place: text.search(names[language]) }))
    .filter(({ place }) => place >= 0)
    .sort((a, b) => a.place - b.place)
    .map(({ language }) => language);
}
