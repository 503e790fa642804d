import { UsageError } from "../src/errors.ts";
import type { Sandbox } from "../src/project/sandbox/index.ts";
import type { Flags } from "./flags.ts";
import { askPerson, somebodyIsHere } from "./person.ts";
import type { Plan } from "./plan.ts";
import { terminalOf } from "./terminal.ts";
import { foldToWidth, oneLine } from "./width.ts";

/** Refuses to begin what needs somebody at the terminal, where nobody is. */
export function refuseWithoutPerson({ options }: Pick<Plan, "options">, { yes = false }: Flags): void {
  if (somebodyIsHere()) return;
  if (options.clarify)
    throw new UsageError("--clarify asks questions, and nobody is here to answer them", {
      hint: "Run it in a terminal, or say more in the idea.",
    });
  if (options.runTests && !yes)
    throw new UsageError("--run-tests runs what a model wrote, and nobody is here to agree to that", {
      hint: "Add --yes to agree beforehand, or run it in a terminal.",
    });
}

const fold = (text: string) => foldToWidth(text, terminalOf(process.stderr, process.env).columns - 1);

/** Shows the commands and asks once whether to run them; `--yes` has answered already. */
export function consentBy({ yes = false }: Flags, signal: AbortSignal) {
  return async (commands: readonly string[], { description, gaps }: Pick<Sandbox, "description" | "gaps">) => {
    if (yes) return true;
    const lines = [
      "",
      "To test the product, these commands are to be run, and again after corrections:",
      ...commands.map((command) => `  ${oneLine(command)}`),
      ...fold(`Sandbox: ${description}`),
      ...(gaps.length > 0 ? ["What it runs could:", ...gaps.flatMap((gap) => fold(`  - ${gap}`))] : []),
    ];
    process.stderr.write(`${lines.join("\n")}\n`);
    return /^(?:y|yes|是|好|可以)$/i.test(await askPerson("Run them? [y/N] ", signal));
  };
}
