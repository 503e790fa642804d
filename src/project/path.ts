/** What became of a path: the path as it is used, with a sentence if it was changed; or why it is refused. */
type CleanPath = { readonly path: string; readonly note?: string } | { readonly refused: string };

/** Turns what a model wrote into a path inside the project that means the same file on every system, or refuses it. */
export function cleanPath(raw: string): CleanPath {
  const text = raw.normalize("NFC").replace(/^[\s"'`“”‘’]+|[\s"'`“”‘’]+$/gu, "");
  const refused = (why: string) => ({ refused: `${quoted(raw)} ${why}` });
  if (text === "") return refused("is empty");
  if (invisible.test(text)) return refused("has invisible or control characters");
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|(?:file|data|https?|javascript):)/i.test(text))
    return refused("is a URL, not a path");
  if (/^[\\/]{2}/.test(text)) return refused("is a network path");
  if (/^[a-z]:/i.test(text)) return refused("starts with a drive letter");

  const parts: string[] = [];
  for (const piece of text.replaceAll("\\", "/").split("/")) {
    const part = piece.trim();
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return refused("leaves the project");
  }
  if (parts.length === 0 || /[\\/]\s*\.{0,2}$/.test(text)) return refused("is a folder, not a file");
  if (parts[0]?.startsWith("~")) return refused("is in a home folder");
  const names = parts.map((part) => part.replace(/[.\s]+$/, ""));
  for (const name of names) {
    const problem = problemOf(name);
    if (problem) return refused(problem);
  }
  const path = names.join("/");
  if (bytes(path) > 200) return refused("is longer than 200 bytes");
  return path === raw ? { path } : { path, note: `${quoted(raw)} is written as ${path}` };
}

/** Separates the paths that can stand side by side on every file system from those that clash with an earlier one. */
export function uniquePaths(paths: readonly string[]): {
  kept: string[];
  refused: { path: string; reason: string }[];
} {
  const seen = new Map<string, { spelled: string; file: boolean; of: string }>();
  const kept: string[] = [];
  const refused: { path: string; reason: string }[] = [];
  for (const path of paths) {
    const reason = clash(path, seen);
    if (reason) {
      refused.push({ path, reason: `${quoted(path)} ${reason}` });
      continue;
    }
    kept.push(path);
    for (const spelled of steps(path)) {
      if (!seen.has(folded(spelled))) seen.set(folded(spelled), { spelled, file: spelled === path, of: path });
    }
  }
  return { kept, refused };
}

/** The same for names that differ only in case, which many file systems take for one. */
export const folded = (path: string): string => path.normalize("NFC").toUpperCase().toLowerCase();

/** A folder name from anything: snake_case ASCII that starts with a letter, at most 50 characters. */
export function projectName(raw: string): string {
  const words = raw
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  const plain = /^[a-z]/.test(words) && !reserved.test(words) && words !== "node_modules";
  const name = plain ? words : `project_${words}`;
  return name.slice(0, 50).replace(/_+$/, "");
}

const invisible = /[\p{C}\p{Zl}\p{Zp}]|[\uFE00-\uFE0F]/u;

/** Devices that Windows sees in these names, whatever their extension. */
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])$/i;

function problemOf(name: string): string | undefined {
  if (name === "") return "has a name of dots only";
  if (/^(?:\.git|git~\d+)$/i.test(name)) return "is inside .git";
  if (name === "__proto__") return "has a name that JavaScript reserves";
  if (reserved.test(name.split(".")[0]?.trim() ?? "")) return "has a name that Windows reserves for a device";
  if (/[<>:"|?*'`“”‘’]/.test(name)) return "has a character that cannot be in a file name";
  if (bytes(name) > 100) return "has a name longer than 100 bytes";
  return undefined;
}

function clash(
  path: string,
  seen: ReadonlyMap<string, { spelled: string; file: boolean; of: string }>,
): string | undefined {
  for (const spelled of steps(path)) {
    const earlier = seen.get(folded(spelled));
    if (earlier === undefined) return undefined;
    if (earlier.spelled !== spelled) return `differs only in case from ${earlier.of}`;
    if (spelled === path) return earlier.file ? "is listed twice" : `is also the folder of ${earlier.of}`;
    if (earlier.file) return `is inside ${earlier.of}, which is a file`;
  }
  return undefined;
}

/** `a/b/c` gives `a`, `a/b` and `a/b/c`. */
function steps(path: string): string[] {
  const names = path.split("/");
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}

const bytes = (text: string) => Buffer.byteLength(text);

const quoted = (text: string) => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
