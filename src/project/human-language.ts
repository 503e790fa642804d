/** Whether a document's language, as a model or a user names it, is Chinese. */
export const isChinese = (language: string): boolean =>
  /^\s*zh\b|chinese|mandarin|中文|汉语|漢語|普通话|简体|繁體|国语/i.test(language);
