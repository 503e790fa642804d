import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { clipped, limits, type PageAnswer } from "./answers.ts";
import { pageSeconds } from "./call.ts";
import { judgePage } from "./judge.ts";
import { newContext, withBrowser } from "./page/browser.ts";
import { findControls } from "./page/controls.ts";
import { tryInputs } from "./page/inputs.ts";
import { differ, type Look, look, picture } from "./page/look.ts";
import { type Notes, takeNotes } from "./page/notes.ts";
import { isDrawn, readPng } from "./page/picture.ts";
import { steady } from "./page/steady.ts";
import { inputThatMatters } from "./page/twins.ts";

/** Opens a page in a browser, from disk or from a server, and tries it as a user would. Takes no longer than its limit. */
export async function probePage({ url, chromium, seconds = pageSeconds }: PageRequest): Promise<PageAnswer> {
  const seen: Seen = { ...nothing };
  const over = new AbortController();
  try {
    const trial = withBrowser(chromium, async (browser) => {
      const late = pause((seconds - 2) * 1000, "late", { signal: over.signal });
      if ((await Promise.race([tried(browser, url, seen), late])) === "late") await findStuck(seen);
    });
    await Promise.race([trial, pause((seconds + 1) * 1000, undefined, { signal: over.signal })]);
  } catch (error) {
    if (!seen.notes) return unopened(error);
    // what took too long on this machine is not the fault of the page
    if (!(error instanceof Error && /Timeout|Zod/.test(error.name))) seen.problem = messageOf(error);
  } finally {
    over.abort();
  }
  return answerOf(seen);
}

interface PageRequest {
  readonly url: string;
  readonly chromium: string;
  readonly seconds?: number;
}

/** The address of a file of this folder. */
export const addressOf = (file: string): string => pathToFileURL(resolve(file)).href;

/** What was found out so far: a page that stops answering keeps the rest from us, not this. */
interface Seen extends Pick<PageAnswer, "title" | "text" | "drawn" | "reacts" | "reaction" | "controls"> {
  notes?: Notes;
  problem?: string;
  /** Comes back unless the page is caught in a loop. */
  alive?: () => Promise<unknown>;
}

const nothing = {
  title: "",
  text: "",
  drawn: false,
  reacts: "not tried",
  reaction: "",
  controls: { buttons: 0, inputs: 0, canvases: 0 },
} as const;

async function tried(browser: Browser, url: string, seen: Seen): Promise<void> {
  const context = await newContext(browser);
  const notes = takeNotes(context, url);
  seen.notes = notes;
  const page = await context.newPage();
  seen.alive = () => page.evaluate("true");
  page.setDefaultTimeout(5000);
  await opened(page, url);
  await pause(1000);
  await described(page, seen);
  const reaction = await reactionOf(page, notes);
  if (!seen.drawn) await described(page, seen);
  if (typeof reaction === "string") return reacted(seen, reaction);
  seen.reacts = reaction.still ? "no" : "moves by itself";
  const mattered = reaction.still ? undefined : await inputThatMatters(browser, url).catch(() => undefined);
  if (mattered !== undefined) reacted(seen, mattered);
}

function reacted(seen: Seen, reaction: string): void {
  seen.reacts = "yes";
  seen.reaction = clipped(reaction, limits.note);
}

/** A page that waits for something for ever is looked at all the same. */
async function opened(page: Page, url: string): Promise<void> {
  try {
    await page.goto(url, { waitUntil: "load", timeout: 8000 });
  } catch (error) {
    if (!(error instanceof Error && error.name === "TimeoutError"))
      throw new Error(`It could not be opened: ${messageOf(error)}`);
  }
}

async function described(page: Page, seen: Seen): Promise<void> {
  seen.title = clipped(await steady(page, () => page.title()), limits.text);
  // biome-ignore lint/performance/useDomNodeTextContent: only what is visible is meant
  const text = await steady(page, () => page.locator("body").innerText());
  seen.text = clipped(text.trim().replace(/\n{2,}/g, "\n"), limits.text);
  seen.drawn = isDrawn(readPng(await picture(page)));
  const { buttons, inputs, canvases } = await findControls(page);
  seen.controls = { buttons: buttons.length, inputs: inputs.length, canvases: canvases.length };
}

/** The first input that something changed after; else whether the page stood still without input. */
async function reactionOf(page: Page, notes: Notes): Promise<string | { readonly still: boolean }> {
  const first = await look(page);
  await pause(700);
  let before = await look(page);
  const still = !differ(first, before, new Set());
  let { acts } = notes;
  let reaction: string | undefined;
  for await (const { name, typed } of tryInputs(page, (milliseconds) => pause(milliseconds))) {
    if (notes.acts > acts) reaction ??= name;
    acts = notes.acts;
    // the rest is done for the sake of the errors
    if (!still || reaction !== undefined) continue;
    const now = await settled(page, before);
    if (differ(before, now, new Set(typed === undefined ? [] : [typed]))) reaction = name;
    before = now;
  }
  return reaction ?? { still };
}

/** A look at a page that may have gone to another document, or be on its way there. */
async function settled(page: Page, before: Look): Promise<Look> {
  const now = await look(page).catch(() => undefined);
  if (now?.loaded === before.loaded) return now;
  await page.waitForLoadState("load", { timeout: 2000 }).catch(() => {});
  return look(page);
}

/** Tells a page that does not come back from a machine that is slow. */
async function findStuck(seen: Seen): Promise<void> {
  const answers = await Promise.race([seen.alive?.().then(() => true), pause(1000, false)]);
  if (answers === false) seen.problem = "It stopped answering, as in an endless loop.";
}

function answerOf(seen: Seen): PageAnswer {
  const { notes, problem, alive: _, ...rest } = seen;
  const facts = {
    ...rest,
    errors: [...(notes?.errors ?? [])],
    unreached: [...(notes?.unreached ?? [])],
    dialogs: [...(notes?.dialogs ?? [])],
  };
  if (problem) facts.errors.unshift(clipped(problem, limits.note));
  facts.errors.splice(limits.notes);
  return { does: "page", ...judgePage(facts), ...facts };
}

/** When the browser did not get as far as a page, it is not the page that is at fault. */
function unopened(error: unknown): PageAnswer {
  const why = clipped(`No browser could be started: ${messageOf(error)}`, limits.why);
  return { does: "page", works: "unclear", why, ...nothing, errors: [], unreached: [], dialogs: [] };
}

/** The first line: what follows it in a browser's error is a log. */
const messageOf = (error: unknown) =>
  ((error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "").trim();
