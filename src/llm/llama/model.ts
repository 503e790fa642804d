import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { ProviderError, type Tools } from "../provider.ts";
import { failureOf } from "../wire/failure.ts";
import { download } from "./download.ts";

/** What says where a model is. */
export interface ModelPlace {
  readonly model: string;
  /** Where downloads are kept. */
  readonly folder: string;
  /** The address behind `hf:`. */
  readonly hub: string;
  readonly api_key?: string | undefined;
}

/** Bytes of one file that are here, and that there will be. */
export interface Progress {
  readonly file: string;
  readonly done: number;
  readonly total: number;
}

/** A path as a person writes it: from the current folder, `~` for the home folder. */
export const pathOf = (path: string) => resolve(path.replace(/^~(?=[\\/]|$)/, homedir()));

/** Whether a model has to be downloaded before it can be used. */
export const isRemote = (model: string) => /^(hf|https?):/.test(model);

/** Whether an address names a model: a file on a server, a file on the hub, or the hub's own choice for a quantization. */
export const isModelAddress = (model: string) => /^https?:/.test(model) || onHub.test(model);

const onHub = /^hf:(?<repository>[^/:#]+\/[^/:#]+)(?::(?<quant>[^/:#]+)|\/(?<file>[^#]+\.gguf)(?:#(?<branch>.+))?)?$/;

/** The model's file on this machine. What is not here yet is downloaded, once. */
export async function findModel(
  place: ModelPlace,
  { fetch, socket }: Pick<Tools, "fetch" | "socket">,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: Progress) => void },
): Promise<string> {
  if (!isRemote(place.model)) return pathOf(place.model);
  const folder = join(pathOf(place.folder), place.model.replace(/[^\w.-]+/g, "_"));
  const kept = await wholeModel(folder);
  if (kept) return kept;
  const authorization = place.api_key && `Bearer ${place.api_key}`;
  const from = onHub.test(place.model) ? place.hub : new URL(place.model).origin;
  const fileOf = (name: string) => join(folder, name.replace(/[^\w.-]+/g, "_").replace(/(\.gguf)?$/, ".gguf"));
  try {
    const first = await addressOf(place, fetch, { signal, headers: authorization ? { authorization } : {} });
    const names = partsOf(basename(first.pathname));
    for (const name of names) {
      const url = Object.assign(new URL(name, first), { search: first.search });
      const file = fileOf(name);
      const told = (done: number, total: number) => onProgress({ file: basename(file), done, total });
      await download({ url, file, authorization, socket, signal, onProgress: told });
    }
    return fileOf(basename(first.pathname));
  } catch (error) {
    const secrets = [place.api_key];
    const failed = failureOf(error, { model: place.model, baseUrl: from, aborted: signal.aborted, secrets });
    if (![401, 403, 404].includes(failed.status ?? 0)) throw failed;
    const hint = `Check model: is it at ${from}, and is it given to everyone? Some want an api_key.`;
    throw new ProviderError(failed.message, { kind: failed.kind, status: failed.status, hint });
  }
}

/** A model may be cut into files that are numbered from 1; the first one names it. */
async function wholeModel(folder: string): Promise<string | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".gguf")).sort();
  const [first] = names;
  return first && partsOf(first).every((name) => names.includes(name)) ? join(folder, first) : undefined;
}

function partsOf(name: string): string[] {
  const [, stem, count] = /^(.*)-00001-of-(\d{5})\.gguf$/.exec(name) ?? [];
  if (!count) return [name];
  return Array.from(
    { length: Number(count) },
    (_, index) => `${stem}-${String(index + 1).padStart(5, "0")}-of-${count}.gguf`,
  );
}

async function addressOf({ model, hub }: ModelPlace, fetch: Tools["fetch"], { signal, headers }: RequestInit) {
  const { repository, quant = "latest", file, branch = "main" } = onHub.exec(model)?.groups ?? {};
  if (!repository) return new URL(model);
  const base = `${hub.replace(/\/+$/, "")}/`;
  const named = file ?? (await chosenFile(`${base}v2/${repository}/manifests/${quant}`));
  const path = named.split("/").map(encodeURIComponent).join("/");
  return new URL(`${repository}/resolve/${encodeURIComponent(branch)}/${path}`, base);

  /** The hub tells llama.cpp, and only that, which file is meant. */
  async function chosenFile(url: string): Promise<string> {
    const asked = { ...headers, "user-agent": "llama-cpp", accept: "application/json" };
    const response = await fetch(url, { headers: asked, ...(signal && { signal }) });
    const body: unknown = await response.json();
    if (!response.ok) throw Object.assign(new Error(), { status: response.status, error: body });
    const { ggufFile } = Manifest.parse(body);
    if (ggufFile.rfilename) return ggufFile.rfilename;
    throw new ProviderError(`the hub names no file for ${quant}`, {
      kind: "request",
      hint: `Name a file: hf:${repository}/<file>.gguf.`,
    });
  }
}

const Manifest = z.object({ ggufFile: z.object({ rfilename: z.string() }).catch({ rfilename: "" }) });
