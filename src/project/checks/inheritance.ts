import type { Source } from "../code/source.ts";
import { folderOf } from "./paths.ts";
import type { Project } from "./project.ts";

/** Whether a class may have a member that its file does not declare: from what it is built on, or written elsewhere. */
export function mayInherit(project: Project, source: Source, owner: string, member: string): boolean {
  const { language, path } = source;
  const signature = source.declares.find(({ name }) => name === owner)?.signature ?? "";
  const text = project.files.get(path) ?? "";
  switch (language) {
    case "python":
      return /\((?!\s*(?:object)?\s*\))/.test(signature) || text.includes("__getattr__");
    case "go":
      // methods may stand in any file of the package, and come with an embedded type
      return embeds(text, owner) || elsewhere(project, source, member);
    case "rust":
      return elsewhere(project, source, member);
    case "java":
      return /\bextends\b|@/.test(signature) || elsewhere(project, source, member);
    case "ruby":
      return (
        /</.test(signature) || /\b(?:include|extend|prepend|method_missing|define_method|def_delegators?)\b/.test(text)
      );
    case "php":
      return /\bextends\b/.test(signature) || /^[ \t]+use\s|__call/m.test(text);
    case "javascript":
    case "typescript":
      return /\bextends\b|@/.test(signature) || isMixed(text, owner);
    default:
      return /\bextends\b|class\b[^{]*:/.test(signature);
  }
}

/** Whether some other file has a member of that name. */
const elsewhere = (project: Project, { path, language }: Source, member: string): boolean =>
  [...project.sources.values()].some(
    (other) =>
      other.language === language &&
      (language !== "go" || folderOf(other.path) === folderOf(path)) &&
      other.declares.some(({ name }) => name.endsWith(`.${member}`)),
  );

/** Whether a struct of Go holds a type without a name of its own for it. */
function embeds(text: string, owner: string): boolean {
  const body = new RegExp(`\\b${owner}(?:\\[[^\\]\\n]*\\])?\\s+struct\\s*\\{([^}]{0,5000})`).exec(text)?.[1];
  return body === undefined || /^\s*\*?[\w.]+(?:\s*`[^`]*`)?\s*(?:\/\/.*)?$/m.test(body);
}

/** `Object.assign(Game.prototype, …)` gives a class more than it declares. */
const isMixed = (text: string, owner: string): boolean => text.includes(`${owner}.prototype`);
