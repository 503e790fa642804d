import type { Page } from "playwright-core";
import { z } from "zod";
import { steady } from "./steady.ts";

/** Something on a page that a user would try, with the place of its middle in the window. */
export interface Control {
  /** Its place among the fields of forms in the document; -1 for what is no field. */
  readonly field: number;
  readonly kind: string;
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

interface Controls {
  readonly buttons: readonly Control[];
  readonly inputs: readonly Control[];
  readonly canvases: readonly Control[];
}

/** What can be clicked, typed into and drawn on now: what is visible, enabled and not covered by something else. */
export const findControls = async (page: Page): Promise<Controls> =>
  Found.parse(await steady(page, () => page.evaluate(found)));

const control = z.object({
  field: z.number().int(),
  kind: z.string().max(100),
  label: z.string().max(100),
  x: z.number(),
  y: z.number(),
});
const Found = z.object({
  buttons: z.array(control).max(100),
  inputs: z.array(control).max(100),
  canvases: z.array(control).max(100),
});

interface Element {
  readonly tagName: string;
  readonly type?: unknown;
  readonly disabled?: unknown;
  readonly readOnly?: unknown;
  readonly value?: unknown;
  readonly isContentEditable?: boolean;
  readonly textContent: string | null;
  readonly parentElement: Element | null;
  getAttribute(name: string): string | null;
  matches(selector: string): boolean;
  contains(other: unknown): boolean;
  scrollIntoView(options: object): void;
  getBoundingClientRect(): { x: number; y: number; width: number; height: number };
}

/** Runs in the page and uses nothing from outside itself. */
function found() {
  const document: {
    querySelectorAll(selector: string): Iterable<Element>;
    elementFromPoint(x: number, y: number): Element | null;
  } = Reflect.get(globalThis, "document");
  const width: number = Reflect.get(globalThis, "innerWidth");
  const height: number = Reflect.get(globalThis, "innerHeight");
  const styleOf = (element: Element) => Reflect.get(globalThis, "getComputedStyle")(element);
  const button =
    "button, input[type=button], input[type=submit], input[type=reset], input[type=image], [role=button], [onclick], a[href^='#'], a[href^='javascript:'], a:not([href])";
  const written = "input, textarea, [contenteditable='true'], [contenteditable='']";
  const unwritten = /^(?:button|submit|reset|image|checkbox|radio|range|color|file|hidden)$/;

  const place = (element: Element) => {
    let box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || element.disabled === true) return undefined;
    const style = styleOf(element);
    if (style.visibility === "hidden" || style.pointerEvents === "none") return undefined;
    if (box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height) {
      element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
      box = element.getBoundingClientRect();
    }
    const x = Math.min(Math.max(box.x + box.width / 2, 1), width - 1);
    const y = Math.min(Math.max(box.y + box.height / 2, 1), height - 1);
    const top = document.elementFromPoint(x, y);
    return top && (element.contains(top) || top.contains(element)) ? { x, y } : undefined;
  };
  const label = (element: Element) =>
    (
      element.textContent?.trim() ||
      element.getAttribute("aria-label") ||
      `${element.value ?? ""}` ||
      element.getAttribute("id") ||
      element.tagName.toLowerCase()
    )
      .replace(/\s+/g, " ")
      .slice(0, 40);
  const all = [...document.querySelectorAll("*")].slice(0, 5000);
  const fields = all.filter((element) => /^(?:INPUT|TEXTAREA|SELECT)$/.test(element.tagName));
  const described = (elements: Element[]) =>
    elements.slice(0, 60).flatMap((element) => {
      const at = place(element);
      const kind = `${element.type ?? element.tagName.toLowerCase()}`.slice(0, 40);
      return at ? [{ ...at, field: fields.indexOf(element), kind, label: label(element) }] : [];
    });

  const buttons = all.filter((element) => element.matches(button));
  // cells and cards that are made to be clicked show it by the pointer
  const pointed = all.filter(
    (element) =>
      !element.matches(`${button}, a, label, select, summary, ${written}`) &&
      styleOf(element).cursor === "pointer" &&
      (!element.parentElement || styleOf(element.parentElement).cursor !== "pointer"),
  );
  const inputs = all.filter(
    (element) => element.matches(written) && element.readOnly !== true && !unwritten.test(`${element.type}`),
  );
  return {
    buttons: described([...buttons, ...pointed]),
    inputs: described(inputs),
    canvases: described(all.filter((element) => element.tagName === "CANVAS")),
  };
}
