import type { Kind } from "../src/action.ts";
import type { CheckResult, Finding } from "../src/project/checks/finding.ts";
import { bulletList, code, fenced, inline, table } from "../src/project/markdown.ts";
import type { Trial, TriedStep } from "../src/project/trial.ts";
import { dedent } from "../src/text.ts";
import type { Documents } from "./code-plan.ts";
import { type Words, wordsIn } from "./document-words.ts";
import { productOf } from "./write-tasks.ts";

/** What is known about a product: what was found in its code, and what happened when it was tried out, if it was. */
export type Evidence = {
  readonly check: CheckResult;
  readonly trial?: Trial;
};

/** Said at the end of a trial, when both are known as they stand. */
export const evidence: Kind<Evidence> = { name: "Evidence" };

/** How far a product is known to work: all of it, a part of it, or nothing, and in a sentence why. */
export interface Verdict {
  readonly level: "verified" | "partly" | "not";
  readonly sentence: string;
  /** What is known to be wrong, one line each. */
  readonly problems: readonly string[];
}

/** The verdict on a product, from the evidence alone. */
export function verdictOf({ check, trial }: Evidence, language: string): Verdict {
  const say = wordsIn(language);
  const problems = [
    ...check.findings.map(findingLine),
    ...(trial?.steps ?? []).filter(({ works }) => works === "no").map(({ line, why }) => `${line}: ${why}`),
  ];
  const verdict = (level: Verdict["level"], ...because: readonly string[]): Verdict => ({
    level,
    sentence: `${say(levels[level])}${say(": ")}${because.join(say("; "))}${say(".")}`,
    problems,
  });
  const found = check.findings.length > 0 ? [`${check.findings.length} ${say("findings in the code remain")}`] : [];
  if (!trial) return verdict("not", say("nothing was run; only the code was checked"), ...found);
  if (trial.refused) return verdict("not", trial.refused, ...found);
  const tried = trial.steps.filter(({ what }) => what !== "install");
  const good = tried.filter(({ works }) => works === "yes");
  const tests = tried.filter(({ what }) => what === "test");
  const rest = trial.steps.filter(({ works }) => works !== "yes").map(({ line, why }) => `${line}: ${why}`);
  const because = [
    ...good.filter(({ what }) => what !== "test").map(({ why }) => plain(why)),
    ...testsOf(tests, say),
    ...rest.map(plain),
    ...found,
  ];
  const started = tried.some(({ what, works }) => what === "start" && works === "yes");
  if (started && tests.length > 0 && rest.length === 0 && found.length === 0) return verdict("verified", ...because);
  return verdict(good.length > 0 ? "partly" : "not", ...because);
}

/** How many test files pass, each run by itself, and whether all tests together do. */
function testsOf(tests: readonly TriedStep[], say: Words): string[] {
  if (tests.length === 0) return [say("there are no tests")];
  const files = tests.filter(({ subject }) => subject !== "");
  const together = tests.filter(({ subject, works }) => subject === "" && works === "yes");
  const passed = files.filter(({ works }) => works === "yes").length;
  return [
    ...(files.length > 0 ? [`${passed}/${files.length} ${say("test files pass")}`] : []),
    ...(together.length > 0 ? [say("all its tests together pass")] : []),
  ];
}

const levels = { verified: "Verified", partly: "Partly verified", not: "Not verified" } as const;

/** Without the full stop that a sentence ends in, to stand among others. */
const plain = (sentence: string) => sentence.trim().replace(/[.。]$/, "");

/** A finding in one line. */
const findingLine = ({ path, line, message }: Finding) => `${path}${line === undefined ? "" : `:${line}`}: ${message}`;

/** `docs/verification.md`, and the README that says the same in short. */
export function verificationFiles(
  { prd, design, tasks, testCommand }: Documents & { readonly testCommand?: string | undefined },
  evidence: Evidence,
): Record<string, string> {
  const { sentence, problems } = verdictOf(evidence, prd.language);
  const tested = testCommand === undefined ? design : { ...design, test_command: testCommand };
  const { files } = productOf({ prd, design: tested }, tasks, { verdict: sentence, problems });
  const { "README.md": readme = "", "package.json": manifest } = files;
  return {
    "docs/verification.md": verificationMarkdown(evidence, prd.language),
    "README.md": readme,
    ...(manifest !== undefined && testCommand !== undefined ? { "package.json": manifest } : {}),
  };
}

/** `docs/verification.md`: the verdict, and all that it rests on. */
export function verificationMarkdown(evidence: Evidence, language: string): string {
  const say = wordsIn(language);
  const { check, trial } = evidence;
  const { sentence, problems } = verdictOf(evidence, language);
  return `${dedent`
    # ${say("Verification")}

    **${inline(sentence)}**

    ## ${say("What ran")}

    ${trial && trial.steps.length > 0 ? ran(trial, say) : say("Nothing was run.")}

    ## ${say("Checked without running")}

    ${table([say("Kind of file"), say("Parser")], Object.entries(check.checkedBy))}

    ${check.unchecked.length > 0 ? `${say("No parser here reads these files:")}\n\n${bulletList(check.unchecked.map(code))}` : ""}

    ## ${say("What remains")}

    ${problems.length > 0 ? bulletList(problems.map(inline)) : say("Nothing was found.")}
  `.replace(/\n{3,}/g, "\n\n")}\n`;
}

function ran({ steps, sandbox, gaps }: Trial, say: Words): string {
  const rows = steps.map(({ line, works, why, seconds }) => [code(line), say(works), why, seconds.toFixed(1)]);
  return [
    `${say("Sandbox")}${say(": ")}${inline(sandbox)}`,
    ...(gaps.length > 0 ? [`${say("What it could not hold:")}\n\n${bulletList(gaps.map(inline))}`] : []),
    table([say("Command"), say("Works"), say("Why"), say("Seconds")], rows),
    ...steps.filter(({ output }) => output.trim() !== "").map(outputOf),
  ].join("\n\n");
}

/** The end of what a step printed; all of it stands in the run's events. */
const outputOf = ({ line, output }: TriedStep) =>
  `### ${inline(line)}\n\n${fenced(output.trim().slice(-2000), "text")}`;
