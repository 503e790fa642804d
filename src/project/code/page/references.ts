import type { Reference } from "../source.ts";
import { attribute, type Element } from "./elements.ts";

/** The files of the project that an element refers to. */
export function referencesOf(element: Element): Reference[] {
  const { tagName, line } = element;
  const refers = (kind: Reference["kind"], ...addresses: (string | undefined)[]): Reference[] =>
    addresses.flatMap((address) => {
      const to = localFile(address);
      return to === undefined ? [] : [{ to, line, kind }];
    });
  switch (tagName) {
    case "script":
      return refers(attribute(element, "type") === "module" ? "module" : "script", attribute(element, "src"));
    case "link": {
      const rel = (attribute(element, "rel") ?? "").toLowerCase().split(/\s+/);
      if (rel.some((one) => /^(?:canonical|alternate|dns-prefetch|preconnect|next|prev)$/.test(one))) return [];
      const kind = rel.includes("stylesheet")
        ? "style"
        : rel.includes("icon")
          ? "image"
          : rel.includes("modulepreload")
            ? "module"
            : "other";
      return refers(kind, attribute(element, "href"));
    }
    case "img":
    case "image":
      return refers("image", attribute(element, "src"), ...sourceSet(attribute(element, "srcset")));
    case "source":
      return refers("other", attribute(element, "src"), ...sourceSet(attribute(element, "srcset")));
    case "video":
      return [...refers("other", attribute(element, "src")), ...refers("image", attribute(element, "poster"))];
    case "audio":
    case "track":
    case "embed":
      return refers("other", attribute(element, "src"));
    case "iframe":
      return refers("page", attribute(element, "src"));
    case "object":
      return refers("other", attribute(element, "data"));
    case "a":
      // others are routes of a server
      return refers("page", attribute(element, "href")).filter(({ to }) => /\.html?$/i.test(to));
    default:
      return [];
  }
}

const sourceSet = (value = "") => value.split(",").map((one) => one.trim().split(/\s+/)[0]);

/** The relative path that an address means, without query and fragment; undefined for all else. */
export function localFile(address: string | undefined): string | undefined {
  const trimmed = (address ?? "").trim();
  if (trimmed.length > 500 || /^(?:[a-z][a-z0-9+.-]*:|\/|#|\?)/i.test(trimmed) || /[{}<>]|\$\(/.test(trimmed))
    return undefined;
  const path = trimmed.replace(/[?#].*$/s, "");
  if (path === "") return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
