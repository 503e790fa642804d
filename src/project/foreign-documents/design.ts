import { readCallFlow, readClasses } from "./diagrams.ts";
import { type Fields, field, textOf } from "./fields.ts";
import { designedFiles, type FindFile, logicOf } from "./files.ts";

/** The design in the shape of our own; what files are for is told by the tasks. */
export function foreignDesign(design: Fields, tasks: Fields, find: FindFile) {
  const files = designedFiles(design, tasks, find);
  const purposes = new Map(logicOf(tasks, find));
  const { classes, relations } = readClasses(textOf(field(design, "data structures and interfaces")));
  return {
    implementation_approach: textOf(field(design, "implementation approach")),
    files: files.map((path) => ({
      path,
      purpose: purposes.get(path) ?? "",
      depends_on: importsIn(purposes.get(path) ?? "", path, files),
      exports: [],
    })),
    classes,
    relations,
    call_flow: readCallFlow(textOf(field(design, "program call flow"))),
    entry_point: entryPointOf(files),
    run_command: "",
    build_command: "",
    test_command: "",
    anything_unclear: textOf(field(design, "anything unclear")),
  };
}

/** The logic of a Python file says what it imports: "from game import Game". */
function importsIn(logic: string, path: string, files: readonly string[]): string[] {
  const modules = [...logic.matchAll(/\bfrom ([\w.]+) import\b/g)].map(
    ([, name = ""]) => `/${name.replaceAll(".", "/")}.py`,
  );
  return files.filter((file) => file !== path && modules.some((module) => `/${file}`.endsWith(module)));
}

const entries = [
  /(?:^|\/)(?:main|app|__main__|manage|run)\.py$/,
  /(?:^|\/)index\.html?$/,
  /(?:^|\/)(?:main|index|app|server)\.[cm]?[jt]sx?$/,
  /(?:^|\/)main\.\w+$/i,
  /(?:^|\/)(?:program|app)\.\w+$/i,
];

function entryPointOf(files: readonly string[]): string {
  const shallow = files.toSorted((a, b) => a.split("/").length - b.split("/").length);
  return entries.map((form) => shallow.find((path) => form.test(path))).find((path) => path !== undefined) ?? "";
}
