import { setTimeout as pause } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { newContext } from "./browser.ts";
import { tryInputs } from "./inputs.ts";
import { differ, look } from "./look.ts";

/**
 * The input that makes a difference on a page that moves by itself: two copies run by the same clock and the same chance,
 * and one of them gets input. Undefined if they never differ, or if they differ without input.
 */
export async function inputThatMatters(browser: Browser, url: string): Promise<string | undefined> {
  const played = await frozen(browser, url);
  const left = await frozen(browser, url);
  const wait = async (milliseconds: number) => {
    for (const page of [played, left]) await page.clock.runFor(milliseconds);
  };
  const typed = new Set<number>();
  const differNow = async () => differ(await look(played), await look(left), typed);
  // a picture may lag behind, and what comes from files and workers takes real time
  const apart = async () => (await differNow()) && (await pause(200, true)) && (await differNow());

  for (const milliseconds of [300, 500]) {
    await wait(milliseconds);
    if (await apart()) return undefined;
  }
  for await (const input of tryInputs(played, wait)) {
    if (input.typed !== undefined) typed.add(input.typed);
    if (await apart()) return input.name;
  }
  return undefined;
}

/** A copy of the page whose time stands still until it is moved. */
async function frozen(browser: Browser, url: string): Promise<Page> {
  const context = await newContext(browser);
  context.on("dialog", (dialog) => void dialog.accept().catch(() => {}));
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  const noon = new Date("2024-02-01T12:00:00Z").getTime();
  await page.clock.install({ time: noon });
  await page.clock.pauseAt(noon + 1000);
  await page.addInitScript(sameCourse);
  await page.goto(url, { waitUntil: "load" });
  return page;
}

/** Makes chance and the finer clocks of a page follow one course. Runs in the page and uses nothing from outside itself. */
function sameCourse() {
  const begun = Date.now();
  performance.now = () => Date.now() - begun;
  // the frames of the stopped clock are in step with the real one
  Reflect.set(globalThis, "requestAnimationFrame", (work: (time: number) => void) =>
    setTimeout(() => work(performance.now()), 16),
  );
  Reflect.set(globalThis, "cancelAnimationFrame", (id: number) => clearTimeout(id));

  // the generator of Park and Miller
  let state = 20_240;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  Math.random = () => next() / 2_147_483_647;
  crypto.getRandomValues = (values) => {
    if (ArrayBuffer.isView(values)) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      for (let index = 0; index < bytes.length; index++) bytes[index] = next() & 255;
    }
    return values;
  };
}
