import { debugError, type FailureReport } from "../../actions/debug-error.ts";
import type { Desk } from "../../src/desk.ts";
import type { CheckResult } from "../../src/project/checks/finding.ts";
import type { TestFile } from "../../src/project/test-files.ts";
import { filesNamedIn } from "../../src/project/trace.ts";
import type { Trial, TriedStep } from "../../src/project/trial.ts";

/** So often what fails is mended and tried again. */
const mostRounds = 5;

/** Files that one question about a failure shows. */
const mostFiles = 4;

type Code = Readonly<Record<string, string>>;

/** What a trial of some code came to. */
export interface Tried {
  readonly trial: Trial;
  readonly check: CheckResult;
}

/** Code that is tried out, and what may be done about its failures. */
interface Debugged {
  readonly code: Code;
  /** The same words for every question. */
  readonly common: string;
  readonly tests: readonly TestFile[];
  /** Of these tests, the one that shows the bug that is to be mended: it is right by definition. */
  readonly reproduction?: string;
  /** Whether a source may be changed; tests that fail always may. */
  mine(path: string): boolean;
  /** What is promised of a source. */
  contractOf(path: string): string;
  /** Sources that a failure without a trace can be about. */
  readonly suspects: readonly string[];
  try(code: Code): Promise<Tried>;
  publish(files: Record<string, string>): void;
}

/**
 * Tries code out and has what fails mended, in the code or in its test, until nothing fails or nothing gets better. Only
 * tests that fail may be rewritten, and a change after which more fails is taken back.
 */
export async function debugged(desk: Desk, work: Debugged): Promise<Tried & { readonly code: Code }> {
  let { code } = work;
  let tried = await work.try(code);
  for (let round = 0; round < mostRounds && failing(tried.trial).length > 0; round++) {
    const mended = await mendFailures(desk, { ...work, code }, tried.trial);
    const paths = Object.keys(mended);
    if (paths.length === 0) break;
    work.publish(mended);
    const next = await work.try({ ...code, ...mended });
    if (badness(next) > badness(tried)) {
      desk.warn(`with the new ${paths.join(", ")} more failed than before; the old code is taken back`);
      work.publish(Object.fromEntries(paths.map((path) => [path, code[path] ?? ""])));
      break;
    }
    code = { ...code, ...mended };
    tried = next;
  }
  return { ...tried, code };
}

/** What failed and can be mended; all tests together fail where one of them does, so that is asked about last. */
function failing({ steps }: Trial): TriedStep[] {
  const failed = steps.filter(({ works, what }) => works === "no" && what !== "install");
  const single = failed.some(({ what, subject }) => what === "test" && subject !== "");
  return failed.filter(({ what, subject }) => what !== "test" || subject !== "" || !single);
}

const badness = ({ trial, check }: Tried) =>
  trial.steps.filter(({ works }) => works === "no" || works === "not tried").length + check.findings.length;

/** Asks about every failure at once. Where two answers change the same file, the first counts; the other comes again. */
async function mendFailures(desk: Desk, work: Debugged, trial: Trial): Promise<Record<string, string>> {
  const steps = new Map(failing(trial).map((step) => [step.subject || step.what, step]));
  const passed = new Set(trial.steps.filter(({ works }) => works === "yes").map(({ subject }) => subject));
  const answers = await desk.each<Record<string, string>>([...steps.keys()], async (subject) => {
    const report = reportOf(steps.get(subject) as TriedStep, work, passed);
    if (report.files.length === 0) return {};
    try {
      return await desk.ask(debugError, report, subject);
    } catch (error) {
      desk.missing(error, `correction of ${subject}`);
      return {};
    }
  });
  return Object.fromEntries(Object.values(answers).toReversed().flatMap(Object.entries));
}

/** The failure and the files it can be about: those that the output names, the test, and the source it tests. */
function reportOf(step: TriedStep, work: Debugged, passed: ReadonlySet<string>): FailureReport {
  const test = work.tests.find(({ path }) => path === step.subject);
  const tests = new Set([...work.tests.map(({ path }) => path), ...Object.keys(work.code).filter(isTestFile)]);
  const fixed = (path: string) => passed.has(path) || path === work.reproduction;
  const open = Object.keys(work.code).filter((path) => (tests.has(path) ? !fixed(path) : work.mine(path)));
  const paths = test && fixed(test.path) ? open : [...open, ...(test ? [test.path] : [])];
  const named = filesNamedIn(step.output, paths).filter(
    (path) => !tests.has(path) || step.subject === "" || path === step.subject,
  );
  const usual = test ? [test.of, test.path] : work.suspects;
  const shown = [...new Set([...named.slice(0, Math.max(1, mostFiles - usual.length)), ...usual])];
  return {
    common: work.common,
    line: step.line,
    why: step.why,
    output: step.output.slice(-6000),
    files: shown
      .filter((path) => open.includes(path))
      .slice(0, mostFiles)
      .map((path) => ({ path, code: work.code[path] ?? "", contract: work.contractOf(path) })),
    test: [test?.path, ...named].find((path) => path !== undefined && tests.has(path) && !fixed(path)) ?? "",
    ...(test && test.path === work.reproduction ? { reproduction: work.code[test.path] ?? "" } : {}),
  };
}

/** Whether a file is a test by its name, in the languages that have such names. */
const isTestFile = (path: string) =>
  /(?:^|\/)test_[^/]*\.py$|(?:_test\.(?:py|go)|\.(?:test|spec)\.[cm]?[jt]sx?)$/.test(path);
