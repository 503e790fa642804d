import type { Json, Operation } from "../engine/steps.ts";
import type { Emit } from "../events.ts";
import type { CheckInput } from "./checks/finding.ts";

/** Checks a project without running anything of it; with `quiet`, as before a change, nobody is told. */
export const checkOperation =
  (emit: Emit): Operation =>
  async (input) => {
    const { checkProject } = await import("./checks/index.ts");
    const { quiet = false, ...project } = input as unknown as CheckInput & { readonly quiet?: boolean };
    const result = await checkProject(project);
    if (!quiet) emit({ type: "checked", findings: result.findings.map(({ path, message }) => ({ path, message })) });
    return result as Json;
  };
