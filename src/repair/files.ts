import { withOneLineBreak } from "./code.ts";
import { missingPart, refuses } from "./code-look.ts";
import { fences } from "./fences.ts";
import { filesInFences } from "./files-fenced.ts";
import { filesInJson } from "./files-json.ts";
import { isTextFile } from "./language.ts";
import { problem } from "./problems.ts";
import type { Problem, Reading, Repair } from "./reading.ts";
import { stripReasoning } from "./reasoning.ts";
import type { RepairOptions } from "./repair.ts";
import type { WrittenFiles } from "./written-files.ts";

/**
 * The files of an answer by their paths: fenced blocks that are named by their fence, by the lines before them or by a
 * comment at their head, or JSON. The code is not changed but for ending in one line break. A path is as the model wrote
 * it, with slashes and without a leading `./`: whether it is safe to write there is for the caller to check.
 */
export function readFiles(
  text: string,
  { finishReason, maxChars = 16_000_000 }: Pick<RepairOptions, "finishReason" | "maxChars"> = {},
): Reading<Record<string, string>> {
  const truncated = finishReason === "length";
  const failed = (kind: Problem["kind"], message: string): Reading<Record<string, string>> => {
    return { ok: false, problems: [problem(kind, message)], partial: undefined, truncated };
  };
  if (text.length > maxChars) return failed("too-long", `the answer is longer than ${maxChars} characters`);
  if (text.trim() === "") return failed("empty", "the answer is empty");
  const whole = text.replaceAll("\r\n", "\n");
  const answer = stripReasoning(whole);
  if (answer.trim() === "") return failed("reasoning", "there is only reasoning and no code");
  const start = whole.length - answer.length;
  const written = writtenFiles({ text, answer, start, truncated });
  if (!written) return failed("no-code", whatIsMissing(answer));
  if (written.files.size === 0 && written.problems.length === 0) return failed("cut", "every file is cut off");

  const problems = [...written.problems, ...[...written.files].flatMap(([path, code]) => faultOf(path, code) ?? [])];
  const wrong = new Set(problems.map(({ path: [path] }) => path));
  const good = [...written.files].filter(([path]) => !wrong.has(path));
  const value = Object.fromEntries(good.map(([path, code]) => [path, withOneLineBreak(code)]));
  if (problems.length > 0) return { ok: false, problems, partial: value, truncated: written.truncated };
  const reasoning: Repair = { kind: "reasoning", path: [], span: [0, placeIn(text)(start)], lossy: false };
  const repairs = [...written.repairs].sort((a, b) => a.span[0] - b.span[0]);
  if (start > 0 && !repairs.some(({ kind }) => kind === "reasoning")) repairs.unshift(reasoning);
  const lossy = repairs.some((one) => one.lossy);
  return { ok: true, value, repairs, lossy, truncated: written.truncated, extras: written.extras };
}

interface Answer {
  readonly text: string;
  /** With single line breaks and without reasoning. */
  readonly answer: string;
  /** Where that begins in the text with single line breaks. */
  readonly start: number;
  readonly truncated: boolean;
}

function writtenFiles({ text, answer, start, truncated }: Answer): WrittenFiles | undefined {
  const asJson = () => filesInJson(text, truncated ? { finishReason: "length" } : {});
  const fenced = () => {
    const written = filesInFences(answer, truncated);
    const place = placeIn(text);
    const repairs = written?.repairs.map((one): Repair => {
      return { ...one, span: [place(start + one.span[0]), place(start + one.span[1])] };
    });
    return written && { ...written, repairs: repairs ?? [] };
  };
  if (/^\s*[{[]/.test(answer)) return asJson() ?? fenced();
  return fenced() ?? (holdsJson(answer) ? asJson() : undefined);
}

/** Whether most of an answer is JSON with words around it. */
function holdsJson(answer: string): boolean {
  const start = answer.search(/^[ \t]*[{[]/m);
  return start >= 0 && start <= Math.max(200, answer.length / 2);
}

/** Turns a place in the text with single line breaks into one of the original. */
function placeIn(text: string): (at: number) => number {
  const breaks = [...text.matchAll(/\r\n/g)].map(({ index }, before) => index - before);
  if (breaks.length === 0) return (at) => at;
  return (at) => {
    let [low, high] = [0, breaks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((breaks[middle] ?? at) < at) low = middle + 1;
      else high = middle;
    }
    return at + low;
  };
}

function whatIsMissing(answer: string): string {
  if (fences(answer).length === 0 || refuses(answer)) return "there is no code in the answer, only prose";
  return "no block of code has a path; each file's path goes before its code, such as ### src/main.js";
}

/** Files that may be empty. */
const markers = /(?:^|\/)(?:__init__\.py|py\.typed|\.gitkeep|\.keep|\.nojekyll)$/;

function faultOf(path: string, code: string): Problem | undefined {
  if (code.trim() === "") return markers.test(path) ? undefined : problem("no-code", "the code is empty", [path]);
  const gap = isTextFile(path) ? undefined : missingPart(code);
  return gap
    ? problem("no-code", `${gap} stands for code that is missing; the whole file is needed`, [path])
    : undefined;
}
