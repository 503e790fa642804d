import type { Finding } from "../finding.ts";
import type { Project } from "../project.ts";
import { isTemplate } from "../template.ts";

/** Every file parses. */
export function* syntax(project: Project): Generator<Finding> {
  for (const { path, problems } of project.sources.values()) {
    if (isTemplate(project.files.get(path) ?? "", path) || isLenient(path)) continue;
    const [first, ...others] = problems;
    if (!first) continue;
    // what follows is often only a consequence
    const more = others.slice(0, 4).map(({ line, message }) => `; line ${line}: ${message}`);
    const message = `${path} cannot be parsed: ${first.message}${more.join("")}`;
    yield { path, line: first.line, kind: "syntax", message };
  }
}

/** JSON whose readers allow comments. */
const isLenient = (path: string) =>
  /(?:^|\/)(?:tsconfig[\w.-]*|jsconfig[\w.-]*|\.\w+rc|\.eslintrc|devcontainer|deno)\.json$|\.json[c5]$|(?:^|\/)\.vscode\//.test(
    path,
  );
