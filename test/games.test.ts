import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, launchChromium, openFromDisk } from "./helpers/browser.ts";
import { replay } from "./helpers/shipped.ts";
import { tempFolder } from "./helpers/temp.ts";

if (!chromiumPath) console.warn("SKIPPED: no Chromium on this machine (set CHROMIUM_PATH); the games are not played");

/** What the test sees of a running snake game; cells are columns and rows from 0. */
interface Snake {
  readonly snake: readonly { readonly x: number; readonly y: number }[];
  readonly food: { readonly x: number; readonly y: number };
}

describe.skipIf(!chromiumPath)("the recorded games, played in a browser from disk", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it("snake: eats, counts, and ends at the wall", async () => {
    const { end } = await replay("write a snake game", tempFolder());
    const { page, complaints } = await openFromDisk(browser, join(end.project, "index.html"), { clock: true });
    await page.evaluate(() => {
      // every step leaves the game where the test can look at it; the keys below are real ones
      const { prototype } = Reflect.get(globalThis, "SnakeGame");
      const step = prototype.step;
      prototype.step = function (...args: unknown[]) {
        Reflect.set(globalThis, "watched", this);
        return step.apply(this, args);
      };
    });
    expect(await score(page)).toBe(0);
    await page.keyboard.press("Enter");
    const drawn = await pixels(page);
    await page.clock.runFor(200);
    expect(await pixels(page)).not.toEqual(drawn);

    for (let step = 0; step < 300 && (await score(page)) === 0; step++) {
      const { snake, food } = await watched(page);
      await page.keyboard.press(towards(snake[0] ?? { x: 0, y: 0 }, food, snake[1]));
      await page.clock.runFor(150);
    }
    expect(await score(page)).toBeGreaterThan(0);
    expect(await page.getByText("Game over").isVisible()).toBe(false);
    await page.clock.runFor(150 * 40);
    expect(await page.getByText("Game over").isVisible()).toBe(true);
    expect(complaints).toEqual([]);

    const ended = await score(page);
    await page.keyboard.press("Enter");
    await page.clock.runFor(150);
    expect([ended > 0, await score(page), await page.getByText("Game over").isVisible()]).toEqual([true, 0, false]);
  });

  it("2048: merges, counts, ends when nothing moves, and begins again", async () => {
    const { end } = await replay("写一个2048小游戏", tempFolder());
    const { page, complaints } = await openFromDisk(browser, join(end.project, "index.html"));
    const points = async () => Number(/分数\s*(\d+)/.exec((await page.locator("body").textContent()) ?? "")?.[1]);
    const over = page.getByText("游戏结束");
    expect([await points(), await over.isVisible()]).toEqual([0, false]);
    const drawn = await page.screenshot();
    for (let moves = 0; moves < 12; moves++) await page.keyboard.press(moves % 2 ? "ArrowDown" : "ArrowLeft");
    expect(await points()).toBeGreaterThan(0);
    expect(await page.screenshot()).not.toEqual(drawn);

    const keys = ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"];
    for (let moves = 0; moves < 3000 && !(await over.isVisible()); moves++)
      await page.keyboard.press(keys[moves % 4] ?? "");
    expect(await over.isVisible()).toBe(true);
    const ended = await points();
    await page.keyboard.press("ArrowLeft");
    expect(await points()).toBe(ended);
    await page.getByRole("button", { name: "重新开始" }).click();
    expect([await points(), await over.isVisible()]).toEqual([0, false]);
    expect(complaints).toEqual([]);
  });
});

const watched = (page: Page) =>
  page.evaluate((): Snake => {
    const { snake, food } = Reflect.get(globalThis, "watched");
    return JSON.parse(JSON.stringify({ snake, food }));
  });

const score = async (page: Page) =>
  Number(/Score:\s*(\d+)/.exec((await page.locator("body").textContent()) ?? "")?.[1]);

const pixels = (page: Page) => page.locator("canvas").first().screenshot();

/** The key that leads to the food, without turning back into the neck. */
function towards(head: { x: number; y: number }, food: { x: number; y: number }, neck = head): string {
  const free = (dx: number, dy: number) => head.x + dx !== neck.x || head.y + dy !== neck.y;
  if (food.x > head.x && free(1, 0)) return "ArrowRight";
  if (food.x < head.x && free(-1, 0)) return "ArrowLeft";
  if (food.y > head.y && free(0, 1)) return "ArrowDown";
  if (food.y < head.y && free(0, -1)) return "ArrowUp";
  return food.x === head.x ? "ArrowRight" : "ArrowDown";
}
