import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "playwright-core";

/**
 * Asks a page that may be on its way to another document, as after a form was sent: what the old document took with it
 * is asked of the new one. Throws where the page never comes to rest.
 */
export async function steady<T>(page: Page, ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt <= 6; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error && gone.test(error.message))) throw error;
      await page.waitForLoadState("load", { timeout: 2000 }).catch(() => {});
      await pause(attempt * 50);
    }
  }
  throw new Error("It goes on to another document again and again.");
}

/** The words of Chromium and Playwright for a document that is not there any more. */
const gone = /context was destroyed|Cannot find context|because of a navigation|Unable to capture screenshot/;
