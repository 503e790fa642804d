import DOMPurify from "dompurify";

// Without a browser DOMPurify has no methods; the parser calls these but only drawing needs what they do.
const purifier = DOMPurify as unknown as Record<string, unknown>;
purifier.addHook ??= () => {};
purifier.removeHook ??= () => {};
purifier.sanitize ??= (text: string) => text;

/** The type of a diagram by mermaid's own grammar; throws, with the line, where the text is not one. */
export async function parseMermaid(text: string): Promise<string> {
  const { default: mermaid } = await import("mermaid");
  const { diagramType } = await mermaid.parse(text);
  return diagramType;
}
