import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A Chromium that is on this machine; undefined where there is none. */
export const chromiumPath = [process.env.CHROMIUM_PATH ?? "", ...places].find(
  (path) => path !== "" && existsSync(path),
);

/** Starts the machine's own Chromium, without its conversations with the network. */
export async function launchChromium(): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return chromium.launch({
    executablePath: chromiumPath ?? "",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * Opens a file from disk as a user would by double-click; whatever the page complains about is kept in `complaints`.
 * Chance takes the same course every time; with `clock` time stands still until the test moves it.
 */
export async function openFromDisk(
  browser: Browser,
  file: string,
  { clock = false } = {},
): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  if (clock) await page.clock.install();
  await page.addInitScript(() => {
    // the generator of Park and Miller
    let state = 2048;
    Math.random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
  });
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(file).href);
  return { page, complaints };
}
