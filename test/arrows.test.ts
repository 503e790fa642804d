import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Which folder may import from which others: bin -> config, roles -> actions -> src. */
const allowed: Record<string, readonly string[]> = {
  bin: ["bin", "config", "roles", "actions", "src"],
  config: ["config", "src"],
  roles: ["roles", "actions", "src"],
  actions: ["actions", "src"],
  src: ["src"],
};

const sources = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));

/** Every relative import of a file, static or dynamic, as a path from the root; with whether it is only a type. */
function importsOf(file: string) {
  const text = textOf(file);
  const found = text.matchAll(/(?:import|export)(?<type> type)?\b[^;"']*?["'](?<path>\.[^"']+\.ts)["']/g);
  return [...found].map(({ groups = {} }) => ({
    to: relative(root, join(root, dirname(file), groups.path ?? "")),
    type: groups.type !== undefined,
  }));
}

const textOf = (file: string) => readFileSync(join(root, file), "utf8");

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, "");

describe("the arrows between the folders", () => {
  it.each(Object.keys(allowed))("from %s point down", (folder) => {
    const upward = sources(folder).flatMap((file) =>
      importsOf(file)
        .filter(({ to }) => !allowed[folder]?.includes(to.split("/")[0] ?? ""))
        .map(({ to }) => `${file} -> ${to}`),
    );
    expect(upward).toEqual([]);
  });

  it("are really read: the roster imports every role", () => {
    const roles = sources("roles").filter((file) => /^roles\/(?!index\.ts)(?:[^/]+\.ts|[^/]+\/index\.ts)$/.test(file));
    expect(roles.length).toBeGreaterThan(4);
    expect(importsOf("roles/index.ts").map(({ to }) => to)).toEqual(expect.arrayContaining(roles));
  });

  it("let roles meet only through messages: no role imports another", () => {
    const meetings = sources("roles")
      .filter((file) => file !== "roles/index.ts")
      .flatMap((file) => {
        // a role may be a folder; what stands in it is the role's own
        const own = file.split("/").length > 2 ? `${dirname(file)}/` : file;
        return importsOf(file).filter(({ to }) => to.startsWith("roles/") && !to.startsWith(own));
      });
    expect(meetings).toEqual([]);
  });

  it("let the engine know no role and no action, and print nothing", () => {
    const prints = sources("src").filter((file) => /\bconsole\.|process\.stdout/.test(withoutComments(textOf(file))));
    expect(prints).toEqual([]);
  });

  it("keep what a run depends on below the steps: no flow touches a clock, chance, the process, a file or the journal", () => {
    const flow = reachedFrom(["src/team.ts", "roles/index.ts"]);
    expect(flow.length).toBeGreaterThan(60);
    const world =
      /\bfrom "node:|\bprocess\.|\bDate\b|\bMath\.random|\bperformance\b|\bset(?:Timeout|Interval|Immediate)\b|\bfetch\(/;
    // the list of Node's own modules, and code that is written into a product
    const harmless = /import \{ builtinModules \} from "node:module";|`import [^`]*`/g;
    const ownTextOf = (file: string) => withoutComments(textOf(file)).replace(harmless, "");
    expect(flow.filter((file) => world.test(ownTextOf(file)))).toEqual([]);
    expect(flow.filter((file) => file.startsWith("src/engine/"))).toEqual([]);
  });

  it("let metagpt/repair stand alone: it takes nothing from the rest, not even a type, and nothing from Node", () => {
    const library = reachedFrom(["src/repair/index.ts"], { types: true });
    expect(library.length).toBeGreaterThan(40);
    expect(library.filter((file) => !file.startsWith("src/repair/"))).toEqual([]);
    const node = /\b(?:from|import)\b[ (]*["']node:/;
    expect(library.filter((file) => node.test(withoutComments(textOf(file))))).toEqual([]);
  });
});

/** Everything that these files import, directly or through others; types only where they are asked for. */
function reachedFrom(files: readonly string[], { types = false } = {}): string[] {
  const reached = new Set(files);
  for (const file of reached) for (const { to, type } of importsOf(file)) if (types || !type) reached.add(to);
  return [...reached].sort();
}
