/** Whether a page or data file is only what another program fills in. */
export const isTemplate = (text: string, path: string): boolean =>
  /\.(?:html?|ya?ml|json|css)$/i.test(path) && /\{\{|\{%|<%|<\?php|\{#/.test(text);
