import { clipped, type Judgement, limits, type PageAnswer, type ServerAnswer } from "./answers.ts";
import { readSigns, type Signs } from "./signs.ts";

/** How a call of a program ended. */
export interface ProgramFacts {
  readonly code: number | null;
  readonly signal: string | null;
  /** It wrote more than anybody reads. */
  readonly flood: boolean;
  readonly running: boolean;
  readonly output: string;
  readonly signs: Signs;
}

/** Whether a program works, as far as one call shows. Its exit code and output decide. */
export function judgeProgram({ code, signal, flood, running, output, signs }: ProgramFacts): Judgement {
  const killed = signal ?? signalOf(code);
  if (flood) return signs.trace ? no(`It failed without end: ${signs.trace}`) : unclear("It wrote without end.");
  if (running) {
    if (signs.trace) return unclear(`It still ran when its time was over, but wrote: ${signs.trace}`);
    if (output.trim() === "") return unclear("It still ran when its time was over, and had written nothing.");
    return yes("It still ran when its time was over, without an error.");
  }
  if (code === 0 && killed === undefined) return judgeQuiet(output, signs);
  if (signs.notFound) return judgeNotFound(signs.notFound);
  if (signs.wants) return unclear(`It needs ${signs.wants}, which is not here: ${signs.trace || lastLine(output)}`);
  if (signs.wantsInput) return unclear("It asked for input and ended when there was none.");
  if (killed === "SIGKILL") return no("It was killed, perhaps because it took too much memory.");
  if (killed !== undefined) return no(`It was ended by ${killed}${signs.trace ? `: ${signs.trace}` : "."}`);
  if (signs.trace) return no(`It failed: ${signs.trace}`);
  if (code === null) return no(`It could not be started: ${lastLine(output)}`);
  if (signs.usage && [1, 2, 64].includes(code)) return yes("It says how it is called, and ended without an error.");
  return no(`It ended with exit code ${code}: ${lastLine(output) || "it wrote nothing"}`);
}

function judgeQuiet(output: string, signs: Signs): Judgement {
  if (signs.wants) return unclear(`It ended with exit code 0, but needs ${signs.wants}: ${lastLine(output)}`);
  if (signs.trace && signs.wantsInput) return unclear("It asked for input and ended when there was none.");
  if (signs.trace) return unclear(`It ended with exit code 0, but wrote: ${signs.trace}`);
  if (output.trim() === "") return unclear("It ended with exit code 0 and wrote nothing.");
  return yes("It ended with exit code 0, without an error.");
}

/** What a machine may lack; anything else the product should have brought along. */
const tools =
  /^(?:node|npm|npx|yarn|pnpm|bun|deno|python[\d.]*|py|pip[\d.]*|uv|poetry|go|cargo|rustc|javac?|kotlinc?|mvn|gradle|dotnet|ruby|bundle|php|composer|gcc|g\+\+|cc|c\+\+|clang|clang\+\+|make|cmake|swiftc?|perl|lua|docker|Rscript|elixir|mix|dart|flutter)$/;

const judgeNotFound = (program: string) =>
  tools.test(program)
    ? unclear(`${program} is not installed here.`)
    : no(`It calls ${program}, which is neither a part of it nor installed.`);

/** A shell adds 128 to the number of the signal that ended what it ran. */
const signalOf = (code: number | null) => (code === null ? undefined : signals.get(code - 128));

const signals = new Map([
  [4, "SIGILL"],
  [6, "SIGABRT"],
  [7, "SIGBUS"],
  [8, "SIGFPE"],
  [9, "SIGKILL"],
  [11, "SIGSEGV"],
  [13, "SIGPIPE"],
  [15, "SIGTERM"],
  [24, "SIGXCPU"],
  [25, "SIGXFSZ"],
]);

/** What was seen of a server. */
export interface ServerFacts extends Pick<ServerAnswer, "listening" | "answers" | "output" | "code"> {
  /** It ended before anybody ended it. */
  readonly ended: boolean;
  readonly seconds: number;
  readonly page?: PageAnswer | undefined;
}

/** Whether a server works: it listens, answers every path by HTTP, and without an error of its own. */
export function judgeServer({ listening, answers, output, code, ended, seconds, page }: ServerFacts): Judgement {
  const signs = readSigns(output);
  const said = signs.trace || lastLine(output) || "it wrote nothing";
  if (listening === null) {
    if (signs.notFound) return judgeNotFound(signs.notFound);
    if (signs.wants) return unclear(`It listened on no port; it needs ${signs.wants}, which is not here: ${said}`);
    return ended
      ? no(`It ended${code === null ? "" : ` with exit code ${code}`} before it listened on a port: ${said}`)
      : no(`It listened on no port within ${seconds} s: ${said}`);
  }
  const broken = answers.find(({ status }) => status !== null && status >= 500);
  if (broken && signs.wants) {
    return unclear(`${broken.path} answers ${broken.status}; it needs ${signs.wants}, which is not here: ${said}`);
  }
  if (broken) return no(`${broken.path} answers ${broken.status}: ${signs.trace || firstLine(broken.text)}`);
  if (ended) return no(`It ended while it was asked: ${said}`);
  const silent = answers.find(({ status }) => status === null);
  if (silent) return no(`It listens on port ${listening}, but ${silent.path} gets no answer: ${silent.problem}`);
  if (page && page.works !== "yes") return { works: page.works, why: page.why };
  const absent = answers.filter(({ status }) => status === 404).map(({ path }) => path);
  if (absent.length === answers.length)
    return unclear(`It listens on port ${listening}, but finds none of what was asked.`);
  if (absent.length > 0) return yes(`It answers on port ${listening}, but not ${absent.join(", ")}.`);
  return yes(`It answers on port ${listening}.`);
}

/** Whether a page works: no errors, something drawn, and what can be clicked does something. */
export function judgePage(page: Omit<PageAnswer, "does" | "works" | "why">): Judgement {
  const { errors, unreached, drawn, reacts, reaction, controls } = page;
  const [error] = errors;
  if (unreached.length > 0 && (error || !drawn)) {
    return unclear(`It needs ${unreached[0]}, which cannot be reached here${error ? `: ${error}` : "."}`);
  }
  if (error)
    return no(errors.length > 1 ? `It has ${errors.length} errors, the first: ${error}` : `It has an error: ${error}`);
  if (reacts === "not tried") return unclear("The time was over before it could be tried.");
  if (!drawn) return no("Nothing is to be seen on it.");
  if (reacts === "yes") return yes(`It shows something, has no errors, and reacts: ${reaction}.`);
  if (reacts === "moves by itself") return unclear("It moves by itself; that it reacts to input could not be seen.");
  if (controls.buttons > 0 && controls.inputs === 0) return no("None of its buttons and no key does anything.");
  if (controls.buttons + controls.inputs + controls.canvases > 0)
    return unclear("It shows something, but nothing changed on input.");
  return yes("It shows something and has no errors; there is nothing to click or to type into.");
}

const judged = (works: Judgement["works"]) => (why: string) => ({ works, why: clipped(why, limits.why) });
const yes = judged("yes");
const no = judged("no");
const unclear = judged("unclear");

const firstLine = (text: string) => (text.trim().split("\n")[0] ?? "").trim().slice(0, 200);
const lastLine = (text: string) => (text.trim().split("\n").at(-1) ?? "").trim().slice(0, 200);
