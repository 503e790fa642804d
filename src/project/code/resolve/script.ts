import { firstOf, folderOf, joined } from "./paths.ts";

const extensions = ["ts", "tsx", "d.ts", "js", "jsx", "mjs", "cjs", "mts", "cts", "json", "vue", "svelte"];

/** What is written for the file that TypeScript makes of another. */
const compiled: Record<string, readonly string[]> = {
  js: ["ts", "tsx", "jsx", "d.ts"],
  jsx: ["tsx"],
  mjs: ["mts"],
  cjs: ["cts"],
};

/** `./a` is `a.ts`, `a.js` or `a/index.js`; `@/a` and `/src/a` are what bundlers make of them. */
export function resolveScript(fromPath: string, specifier: string, paths: ReadonlySet<string>): string | undefined {
  const plain = specifier.replace(/[?#].*$/s, "");
  const bases = /^\.{1,2}(?:\/|$)/.test(plain)
    ? [joined(folderOf(fromPath), plain)]
    : plain.startsWith("/")
      ? [joined("", plain), joined("public", plain)]
      : /^[@~]\//.test(plain)
        ? [joined("src", plain.slice(2)), joined("", plain.slice(2)), joined("app", plain.slice(2))]
        : [];
  for (const base of bases) {
    const found = base === undefined ? undefined : firstOf(candidates(base), paths);
    if (found !== undefined) return found;
  }
  return undefined;
}

function candidates(base: string): string[] {
  const extension = /\.([a-z]+)$/.exec(base)?.[1] ?? "";
  const stem = base.slice(0, base.length - extension.length);
  const others = Object.hasOwn(compiled, extension) ? (compiled[extension] ?? []) : [];
  const inside = base === "" ? "index" : `${base}/index`;
  return [
    base,
    ...others.map((one) => `${stem}${one}`),
    ...extensions.map((one) => `${base}.${one}`),
    ...extensions.map((one) => `${inside}.${one}`),
  ];
}

export function resolveStyle(fromPath: string, specifier: string, paths: ReadonlySet<string>): string | undefined {
  const path = joined(specifier.startsWith("/") ? "" : folderOf(fromPath), specifier.replace(/[?#].*$/s, ""));
  return firstOf([path], paths);
}
