import type { Finding } from "../source.ts";
import type { LogicalLine } from "./lines.ts";

/** The first line that Python would refuse for its indentation, as it would say it. */
export function indentationProblem(lines: readonly LogicalLine[]): Finding | undefined {
  const levels = [{ wide: 0, narrow: 0 }];
  let opener: LogicalLine | undefined;
  for (const one of lines) {
    const now = widths(one.indent);
    const top = levels.at(-1) ?? now;
    const problem = (message: string) => ({ line: one.line, message });
    if (now.wide > top.wide) {
      if (!opener) return problem("unexpected indent");
      if (now.narrow <= top.narrow) return problem("tabs and spaces are mixed in the indentation");
      levels.push(now);
    } else {
      if (opener) return problem(`an indented block is expected after line ${opener.line}`);
      while ((levels.at(-1)?.wide ?? 0) > now.wide) levels.pop();
      const level = levels.at(-1);
      if (level?.wide !== now.wide) return problem("the indentation matches no outer level");
      if (level.narrow !== now.narrow) return problem("tabs and spaces are mixed in the indentation");
    }
    opener = one.code.endsWith(":") ? one : undefined;
  }
  return opener && { line: opener.line, message: "an indented block is expected after this line" };
}

/** As wide as with tabs of eight columns and of one: an indentation counts only where both agree. */
function widths(indent: string): { wide: number; narrow: number } {
  let wide = 0;
  for (const char of indent) wide = char === "\t" ? wide + 8 - (wide % 8) : char === "\f" ? 0 : wide + 1;
  return { wide, narrow: indent.length };
}
