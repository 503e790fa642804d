import { type Fields, field, listOf, textOf } from "./fields.ts";
import { designedFiles, type FindFile, logicOf } from "./files.ts";

/** The tasks in the shape of our own: one for every file, in the order in which they were to be written. */
export function foreignTasks(tasks: Fields, design: Fields, find: FindFile) {
  const logic = new Map(logicOf(tasks, find));
  const paths = [...new Set([...designedFiles(new Map(), tasks, find), ...designedFiles(design, new Map(), find)])];
  return {
    required_packages: listOf(field(tasks, ...ownPackages)).flatMap(packageOf),
    other_packages: listOf(field(tasks, ...otherPackages)).flatMap(packageOf),
    tasks: paths.map((path) => ({ path, logic: logic.get(path) ?? "", depends_on: [] })),
    shared_knowledge: textOf(field(tasks, "shared knowledge")),
    api_spec: textOf(field(tasks, "full api spec")),
    anything_unclear: textOf(field(tasks, "anything unclear")),
  };
}

const ownPackages = ["required packages", "required python packages", "required python third-party packages"];
const otherPackages = ["required other language third-party packages", "required other language packages"];

/** `flask==1.1.2` and `express@^4`; a sentence, such as that none is needed, names no package. */
function packageOf(line: string): { name: string; version: string; why: string }[] {
  const text = line.replace(/^["'`]+|["'`,;]+$/g, "").trim();
  const [, name, sign, number] =
    /^(@?[\w.-]{1,100}(?:\/[\w.-]{1,100})*(?:\[[\w,-]{1,50}\])?)\s*(?:([@:]|[<>^~=!]{1,2})\s*([\w.*^~<>=-][\w.*,<>=^~ -]{0,60}))?$/.exec(
      text,
    ) ?? [];
  if (name === undefined || /^(?:none|n\/a|no|null|nil|无|-+)$/i.test(name)) return [];
  const version = sign === undefined || number === undefined ? "" : (/[@:]/.test(sign) ? "" : sign) + number.trim();
  return [{ name, version, why: "" }];
}
