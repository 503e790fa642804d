import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext } from "playwright-core";
import { playwrightVariable } from "../call.ts";

/** Starts a Chromium with a home of its own, lets `work` use it, and ends it. Every host but this machine is unknown. */
export async function withBrowser<T>(chromium: string, work: (browser: Browser) => Promise<T>): Promise<T> {
  const playwright = await loadPlaywright();
  const home = await mkdtemp(join(tmpdir(), "probe-"));
  try {
    const browser = await playwright.chromium.launch({
      executablePath: chromium,
      args,
      env: environment(home),
      timeout: 15_000,
    });
    try {
      return await work(browser);
    } finally {
      // a page in an endless loop must not keep us
      await Promise.race([browser.close(), pause(2000)]);
    }
  } finally {
    await rm(home, { recursive: true, force: true }).catch(() => {});
  }
}

/** Links that lead to the package may not lead anywhere in a sandbox, so whoever starts the probe may say where it is. */
async function loadPlaywright(): Promise<typeof import("playwright-core")> {
  const place = process.env[playwrightVariable];
  return place ? import(pathToFileURL(join(place, "index.mjs")).href) : import("playwright-core");
}

/** A window of its own, as a laptop has it, that asks for nothing and keeps nothing. */
export const newContext = (browser: Browser): Promise<BrowserContext> =>
  browser.newContext({ viewport: { width: 1000, height: 700 }, acceptDownloads: false, ignoreHTTPSErrors: true });

const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-swiftshader",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE ::1",
];

/** What Chromium would write to the user's home goes to a folder of ours. */
const environment = (home: string): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ),
  HOME: home,
  XDG_CONFIG_HOME: home,
  XDG_CACHE_HOME: home,
});
