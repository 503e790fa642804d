import type { Language } from "./languages.ts";
import type { ListedPackage } from "./product.ts";
import { ofJavascript, ofPython, ofRuby, ofRust } from "./standard-library.ts";

/** A package that its package manager would look for under this name; the version is in its notation, or empty. */
export interface Package {
  readonly name: string;
  readonly version: string;
}

/**
 * Gives each language the packages that can be its own: the first one whose names look like that. What comes with a
 * language, and what no package manager could know, is left out.
 */
export function packagesOf(
  languages: readonly Language[],
  listed: readonly ListedPackage[],
): Partial<Record<Language, Package[]>> {
  const found: Partial<Record<Language, Package[]>> = {};
  for (const one of listed) {
    const { name, version } = parted(one);
    for (const language of languages) {
      const registry = registries[language];
      const known = registry?.names(name);
      if (!registry || known === undefined) continue;
      const list = found[language] ?? [];
      if (known !== "" && !list.some((other) => other.name === known)) {
        found[language] = [...list, { name: known, version: registry.version(version) }];
      }
      break;
    }
  }
  return found;
}

/** `flask==2.0`, `express@4`, `org.junit:junit:5.1` and `gin v1.9.1` hold their version in the name. */
function parted({ name, version }: ListedPackage): Package {
  const text = name.replace(/[`"']/g, "").trim();
  const parts =
    /^(@?[^@=<>~!^\s]+?)(?:\s*(?:@|(?=[=<>~!^]))\s*|\s+(?=v?\d))(.*)$/.exec(text) ??
    /^([^:\s]+:[^:\s]+):(.+)$/.exec(text);
  return { name: parts?.[1] ?? text, version: (version.trim() || parts?.[2] || "").replace(/(?<![\w.])v(?=\d)/gi, "") };
}

interface Registry {
  /** The name as the package manager writes it; empty if it is nothing to install; undefined if it is no name at all. */
  names(name: string): string | undefined;
  version(text: string): string;
}

const lowerCase = (form: RegExp, own?: ReadonlySet<string>) => (name: string) => {
  const lower = name.toLowerCase();
  if (own?.has(lower)) return "";
  return form.test(lower) ? lower : undefined;
};

const asWritten = (form: RegExp, own?: ReadonlySet<string>) => (name: string) => {
  if (own?.has(name.toLowerCase())) return "";
  return form.test(name) ? name : undefined;
};

const number = String.raw`\d+(?:\.(?:\d+|x|\*)){0,3}(?:-[0-9A-Za-z.-]+)?`;
const comparator = String.raw`(?:\^|~|[<>]=?|=)?\s?${number}`;
const range = new RegExp(String.raw`^${comparator}(?:(?:\s*,\s*|\s+\|\|\s+|\s+)${comparator})*$`);

/** A range of versions as npm, Cargo and Composer read it. */
const rangeOr = (otherwise: string) => (text: string) => {
  const plain = text.replace(/^={2,3}\s*/, "").trim();
  return range.test(plain) ? plain : otherwise;
};

const exactOr = (otherwise: string) => (text: string) => {
  const plain = text.replace(/^[\^~=>\s]+/, "");
  return /^\d+(?:\.\d+){1,3}(?:[-.][0-9A-Za-z.-]+)?$/.test(plain) ? plain : otherwise;
};

const npm: Registry = {
  names: (name) =>
    name.startsWith("node:")
      ? ""
      : lowerCase(/^(?=.{1,214}$)(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/, ofJavascript)(name),
  version: rangeOr("*"),
};

const registries: Partial<Record<Language, Registry>> = {
  javascript: npm,
  typescript: npm,
  python: {
    names: (name) =>
      ofPython.has(name.toLowerCase().replace(/\..*$/, "")) // json and os.path alike
        ? ""
        : asWritten(/^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?:\[[\w.,-]+\])?$/)(name),
    version: pythonVersion,
  },
  go: { names: asWritten(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[\w.~-]+)+$/), version: exactOr("") },
  rust: { names: asWritten(/^[A-Za-z][\w-]*$/, ofRust), version: rangeOr("*") },
  java: { names: asWritten(/^[A-Za-z][\w.-]*:[\w.-]+$/), version: exactOr("RELEASE") },
  csharp: { names: asWritten(/^[A-Za-z][\w-]*(?:\.[\w-]+)*$/, new Set(["none"])), version: exactOr("*") },
  php: { names: lowerCase(/^[a-z0-9][a-z0-9_.-]*\/[a-z0-9][a-z0-9_.-]*$/), version: rangeOr("*") },
  ruby: { names: asWritten(/^[A-Za-z0-9][\w.-]*$/, ofRuby), version: rubyVersion },
};

function pythonVersion(text: string): string {
  const plain = text
    .replace(/^\^\s*|^~(?!=)\s*/, ">=")
    .replace(/^(?=\d)/, "==")
    .replace(/\.x\b/gi, ".*")
    .replace(/(?<=[\w*])\s+(?=[<>=!~])/g, ",")
    .replace(/\s+/g, "");
  const one = String.raw`(?:===?|~=|!=|[<>]=?)\d+(?:\.(?:\d+|\*))*(?:(?:a|b|rc|\.post|\.dev)\d+)?`;
  return new RegExp(`^${one}(?:,${one})*$`).test(plain) ? plain : "";
}

function rubyVersion(text: string): string {
  const plain = text
    .trim()
    .replace(/^[\^~](?!>)\s*/, "~> ")
    .replace(/^==?\s*/, "");
  return /^(?:(?:~>|[<>]=?)\s?)?\d+(?:\.\w+)*$/.test(plain) ? plain : "";
}
