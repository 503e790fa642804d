import { isBuiltin } from "node:module";
import type { Import, Source } from "../../code/source.ts";
import type { Finding } from "../finding.ts";
import { extensionOf, folderOf, pathFrom } from "../paths.ts";
import type { Project } from "../project.ts";
import { meant } from "../wording.ts";

/** What is wrong with one import of JavaScript, TypeScript or a page. */
export function javascriptImport(project: Project, source: Source, one: Import): Finding | undefined {
  const { path } = source;
  const { from, line } = one;
  // types may stand beside what they tell of
  if (/\.d\.[cm]?ts$/.test(path)) return undefined;
  if (/^[.]{1,2}(?:\/|$)/.test(from)) return relative(project, path, one);
  if (!packageName.test(from) || isBuiltin(from)) return undefined;
  const name = from.startsWith("@") ? from.split("/").slice(0, 2).join("/") : (from.split("/")[0] ?? "");
  const above = project.npm.filter(({ folder }) => path.startsWith(folder));
  const types = `@types/${name.replace(/^@(.*)\//, "$1__")}`;
  const known = (pack: Project["npm"][number]) =>
    [name, types, ...(comesWith.get(name) ?? [])].some((other) => pack.declared.has(other));
  if (above.some(known) || project.npm.some((pack) => pack.name === name)) return undefined;
  if (isElsewhere(project, path, from)) return undefined;
  const [manifest] = above;
  const message = manifest
    ? `${path} imports ${name}, which is no module of Node.js and not among the dependencies of ${manifest.path}`
    : `${path} imports ${name}, which is no module of Node.js, and there is no package.json that declares it`;
  return { path, line, kind: "package", message, about: manifest ? [manifest.path] : [] };
}

const packageName = /^(?:@[a-z0-9-][\w.~-]*\/)?[a-zA-Z0-9-][\w.~-]*(?:\/|$)/;

/** Packages that come with another one, under names that code may import. */
const comesWith: ReadonlyMap<string, readonly string[]> = new Map([
  ["@jest/globals", ["jest"]],
  ["vite", ["vitest"]],
  ["preact", ["@preact/preset-vite"]],
  ["react", ["next", "gatsby"]],
  ["react-dom", ["next", "gatsby"]],
  ["vue", ["nuxt"]],
  ["svelte", ["@sveltejs/kit"]],
  ["electron", ["electron-nightly"]],
  ["mongodb", ["mongoose"]],
]);

function relative(project: Project, path: string, { from, line }: Import): Finding | undefined {
  const plain = from.replace(/[?#].*$/, "");
  if (project.resolve(path, plain, "javascript") !== undefined) return undefined;
  const wanted = pathFrom(folderOf(path), plain);
  const extension = extensionOf(plain);
  if (extension !== "" && !codeExtensions.has(extension) && !project.complete && isData.has(extension))
    return undefined;
  if (wanted === undefined || made.test(`/${wanted}/`) || plain.includes("$") || project.paths.has(wanted))
    return undefined;
  if (project.npm.some(({ folder }) => folder === `${wanted}/` || folder === wanted)) return undefined;
  const near = meant(
    wanted,
    [...project.paths].flatMap((other) => [other, other.replace(/(?:\/index)?\.\w+$/, "")]),
  );
  const hint = near === undefined ? "" : `; ${near} was probably meant`;
  return { path, line, kind: "import", message: `${path} imports ${from}, but there is no file ${wanted}${hint}` };
}

const codeExtensions: ReadonlySet<string> = new Set("js jsx mjs cjs ts tsx mts cts json css vue svelte".split(" "));

/** What is no text, and so may be there although nobody told of it. */
const isData: ReadonlySet<string> = new Set(
  "png jpg jpeg gif webp avif ico bmp svg mp3 ogg wav mp4 webm woff woff2 ttf otf eot pdf wasm glb gltf bin zip node".split(
    " ",
  ),
);

/** Folders that a build or installation fills. */
const made = /\/(?:dist|build|out|lib|generated|__generated__|node_modules|coverage|\.[\w-]+)\//;

/** Whether something other than npm may know the name: an import map, an alias of a bundler, another runtime. */
function isElsewhere(project: Project, path: string, from: string): boolean {
  if (/^(?:https?|npm|jsr|virtual|bun|deno|cloudflare|astro|file|data):/.test(from)) return true;
  const first = from.split("/")[0] ?? from;
  for (const [other, text] of project.files) {
    if (/\.html?$/i.test(other) && text.includes("importmap") && text.includes(`"${first}`)) return true;
    if (/(?:^|\/)(?:tsconfig[\w.-]*|jsconfig|deno)\.jsonc?$/.test(other) && mapped(text, first)) return true;
    if (
      /(?:^|\/)(?:vite|webpack|rollup|vitest|jest|babel|metro|next|nuxt|astro|svelte)[\w.-]*\.config\.\w+$/.test(other)
    )
      if (mapped(text, first)) return true;
  }
  // a compiler of TypeScript may take a name from its base folder
  return [...project.paths].some((other) => other.startsWith(`${first}/`) || other.startsWith(`src/${first}/`))
    ? project.files.has("tsconfig.json") || project.files.has("jsconfig.json") || extensionOf(path) === "svelte"
    : false;
}

const mapped = (config: string, name: string) =>
  config.includes(`"${name}"`) ||
  config.includes(`"${name}/`) ||
  config.includes(`'${name}'`) ||
  config.includes(`${name}:`);
