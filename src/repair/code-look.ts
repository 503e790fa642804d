const comment = /^\s*(?:\/\/|#|\/\*+|<!--|--|;|\{\/\*|"""|\*)\s*(.*?)\s*(?:\*\/\}?|-->|""")?\s*$/;
const whatStays = "(?:code|file|functions?|methods?|implementation|logic|class|content|script|styles?|markup|imports?)";
const placeholders = [
  new RegExp(
    `^(?:\\.{3}|…)?\\s*\\(?(?:the |your |all )?(?:existing|previous|unchanged|original|other)\\s+${whatStays}\\b[\\w\\s]{0,40}\\)?\\s*(?:\\.{3}|…)$`,
    "i",
  ),
  /^(?:\.{3}|…)\s*\(?(?:the |your |all )?(?:existing|previous|unchanged|original|rest of|remaining|other)\b.{0,80}$/i,
  new RegExp(
    `^\\(?(?:the )?(?:rest|remainder) of (?:the |your |this )?(?:\\w+ )?${whatStays}\\b(?:.{0,40}\\b(?:unchanged|same|before|above|here|omitted)\\b.{0,20}|\\s*(?:\\.{3}|…)?\\)?)$`,
    "i",
  ),
  new RegExp(
    `\\b${whatStays}\\b.{0,20}\\b(?:remains?|stays?|is|are)\\s+(?:unchanged|the same(?: as (?:before|above))?)\\)?[.…]*$`,
    "i",
  ),
  new RegExp(`^(?:your|add your|insert your|actual|full)\\s+(?:\\w+ )?${whatStays} (?:goes )?here[.…]*$`, "i"),
  /^\(?(?:same as (?:before|above)|omitted for brevity|unchanged)\)?[.…]*$|\bomitted for brevity\b/i,
  /^(?:\.{3}|…)$/,
  /(?:其余|其他|剩余|原有|已有|之前的?).{0,8}(?:代码|部分|内容|函数|方法).{0,8}(?:不变|保持|省略|相同|同上|一致)|(?:代码|内容)(?:不变|省略|同上)/,
];

/** The line that stands for code the model did not write, such as "rest of the code unchanged", if there is one. */
export function missingPart(code: string): string | undefined {
  for (const [index, line] of code.split("\n").entries()) {
    if (line.length > 200) continue;
    const words = comment.exec(line)?.[1] ?? (/^\s*(?:\.{3}|…)\s+\p{L}/u.test(line) ? line.trim() : undefined);
    if (words && placeholders.some((placeholder) => placeholder.test(words)))
      return `line ${index + 1} ("${line.trim()}")`;
  }
  return undefined;
}

/** Whether an answer declines instead of answering. */
export const refuses = (text: string): boolean =>
  /^\s*(?:(?:i['’]?m|i am)\s+(?:very |so |really )?(?:sorry|unable|afraid)|(?:my )?apolog|sorry\b|(?:unfortunately,? )?i\s+(?:can['’]?t|cannot|can not|won['’]?t|do not have|don['’]?t have)\b|as an ai\b|unfortunately\b|很?抱歉|对不起|我无法|我不能)/i.test(
    text.slice(0, 300),
  );

const codeLine =
  /[;{}]\s*$|^\s*[)\]}]|=>|\w\(.*\)|^\s*[@#.]?[\w-]+\s*[:=]|[+*/-]?=\s|^\s*<[/!a-z?]|^\s*(?:import|from|export|const|let|var|def|class|function|return|if|elif|else|for|while|try|except|package|using|use|pub|fn|func|public|private|struct|module|require|echo|set|SELECT|CREATE|INSERT)\b.*[\w:)"'>;*]\s*$|^\s*(?:#!|\/\/|\/\*|\*|--|<!--|#\s)/;
const sentence = /^\s*[\p{Lu}\p{Lo}][^;{}=<>]{30,}[.!?:。！？：]\s*$/u;

/** Whether a text without a fence is source code rather than sentences: most of its lines look like it. */
export function looksLikeCode(text: string): boolean {
  const lines = text
    .split("\n", 400)
    .map((line) => line.slice(0, 300))
    .filter((line) => line.trim() !== "");
  const code = lines.filter((line) => codeLine.test(line) && !sentence.test(line)).length;
  return code > 0 && code >= lines.length * 0.5;
}
