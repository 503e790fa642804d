import type { ParserError } from "parse5";
import type { Finding } from "../source.ts";
import { lineFinder } from "../text.ts";
import type { Element } from "./elements.ts";

/** What breaks a page: tags that are cut, opened and not closed, or closed and not opened. */
export function pageProblems(text: string, elements: readonly Element[], errors: readonly ParserError[]): Finding[] {
  const cut = errors.flatMap(({ code, startLine }): Finding[] => {
    const message = Object.hasOwn(messages, code) ? messages[code] : undefined;
    return message ? [{ line: startLine, message }] : [];
  });
  // the tags of a template come together only when it is filled in
  if (/\{%|<%|<\?|\{\{[#/^]/.test(text)) return cut.filter(({ message }) => message.startsWith("the page ends"));
  return [...cut, ...stray(text, elements), ...unclosed(elements)];
}

const messages: Record<string, string> = {
  "duplicate-attribute": "an attribute is given twice, and only the first one counts",
  "eof-in-tag": "the page ends within a tag",
  "eof-before-tag-name": "the page ends within a tag",
  "eof-in-comment": "the page ends within a comment",
  "eof-in-cdata": "the page ends within a CDATA section",
  "eof-in-script-html-comment-like-text": "the page ends within a comment of a script",
  "eof-in-element-that-can-contain-only-text": "the page ends within an element that was not closed",
  "unexpected-character-in-attribute-name":
    "an attribute's name holds a quotation mark or a tag: a quotation mark or > is missing before",
};

function unclosed(elements: readonly Element[]): Finding[] {
  const closed = new Set(elements.filter(({ end }) => end !== undefined).map(({ start }) => start));
  const seen = new Set<number>();
  return elements.flatMap(({ tagName, start, line, ofHtml }) => {
    // the parser may make several elements of one tag
    if (start === undefined || !ofHtml || optional.has(tagName) || closed.has(start) || seen.has(start)) return [];
    seen.add(start);
    return [{ line, message: `<${tagName}> is not closed` }];
  });
}

/** End tags that closed no element. Those of formatting are left out: the parser opens them again on its own. */
function stray(text: string, elements: readonly Element[]): Finding[] {
  const ends = new Set(elements.map(({ end }) => end));
  const raw = elements.filter(
    ({ tagName, end }) => end !== undefined && /^(?:script|style|textarea|title|noscript|iframe)$/.test(tagName),
  );
  const ranges = raw.flatMap(({ start, end }) =>
    start === undefined || end === undefined ? [] : [[start, end] as const],
  );
  const line = lineFinder(text);
  const found: Finding[] = [];
  let next = 0;
  let commented = false;
  for (const { 0: tag, 1: name = "", index } of text.matchAll(/<!--|-->|<\/([a-z][a-z0-9-]*)\s*>/gi)) {
    while ((ranges[next]?.[1] ?? Infinity) <= index) next += 1;
    if ((ranges[next]?.[0] ?? Infinity) < index) continue;
    if (name === "") commented = tag === "<!--";
    const known = ends.has(index) || optional.has(name.toLowerCase()) || formatting.has(name.toLowerCase());
    if (name !== "" && !commented && !known) found.push({ line: line(index), message: `${tag} closes nothing` });
  }
  return found;
}

const formatting = new Set("a b big code em font i nobr s small strike strong tt u".split(" "));

/** Elements without an end tag, and those that may leave it out. */
const optional = new Set(
  (
    "area base br col embed hr img input link meta param source track wbr frame basefont bgsound keygen " +
    "html head body p li dt dd tr td th thead tbody tfoot caption colgroup option optgroup rb rt rtc rp"
  ).split(" "),
);
