import type { Page } from "playwright-core";
import { z } from "zod";
import { fingerprint, readPng } from "./picture.ts";
import { steady } from "./steady.ts";

/** How a page stands at one moment, as far as scripts can change it. */
export interface Look {
  /** When the document was loaded: another time, another document. */
  readonly loaded: number;
  readonly dom: string;
  /** Of the fields of forms, in their order. */
  readonly values: readonly string[];
  /** Of what draws itself: canvases, frames, videos. */
  readonly drawing: string;
}

/** Looks at a page. What styles alone change, such as a button under the pointer, is not seen. */
export async function look(page: Page): Promise<Look> {
  const { loaded, dom, values, boxes } = Seen.parse(await steady(page, () => page.evaluate(seen)));
  return { loaded, dom, values, drawing: boxes.length === 0 ? "" : fingerprint(readPng(await picture(page)), boxes) };
}

/**
 * Whether something changed from one look to the other. The value of a field that was typed into does not count, nor do
 * values after a document was loaded anew: a form that the browser itself sends comes back empty.
 */
export function differ(a: Look, b: Look, typed: ReadonlySet<number>): boolean {
  if (a.dom !== b.dom || a.drawing !== b.drawing) return true;
  return a.loaded === b.loaded && a.values.some((value, index) => !typed.has(index) && value !== b.values[index]);
}

/** What a user sees of it, with the animations of style sheets at rest. */
export const picture = (page: Page): Promise<Buffer> =>
  // to hide the caret would leave a trace in the document
  page.screenshot({ animations: "disabled", caret: "initial", timeout: 5000 });

const Seen = z.object({
  loaded: z.number(),
  dom: z.string(),
  values: z.array(z.string()).max(1000),
  boxes: z.array(z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })).max(50),
});

interface Element {
  readonly tagName: string;
  readonly value?: unknown;
  readonly checked?: unknown;
  readonly shadowRoot: (Root & { readonly innerHTML: string }) | null;
  getBoundingClientRect(): { x: number; y: number; width: number; height: number };
}

interface Root {
  querySelectorAll(selector: string): Iterable<Element>;
}

/** Runs in the page and uses nothing from outside itself. */
function seen() {
  const document: Root & { readonly documentElement: { readonly outerHTML: string } } = Reflect.get(
    globalThis,
    "document",
  );
  Reflect.get(globalThis, "scrollTo")?.({ top: 0, left: 0, behavior: "instant" });
  const doms = [document.documentElement?.outerHTML ?? ""];
  const values: string[] = [];
  const boxes: { x: number; y: number; width: number; height: number }[] = [];
  const roots: Root[] = [document];
  for (let root = roots.pop(); root && doms.length < 500; root = roots.pop()) {
    for (const element of [...root.querySelectorAll("*")].slice(0, 20_000)) {
      const name = element.tagName;
      if (element.shadowRoot) {
        doms.push(element.shadowRoot.innerHTML);
        roots.push(element.shadowRoot);
      }
      if ((name === "INPUT" || name === "TEXTAREA" || name === "SELECT") && values.length < 1000) {
        values.push(`${element.value} ${element.checked === true}`.slice(0, 1000));
      }
      if (/^(?:CANVAS|IFRAME|VIDEO|OBJECT|EMBED)$/.test(name) && boxes.length < 50) {
        const { x, y, width, height } = element.getBoundingClientRect();
        // the line around what has the focus is not its drawing
        boxes.push({ x: x + 2, y: y + 2, width: width - 4, height: height - 4 });
      }
    }
  }
  return {
    loaded: Number(Reflect.get(globalThis, "performance").timeOrigin),
    dom: doms.join("\n").slice(0, 2_000_000),
    values,
    boxes,
  };
}
