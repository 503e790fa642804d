import type { Page } from "playwright-core";
import { type Control, findControls } from "./controls.ts";
import { steady } from "./steady.ts";

/** One thing that was done to the page, as a user would. */
interface Input {
  /** In words, such as `click on "Start"`. */
  readonly name: string;
  /** The field that was typed into. */
  readonly typed?: number;
}

/**
 * Does to a page what a user would try: types into the first fields, clicks the first buttons, whichever are there by
 * then, clicks on the canvas and presses the keys of games. After each the caller looks; `wait` lets time pass.
 */
export async function* tryInputs(page: Page, wait: (milliseconds: number) => Promise<void>): AsyncGenerator<Input> {
  for (const [index, input] of (await findControls(page)).inputs.slice(0, 3).entries()) {
    await page.mouse.click(input.x, input.y);
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type(valueFor(input.kind));
    await wait(60);
    yield { name: `typing into ${index === 0 ? "the first field" : `field ${index + 1}`}`, typed: input.field };
  }
  yield await press(page, "Enter", wait);

  const clicked = new Set<string>();
  for (let count = 0; count < 5; count++) {
    const next = (await findControls(page)).buttons.find((button) => !clicked.has(keyOf(button)));
    if (!next) break;
    clicked.add(keyOf(next));
    await page.mouse.click(next.x, next.y, { delay: 20 });
    await wait(100);
    yield { name: `click on "${next.label}"` };
  }

  const [canvas] = (await findControls(page)).canvases;
  const middle = canvas ?? { x: 500, y: 350 };
  await page.mouse.click(middle.x, middle.y, { delay: 20 });
  await wait(100);
  yield { name: `click in the middle of the ${canvas ? "canvas" : "page"}` };
  // keys go to the page and not to the button that was clicked last
  await steady(page, () => page.evaluate(() => Reflect.get(globalThis, "document").activeElement?.blur?.()));
  for (const key of ["Space", "ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft", "Enter"]) {
    yield await press(page, key, wait);
  }
}

async function press(page: Page, key: string, wait: (milliseconds: number) => Promise<void>): Promise<Input> {
  await page.keyboard.down(key);
  // programs that ask which keys are down do so once per picture
  await wait(60);
  await page.keyboard.up(key);
  await wait(100);
  return { name: `the key ${key}` };
}

const keyOf = ({ label, x, y }: Control) => `${label} ${Math.round(x)} ${Math.round(y)}`;

const values = new Map([
  ["number", "7"],
  ["email", "someone@example.com"],
  ["url", "https://example.com/"],
  ["tel", "5550100"],
  ["date", "01022024"],
  ["time", "1030"],
  ["password", "Secret-12345"],
]);

const valueFor = (kind: string) => values.get(kind) ?? "Hello 7";
