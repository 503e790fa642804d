/** The words a fence may announce a language by, under the extension of its files where the two differ. */
const names: Readonly<Record<string, readonly string[]>> = {
  js: ["javascript", "jsx", "mjs", "cjs", "node"],
  mjs: ["javascript", "js"],
  cjs: ["javascript", "js"],
  jsx: ["javascript", "js", "react"],
  ts: ["typescript", "tsx"],
  tsx: ["typescript", "ts", "react"],
  py: ["python", "python3"],
  html: ["htm", "xml", "html5"],
  css: ["css3"],
  md: ["markdown", "mdx"],
  json: ["jsonc", "json5"],
  sh: ["bash", "shell", "zsh", "console"],
  yml: ["yaml"],
  yaml: ["yml"],
  rb: ["ruby"],
  rs: ["rust"],
  go: ["golang"],
  kt: ["kotlin"],
  cs: ["csharp", "c#"],
  cpp: ["c++", "cc", "cxx"],
  cc: ["c++", "cpp"],
  h: ["c", "cpp", "c++"],
  hpp: ["c++", "cpp"],
  ps1: ["powershell"],
  txt: ["text", "plaintext", "plain"],
};

/** The extension of a path in lower case, without its dot. */
export const extensionOf = (path: string): string => /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";

/** Whether a fence's info string announces the language of a file. */
export function isLanguageOf(info: string, path: string): boolean {
  const extension = extensionOf(path);
  const language = (/^\{?\.?([^\s:,{}=]+)/.exec(info)?.[1] ?? "").toLowerCase();
  return extension !== "" && (language === extension || (names[extension]?.includes(language) ?? false));
}

/** Whether a line names a file: by its path, or by its name where no other path holds that name. */
export function namesPath(line: string, path: string): boolean {
  const wanted = path.toLowerCase();
  const name = wanted.slice(wanted.lastIndexOf("/") + 1);
  const words = line
    .slice(0, 500)
    .toLowerCase()
    .split(/[\s`'"*()<>[\]{},;:=|：（）“”]+/);
  return words.map((word) => word.replace(/^\.?\/+|[.!?。]+$/g, "")).some((word) => word === wanted || word === name);
}

/** Whether files of this kind may hold plain prose. */
export const isTextFile = (path: string): boolean =>
  /\.(?:md|mdx|markdown|txt|rst|csv|adoc)$|(?:^|\/)[A-Z]+$/.test(path);
