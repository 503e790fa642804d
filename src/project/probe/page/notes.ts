import type { BrowserContext, ConsoleMessage, Request } from "playwright-core";
import { clipped, limits } from "../answers.ts";

/** What is noted about a page while it is open. */
export interface Notes {
  readonly errors: Set<string>;
  readonly unreached: Set<string>;
  readonly dialogs: Set<string>;
  /** How often it did something that cannot be seen on it: asked by a dialog, opened a window, saved a file. */
  acts: number;
}

/** Takes notes of all that the pages of a context complain about, and accepts their dialogs. */
export function takeNotes(context: BrowserContext, url: string): Notes {
  const notes: Notes = { errors: new Set(), unreached: new Set(), dialogs: new Set(), acts: 0 };
  const note = (list: Set<string>, text: string) => {
    if (list.size < limits.notes && text.trim() !== "") list.add(clipped(text.trim(), limits.note));
  };
  const own = (address: string) => address.startsWith("file:") || origin(address) === origin(url) || !isWeb(address);
  const failed = (request: Request, reason: string) => {
    const address = request.url();
    if (/\/favicon\.ico$/.test(address) || reason === "net::ERR_ABORTED") return;
    if (!own(address)) note(notes.unreached, address);
    else note(notes.errors, `${shown(address)} could not be loaded: ${reason}`);
  };

  context.on("page", (page) => {
    notes.acts += 1;
    page.on("download", () => {
      notes.acts += 1;
    });
    page.on("filechooser", () => {
      notes.acts += 1;
    });
  });
  context.on("dialog", (dialog) => {
    notes.acts += 1;
    note(notes.dialogs, `${dialog.type()}: ${dialog.message()}`);
    dialog.accept(dialog.type() === "prompt" ? "Hello 7" : undefined).catch(() => {});
  });
  context.on("console", (message) => {
    if (message.type() !== "error") return;
    const text = message.text();
    // the request that failed is noted itself
    if (text.startsWith("Failed to load resource")) return;
    const host = /^(?:WebSocket connection to|Access to \w+ at) '(\S+)'/.exec(text)?.[1];
    if (host !== undefined && !own(host)) note(notes.unreached, host);
    else note(notes.errors, text + placeOf(message));
  });
  context.on("weberror", (web) => {
    const error = web.error();
    const place = /(?:file|https?):\/\/\S+:\d+:\d+/.exec(error.stack ?? "")?.[0];
    note(
      notes.errors,
      `${error.name}: ${error.message}${place ? ` (${shown(place)})` : ""}`.replace(/^(\w+): \1: /, "$1: "),
    );
  });
  context.on("requestfailed", (request) => failed(request, request.failure()?.errorText ?? "failed"));
  context.on("response", (response) => {
    if (isFault(response.status(), response.request().resourceType())) {
      failed(response.request(), `status ${response.status()}`);
    }
  });
  return notes;
}

/** A server may well refuse what we made up; what it does not know at all is a fault. */
const isFault = (status: number, kind: string) =>
  status >= 500 || status === 404 || status === 405 || (status >= 400 && kind !== "fetch" && kind !== "xhr");

const isWeb = (address: string) => /^(?:https?|wss?):/.test(address);

const origin = (address: string) => (URL.canParse(address) ? new URL(address).host : "");

function placeOf(message: ConsoleMessage): string {
  const { url, lineNumber } = message.location();
  return url ? ` (${shown(url)}:${lineNumber + 1})` : "";
}

/** An address as people know it: a file by its path in the folder that the probe stands in. */
function shown(address: string): string {
  if (!address.startsWith("file:")) return address;
  const path = decoded(address.replace(/^file:\/\//, ""));
  const folder = `${process.cwd()}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
