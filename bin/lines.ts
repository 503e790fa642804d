import type { RunEvent } from "../src/events.ts";
import { finishedLine, type Page, remarkLine, titleOf } from "./call-line.ts";
import { bytes, plural, roundMoney, roundSeconds } from "./figures.ts";
import { cutToWidth, foldToWidth, oneLine } from "./width.ts";

type Start = Extract<RunEvent, { type: "run-start" }>;

/** The lines that an event leaves on the screen: none for what only moves, and for the end, which has its summary. */
export function linesOf(event: RunEvent, page: Page): string[] {
  const { paint, columns, verbose } = page;
  const fact = (text: string) => [paint.dim(`· ${cutToWidth(oneLine(text), columns - 2)}`)];
  switch (event.type) {
    case "run-start":
      return opening(event, page);
    case "round-start":
      return verbose ? fact(`round ${event.round}: ${event.roles.join(", ")}`) : [];
    case "replayed":
      return verbose ? fact(`${titleOf(event)}: answered before, by ${event.model}`) : [];
    case "call-end":
      // an answer cut by the output limit goes on in the next call
      return [`${event.finish === "length" ? paint.dim("…") : paint.green("✓")} ${finishedLine(event, page)}`];
    case "call-failed":
      return [
        ...marked(paint.red("✗"), `${titleOf(event)}: ${event.message}`, page),
        ...(verbose ? event.tries : []).flatMap((tried) => below(`· ${oneLine(tried)}`, page)),
        ...(event.hint ? below(event.hint, page) : []),
      ];
    case "unusable":
      return [
        ...marked(paint.red("✗"), `${titleOf(event)}: no usable answer: ${event.problems.join("; ")}`, page),
        ...below(`saved as ${event.saved}`, page),
      ];
    case "call-queued":
      return [paint.dim(`· ${remarkLine(event, `waits for its turn: ${event.llm} has reached a limit`, page)}`)];
    case "retry":
      return [paint.dim(`· ${remarkLine(event, `again in ${roundSeconds(event.wait)}: ${event.reason}`, page)}`)];
    case "reask":
      return [paint.dim(`· ${remarkLine(event, `asked again: ${event.problems.join("; ")}`, page)}`)];
    case "download":
      return downloadedTo(event) % 10 === 0
        ? fact(`${event.file}: ${downloadedTo(event)} % of ${bytes(event.total)}`)
        : [];
    case "fallback":
      return marked(paint.yellow("!"), `${titleOf(event)}: ${turning(event)}`, page);
    case "reasoning":
      return verbose ? below(`thought: ${event.text.trim()}`, page) : [];
    case "review":
      return [paint.dim(`· ${remarkLine(event, verdictOf(event), page)}`)];
    case "repair":
      return verbose
        ? fact(
            `repair_${event.kind.replaceAll("-", "_")} ${pathOf(event)} ${event.path}${event.lossy ? " (lossy)" : ""}`,
          )
        : [];
    case "prompt-waiting":
      if (event.file === "") return [];
      return marked(paint.yellow("?"), `${titleOf(event)}: answer ${event.file} by writing ${event.answer}`, page);
    case "prompt-changed":
      return marked(
        paint.yellow("!"),
        `${titleOf(event)}: the prompt has changed since "${event.recording}" was recorded`,
        page,
      );
    case "branch":
      return fact(`on the new branch ${event.name}`);
    case "plan":
      return event.changes.flatMap(({ path, action, why }) =>
        marked(planSigns[action] ?? "~", `${action} ${path}: ${why}`, page),
      );
    case "checked":
      return event.findings.length === 0
        ? fact("the code was checked: nothing found")
        : [
            ...marked(paint.yellow("!"), `the code was checked: ${plural(event.findings.length, "finding")}`, page),
            ...event.findings
              .slice(0, verbose ? undefined : 3)
              .flatMap(({ path, message }) => below(`${path}: ${message}`, page)),
          ];
    case "command-start":
      // these take a while
      return verbose || event.what === "install" || event.what === "build" ? fact(`${event.what}: ${event.line}`) : [];
    case "command-end":
      return marked(signs(paint)[event.works], `${event.what}: ${event.line}: ${event.why}`, page);
    case "warning":
      return marked(paint.yellow("!"), event.message, page);
    case "project":
      return marked("·", `project ${event.name} in ${event.folder}`, page).map((line) => paint.dim(line));
    case "commit":
      return fact(`${event.hash ? `commit ${event.hash.slice(0, 7)}` : "written"} ${commitOf(event)}`);
    default:
      return [];
  }
}

const planSigns: Readonly<Record<string, string>> = { add: "+", change: "~", delete: "-" };

const signs = (paint: Page["paint"]) => ({
  yes: paint.green("✓"),
  no: paint.red("✗"),
  unclear: paint.yellow("?"),
  "not tried": paint.dim("·"),
});

/** A text with its mark, folded so that nothing of it is lost. */
export function marked(mark: string, text: string, { columns }: Pick<Page, "columns">): string[] {
  return foldToWidth(oneLine(text), columns - 2).map((line, index) => `${index === 0 ? mark : " "} ${line}`);
}

/** What is said below a marked text, quietly. */
export function below(text: string, { columns, paint }: Pick<Page, "columns" | "paint">): string[] {
  return marked(" ", text, { columns }).map((line) => paint.dim(line));
}

/** The idea, how the LLM was chosen, and what it may cost; or whose answers are played. */
function opening({ idea, choice, replay, resumed, estimate, investment }: Start, page: Page): string[] {
  const { paint, columns } = page;
  const cost = `estimate ${roundMoney(estimate.usd)} for ${plural(estimate.calls, "call")}, stops at ${roundMoney(investment)}`;
  const replaying = replay && `Replaying recorded answers of ${replay.model} from ${replay.date}: no model is called`;
  return [
    paint.bold(cutToWidth(oneLine(idea), columns)),
    ...below(choice, page),
    ...(replaying ? marked(" ", replaying, page) : below(cost, page)),
    ...(resumed ? marked(" ", goingOn(resumed), page) : []),
  ];
}

const goingOn = ({ calls, usd }: NonNullable<Start["resumed"]>) =>
  `Going on: ${plural(calls, "call")} answered before, ${roundMoney(usd)} spent`;

function verdictOf({ approved, comments }: Extract<RunEvent, { type: "review" }>): string {
  if (approved) return "approved";
  return comments.length > 0 ? `changes asked for: ${comments.join("; ")}` : "not approved";
}

/** Why is said above, unless nobody was asked at all. */
function turning({ from, to, reason }: Extract<RunEvent, { type: "fallback" }>): string {
  if (from === to) return "asked again with less of the prompt";
  return `${to} is asked in place of ${from}${reason.startsWith("skipped") ? `, ${reason}` : ""}`;
}

/** In percent. */
const downloadedTo = ({ done, total }: Extract<RunEvent, { type: "download" }>) =>
  Math.floor((100 * done) / Math.max(1, total));

const commitOf = ({ message, files }: Extract<RunEvent, { type: "commit" }>) =>
  `${message.split("\n", 1)[0]}, ${plural(files.length, "file")}`;

const pathOf = ({ action, subject }: { action: string; subject: string }) =>
  subject ? `${action}/${subject}` : action;
