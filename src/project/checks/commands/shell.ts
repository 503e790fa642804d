/** One program that a command line calls: `cd web && PORT=80 node "server.js"` calls cd and node. */
export interface Call {
  readonly program: string;
  readonly words: readonly string[];
}

/** The calls of a command line that can be told without a shell; what holds variables or placeholders ends the reading. */
export function callsOf(line: string): Call[] {
  const calls: Call[] = [];
  for (const part of line.slice(0, 500).split(/\s*(?:&&|\|\||[;|&])\s*/)) {
    const words = [...part.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g)].map(
      ([, double, single, bare]) => double ?? single ?? bare ?? "",
    );
    while (/^[A-Z_][A-Z0-9_]*=/.test(words[0] ?? "")) words.shift();
    while (
      /^(?:npx|bunx|cross-env|sudo|time|exec|env|dotenv|--yes|-y|--)$/.test(words[0] ?? "") ||
      /^[A-Z_]+=/.test(words[0] ?? "")
    )
      words.shift();
    const [program, ...rest] = words;
    if (program !== undefined) calls.push({ program: plainProgram(program), words: rest });
  }
  return calls;
}

/** Without the folder of a virtual environment and the ending of Windows. */
const plainProgram = (program: string) =>
  program
    .replace(/^(?:\.?[\w.-]+[/\\])*(?:bin|Scripts)[/\\](?=(?:python|pip|pytest|uvicorn|flask|gunicorn))/, "")
    .replace(/\.exe$/, "");

/** Whether a word is a path as written, not an option, a pattern, a variable or something for the reader to fill in. */
export const isPlainPath = (word: string): boolean =>
  /^[\p{L}\p{N}_.][\p{L}\p{N}_./@+ -]*$/u.test(word) &&
  !/^\.+$|^v\d|^(?:\.\/)?(?:path|your|my[-_]?(?:app|script|file|program)|some|example|<)|\bpath\/to\b|(?:^|\/)\.\.\//i.test(
    word,
  );
