import type { GoModule } from "../declared/go.ts";
import type { NpmPackage } from "../declared/npm.ts";
import { pythonNeeds } from "../declared/python.ts";
import { mayBring, worksUnseen } from "../declared/python-names.ts";
import type { Finding } from "../finding.ts";
import { fileNameOf } from "../paths.ts";
import type { Project } from "../project.ts";
import { isTemplate } from "../template.ts";

/** Every package that a manifest declares is used by a file, a command or a configuration. */
export function* packages(project: Project): Generator<Finding> {
  for (const pack of project.npm) yield* unusedOfNpm(project, pack);
  yield* unusedOfPython(project);
  for (const module of project.go) yield* unusedOfGo(project, module);
  yield* unusedCrates(project);
}

/** The texts in which a package may be named: everything but manifests and documents. */
function* texts({ files, commands }: Project): Generator<string> {
  yield* commands;
  for (const [path, text] of files) if (!isManifest.test(fileNameOf(path)) && !isDocument.test(path)) yield text;
}

const isManifest =
  /^(?:package(?:-lock)?\.json|.*\.lock|pnpm-lock\.yaml|requirements.*\.(?:txt|in)|pyproject\.toml|go\.(?:mod|sum)|Cargo\.toml)$/;
const isDocument = /\.(?:md|rst|adoc)$|^(?:docs|resources)\/|(?:^|\/)(?:LICENSE|README|CHANGELOG)(?:\.txt)?$/i;

function* unusedOfNpm(project: Project, pack: NpmPackage): Generator<Finding> {
  const imported = new Set(
    [...project.sources.values()].flatMap(({ imports }) => imports.map(({ from }) => npmName(from))),
  );
  const scripts = [...pack.scripts.values()].join("\n");
  const settings = settingsOf(project.files.get(pack.path) ?? "");
  for (const name of pack.dependencies) {
    if (imported.has(name) || ofTools.test(name) || uses(scripts, name) || settings.includes(`"${name}"`)) continue;
    if (partners.some(([form, other]) => form.test(name) && [...pack.declared].some((one) => other.test(one))))
      continue;
    if (named(project, name)) continue;
    const line = lineOf(project.files.get(pack.path) ?? "", `"${name}"`);
    yield { path: pack.path, line, kind: "package", message: `${pack.path} declares ${name}, which nothing uses` };
  }
}

const npmName = (from: string) =>
  from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/");

/** Whether a text names a package, as a word of its own. */
const uses = (text: string, name: string) => {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!/[\w-]/.test(text[at - 1] ?? " ") && !/[\w-]/.test(text[at + name.length] ?? " ")) return true;
  }
  return false;
};

/** Whether a file names it within quotation marks, as part of an address, or in a configuration. */
function named(project: Project, name: string): boolean {
  const forms = [
    `"${name}"`,
    `'${name}'`,
    `\`${name}\``,
    `\`${name}/`,
    `/${name}/`,
    `/${name}@`,
    `"${name}/`,
    `'${name}/`,
  ];
  for (const text of texts(project)) if (forms.some((form) => text.includes(form))) return true;
  for (const [path, text] of project.files) {
    if (
      /(?:^|\/)(?:Dockerfile|Procfile|Makefile|\.\w+rc)$|\.(?:ya?ml|toml|sh|css|scss|vue|svelte)$/.test(path) &&
      uses(text, name)
    )
      return true;
  }
  return false;
}

/** What stands in a package.json besides its dependencies. */
const settingsOf = (text: string) =>
  text.replace(/"(?:dev|peer|optional)?dependencies(?:Meta)?"\s*:\s*\{[^{}]*\}/gi, "");

/** Tools that work without being named in code. */
const ofTools =
  /^(?:typescript|tslib|@types\/.+|tsx|ts-node.*|jest.*|vitest|mocha|chai|supertest|nodemon|prettier.*|(?:.*\/)?eslint.*|husky|lint-staged|rimraf|cross-env|concurrently|npm-run-all|serve|http-server|live-server|vite|webpack.*|.*-loader|parcel.*|rollup.*|esbuild|@?babel.*|core-js|regenerator-runtime|postcss.*|autoprefixer|tailwindcss.*|sass|less|prisma|@prisma\/.+|pm2|electron.*|react-scripts|.*polyfill.*|fsevents|sharp|@swc\/.+|pino-pretty|bufferutil|utf-8-validate|source-map-support|@fontsource.*|@capacitor\/.+|@expo\/.+|expo.*|react-native.*)$/;

