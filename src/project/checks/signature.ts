import type { Arity, SourceLanguage } from "../code/source.ts";

/**
 * How many arguments a signature of a design asks for, receivers such as `self` left out. Signatures are written freely;
 * undefined unless this one is clear.
 */
export function arityOf(signature: string, name: string, language: SourceLanguage | undefined): Arity | undefined {
  if (signature.length > 1_000 || /\.\.\.\s*[,)]|…|\betc\b/.test(signature)) return undefined;
  const list = parameterList(signature.replaceAll("`", ""), name);
  if (list === undefined) return undefined;
  const parts = split(list);
  if (parts === undefined) return undefined;
  const own = isReceiver.test(parts[0] ?? "") ? parts.slice(1) : parts;
  const parameters = own.map((text) => parameterOf(text, language));
  if (parameters.includes(undefined)) return undefined;
  const counted = parameters.filter((one) => one !== undefined && one !== "mark");
  return {
    least: counted.filter((one) => one === "needed").length,
    most: counted.includes("rest") ? undefined : counted.length,
  };
}

const isReceiver = /^(?:self|cls|this|&(?:'\w+\s+)?(?:mut\s+)?self|mut\s+self)(?:\s*:.*)?$/;

/** The text between the brackets after the name, or of a signature that is nothing but brackets and a result. */
function parameterList(signature: string, name: string): string | undefined {
  const plain = name.replaceAll("$", "\\$");
  const named = [
    ...signature.matchAll(
      new RegExp(
        `(?<![\\p{ID_Continue}$])(?:${plain}|constructor|__init__)\\s*(?:<[^()]{0,100}>|\\[[^()]{0,60}\\])?\\s*\\(`,
        "gu",
      ),
    ),
  ];
  if (named.length > 1) return undefined;
  const start = named[0] ? named[0].index + named[0][0].length : /^\s*(?:async\s+)?\(/.exec(signature)?.[0].length;
  if (start === undefined) return undefined;
  const end = closing(signature, start);
  if (end === undefined) return undefined;
  const rest = signature.slice(end + 1).trim();
  // what follows must be a result: another list or another form would be a second reading
  if (!named[0] && !/^(?:=>|->|:|$)/.test(rest)) return undefined;
  return /^(?:\||\/|or\b|,)/.test(rest) ? undefined : signature.slice(start, end);
}

const opening = "([{";
const ending = ")]}";

function closing(text: string, start: number): number | undefined {
  let depth = 0;
  let quote = "";
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? "";
    if (quote || character === '"') quote = quote ? (character === quote ? "" : quote) : character;
    if (quote) continue;
    if (opening.includes(character)) depth++;
    if (!ending.includes(character)) continue;
    if (depth === 0) return at;
    depth--;
  }
  return undefined;
}

/** Parted at the commas that are in no bracket, generic type or text; undefined if these do not close. */
function split(list: string): string[] | undefined {
  const parts = [""];
  let depth = 0;
  let quote = "";
  for (let at = 0; at < list.length; at++) {
    const character = list[at] ?? "";
    const arrow = character === ">" && /[=-]/.test(list[at - 1] ?? "");
    if (quote) quote = character === quote ? "" : quote;
    else if (character === '"' || (character === "'" && !/[&<]$/.test(list.slice(0, at)))) quote = character;
    else if (opening.includes(character) || character === "<") depth++;
    else if (ending.includes(character) || (character === ">" && !arrow)) depth--;
    if (character === "," && depth === 0 && !quote) parts.push("");
    else parts[parts.length - 1] += character;
  }
  if (depth !== 0 || quote) return undefined;
  return parts.map((part) => part.trim()).filter((part, index) => part !== "" || index < parts.length - 1);
}

/** Whether an argument is needed; "mark" for what only parts the list; undefined if it is unclear what is meant. */
function parameterOf(
  text: string,
  language: SourceLanguage | undefined,
): "needed" | "optional" | "rest" | "mark" | undefined {
  const own = forms[language ?? ""];
  if (text === "" || !own) return undefined;
  if (language === "python" && (text === "*" || text === "/")) return "mark";
  if ((language === "c" || language === "cpp") && text === "void") return "mark";
  if (language === "python" ? /^\*{1,2}\w/.test(text) : /^\.{3}|\.{3}\s*\w|\w\s+\.{3}|\bparams\b/.test(text))
    return "rest";
  if (language === "go" && /\.{3}/.test(text)) return "rest";
  // `b (optional)` and `[b]` are written in ways of one's own
  if (own === script && /optional|(?<=.)\[/.test(text.replace(/[:=].*$/s, ""))) return undefined;
  if (!own.test(text)) return undefined;
  const typed = text.replaceAll("=>", "  ");
  if (/^[^:=]*[^:=<>!]\?\s*(?::|$|=)/.test(typed) || /(?<![=<>!])=(?![=>])/.test(typed)) return "optional";
  return "needed";
}

const script =
  /^(?:(?:readonly|public|private|protected)\s+)*(?:[\p{ID_Start}_$][\p{ID_Continue}$]*|[{[].*[}\]])\s*\??\s*(?:[:=].*)?$/su;
const typeFirst =
  /^(?:(?:final|const|in|out|ref|unsigned|struct|@\w+)\s+)*[\p{ID_Start}_][\p{ID_Continue}:.]*(?:<.*>)?(?:\[\])*\??[\s*&]+(?:const\b[\s*&]*)?[\p{ID_Start}_][\p{ID_Continue}]*(?:\[\w*\])*\s*(?:=.*)?$/su;

/** What a parameter looks like; a language that is not named has too many ways to write one. */
const forms: Partial<Record<string, RegExp>> = {
  javascript: script,
  typescript: script,
  html: script,
  python: /^[\p{ID_Start}_][\p{ID_Continue}]*\s*(?:[:=].*)?$/su,
  go: /^[\p{ID_Start}_][\p{ID_Continue}]*(?:\s+\S.*)?$/su,
  rust: /^(?:mut\s+)?[\p{ID_Start}_][\p{ID_Continue}]*\s*:\s*\S.*$/su,
  java: typeFirst,
  csharp: typeFirst,
  c: typeFirst,
  cpp: typeFirst,
};
