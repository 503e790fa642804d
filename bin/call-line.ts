import type { RunEvent } from "../src/events.ts";
import { money, seconds, tokens, yuan } from "./figures.ts";
import type { Paint } from "./paint.ts";
import { cutToWidth, displayWidth, oneLine, padToWidth } from "./width.ts";

/** How lines are drawn: colours, the columns of the screen, and whether details are wanted. */
export interface Page {
  readonly paint: Paint;
  readonly columns: number;
  readonly verbose: boolean;
}

export type CallEnd = Extract<RunEvent, { type: "call-end" }>;
type Named = Pick<CallEnd, "role" | "action" | "subject"> & { readonly attempt?: number };

/** Below this many columns a line leaves out the role and the tokens. */
const roomy = 72;
/** From this many on it names the model too. */
const spacious = 100;
/** Numbers stand no further to the right, however wide the screen is. */
const furthest = 120;
const roleWidth = "ProjectManager".length;
const modelWidth = 16;

/** A call under way: who does what, with which model, for how long, and the tokens so far. */
export function runningLine(
  call: Named & Pick<CallEnd, "model">,
  progress: { readonly seconds: number; readonly tokens: number },
  page: Page,
): string {
  const { columns } = page;
  const model = padToWidth(cutToWidth(oneLine(call.model), modelWidth), modelWidth);
  const time = padToWidth(`${Math.floor(progress.seconds)} s`, 5, "left");
  const said = padToWidth(`${tokens(progress.tokens)} tokens`, 11, "left");
  return layOut(call, columns < roomy ? [time, said] : [model, time, said], page);
}

/** A finished call: its seconds, its tokens in and out, and its cost. */
export function finishedLine(event: CallEnd, page: Page): string {
  const { usage, cost } = event;
  const about = usage.source === "estimated" ? "~" : "";
  const facts = [
    { text: padToWidth(cutToWidth(oneLine(event.model), modelWidth), modelWidth), from: spacious },
    { text: padToWidth(seconds(event.seconds), 5, "left"), from: 0 },
    { text: padToWidth(`${about}${tokens(usage.input)} in`, 8, "left"), from: roomy },
    { text: padToWidth(`${about}${tokens(usage.output)} out`, 9, "left"), from: roomy },
    { text: padToWidth(cost.cny === undefined ? money(cost.usd) : yuan(cost.cny), 7, "left"), from: 0 },
  ];
  return layOut(
    event,
    facts.filter(({ from }) => page.columns >= from).map(({ text }) => text),
    page,
  );
}

/** A remark on a call, such as the verdict of a review; cut where the screen ends. */
export function remarkLine(call: Named, remark: string, { columns }: Page): string {
  const room = columns - markWidth;
  return cutToWidth(`${nameOf(call, columns, room)} ${oneLine(remark)}`, room);
}

/** `WriteCode src/game.js`, and which attempt it is if not the first. */
export function titleOf({ action, subject, attempt = 1 }: Named): string {
  const title = subject ? `${action} ${oneLine(subject)}` : action;
  return attempt > 1 ? `${title} #${attempt}` : title;
}

const markWidth = 2;

/** The name on the left, the facts on the right, in the columns that a mark leaves. */
function layOut(call: Named, facts: readonly string[], { columns, paint }: Page): string {
  const right = facts.join("  ");
  const room = Math.min(columns, furthest) - markWidth - displayWidth(right) - 2;
  if (room < 10) return cutToWidth(`${titleOf(call)}  ${right.trim()}`, columns - markWidth);
  return `${padToWidth(nameOf(call, columns, room), room)}  ${paint.dim(right)}`;
}

/** The role where there is room for it, and the title; a long subject keeps its end, where a file's name is. */
function nameOf(call: Named, columns: number, room: number): string {
  const role = columns < roomy ? "" : `${padToWidth(oneLine(call.role), roleWidth)} `;
  const title = titleOf(call);
  const left = room - displayWidth(role);
  if (displayWidth(title) <= left) return role + title;
  const rest = left - displayWidth(call.action) - 1;
  if (rest < 4) return cutToWidth(role + title, room);
  return `${role}${call.action} ${cutToWidth(title.slice(call.action.length + 1), rest, "start")}`;
}