/** Packages that another one loads by itself. */
const partners: readonly (readonly [RegExp, RegExp])[] = [
  [
    /^(?:pg|pg-hstore|mysql|mysql2|sqlite3|better-sqlite3|tedious|oracledb|mariadb|mongodb)$/,
    /^(?:sequelize|knex|typeorm|@nestjs\/typeorm|objection|bookshelf|mikro-orm)/,
  ],
  [/^(?:ejs|pug|hbs|handlebars|express-handlebars|nunjucks|mustache)$/, /^(?:express|koa|fastify|@nestjs\/core)/],
  [/^react-dom$/, /^(?:react|next|gatsby|remix)/],
  [/^react$/, /^(?:react-dom|next|gatsby|ink)$/],
  [/^(?:@nestjs\/platform-.+|reflect-metadata|rxjs|class-transformer|class-validator)$/, /^(?:@nestjs\/|typeorm)/],
  [/^(?:zone\.js|rxjs|@angular\/.+)$/, /^@angular\//],
  [/^(?:vue|@vue\/.+|pinia)$/, /^(?:vue|nuxt|@vitejs\/plugin-vue)$/],
  [/^(?:@emotion\/.+|@mui\/.+)$/, /^@mui\//],
  [/^chart\.js$/, /^(?:react-chartjs-2|vue-chartjs)$/],
  [/^redis$/, /redis/],
  [/^(?:mongoose|passport-.+)$/, /^(?:connect-mongo|passport)$/],
];

function* unusedOfPython(project: Project): Generator<Finding> {
  const { listed } = pythonNeeds(project.files);
  if (listed.length === 0) return;
  const imported = new Set(
    [...project.sources.values()].flatMap(({ language, imports }) =>
      language === "python" ? imports.map(({ from }) => from.split(".")[0] ?? "") : [],
    ),
  );
  imported.delete("");
  const own = new Set([...project.paths].map((path) => path.split("/")[0]?.replace(/\.py$/, "") ?? ""));
  for (const { name, path, line, always } of listed) {
    if (!always || worksUnseen(name)) continue;
    if ([...imported].some((module) => !own.has(module) && mayBring(name, module))) continue;
    if (project.commands.some((command) => uses(command, name)) || mentioned(project, name)) continue;
    yield { path, line, kind: "package", message: `${path} lists ${name}, which no file imports` };
  }
}

/** Whether a file names a distribution in the way of settings: within quotation marks, or in a file of commands. */
function mentioned(project: Project, name: string): boolean {
  const words = [name, name.replaceAll("-", "_"), name.toLowerCase().replaceAll("-", "_")];
  for (const [path, text] of project.files) {
    if (isDocument.test(path) || isManifest.test(fileNameOf(path))) continue;
    const settings = /(?:^|\/)(?:Dockerfile|Procfile|Makefile|\.env[\w.]*)$|\.(?:ya?ml|toml|sh|ini|cfg)$/.test(path);
    if (words.some((word) => (settings ? uses(text, word) : new RegExp(`["'+]${escaped(word)}["'.:]`).test(text))))
      return true;
  }
  return false;
}

const escaped = (text: string) => text.replaceAll(/[^\w-]/g, "\\$&");

function* unusedOfGo(project: Project, { path, folder, required }: GoModule): Generator<Finding> {
  const imported = [...project.sources.values()].flatMap(({ path: file, language, imports }) =>
    language === "go" && file.startsWith(folder) ? imports.map(({ from }) => from) : [],
  );
  for (const { name, line, indirect } of required) {
    if (indirect || imported.some((from) => from === name || from.startsWith(`${name}/`))) continue;
    yield { path, line, kind: "package", message: `${path} requires ${name}, which no file imports` };
  }
}

function* unusedCrates(project: Project): Generator<Finding> {
  const code = [...project.files].filter(([path, text]) => path.endsWith(".rs") && !isTemplate(text, path));
  for (const { path, folder, dependencies } of project.rust) {
    const own = code.filter(([file]) => file.startsWith(folder));
    if (own.length === 0) continue;
    for (const { name, line, always } of dependencies) {
      if (!always || own.some(([, text]) => uses(text, name))) continue;
      yield {
        path,
        line,
        kind: "package",
        message: `${path} declares ${name.replaceAll("_", "-")}, which no file uses`,
      };
    }
  }
}

/** The line of the first place where a text stands. */
function lineOf(text: string, part: string): number {
  const at = text.lastIndexOf(part);
  return at < 0 ? 1 : text.slice(0, at).split("\n").length;
}
