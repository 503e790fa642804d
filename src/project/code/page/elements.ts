import type { DefaultTreeAdapterTypes, ParserError } from "parse5";

/** An element of a page and where it stands. */
export interface Element {
  readonly tagName: string;
  readonly attrs: readonly { readonly name: string; readonly value: string }[];
  readonly line: number;
  /** The text in it, of scripts and styles, and the line at which that begins. */
  readonly content: string;
  readonly contentLine: number;
  /** Where it begins in the text; undefined for one that the parser made up. */
  readonly start: number | undefined;
  /** Where its end tag begins, if it has one. */
  readonly end: number | undefined;
  /** Whether it belongs to HTML, and not to a drawing or a formula within. */
  readonly ofHtml: boolean;
}

type ParentNode = DefaultTreeAdapterTypes.ParentNode;

export async function parsePage(text: string): Promise<{ document: ParentNode; errors: ParserError[] }> {
  const { parse } = await import("parse5");
  const errors: ParserError[] = [];
  const onParseError = (error: ParserError) => {
    if (errors.length < 1_000) errors.push(error);
  };
  const document = parse(text, { sourceCodeLocationInfo: true, scriptingEnabled: false, onParseError });
  return { document, errors };
}

/** All elements in the order of the text, also those within templates. */
export function elementsOf(document: ParentNode): Element[] {
  const found: Element[] = [];
  const stack: DefaultTreeAdapterTypes.Node[] = [document];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if ("tagName" in node) found.push(elementOf(node));
    if ("childNodes" in node) for (const child of node.childNodes.toReversed()) stack.push(child);
    if ("content" in node) stack.push(node.content);
  }
  return found;
}

function elementOf(node: DefaultTreeAdapterTypes.Element): Element {
  const { tagName, attrs, sourceCodeLocation: place } = node;
  const [first] = node.childNodes;
  return {
    tagName,
    attrs,
    line: place?.startLine ?? 1,
    content: first && "value" in first ? first.value : "",
    contentLine: first?.sourceCodeLocation?.startLine ?? place?.startLine ?? 1,
    start: place?.startOffset,
    end: place?.endTag?.startOffset,
    ofHtml: node.namespaceURI === "http://www.w3.org/1999/xhtml",
  };
}

export const attribute = ({ attrs }: Element, name: string): string | undefined =>
  attrs.find((one) => one.name === name)?.value;
