import { ProbeAnswer, ProbeRequest } from "./answers.ts";

/** The argument that the probe is started with. */
export const probeLine = (request: ProbeRequest): string => JSON.stringify(ProbeRequest.parse(request));

/** Names the folder of playwright-core to the probe. */
export const playwrightVariable = "METAGPT_PLAYWRIGHT";

/** The longest that the probe takes for a request, in seconds: what the sandbox around it should allow. */
export function probeSeconds(request: ProbeRequest): number {
  const asked = ProbeRequest.parse(request);
  if (asked.does === "page") return pageSeconds + margin;
  if (asked.does === "program") return asked.seconds + margin;
  return asked.seconds + asked.paths.length * pathSeconds + (asked.chromium === undefined ? 0 : pageSeconds) + margin;
}

/** What a page may take from the start of the browser to the answer. */
export const pageSeconds = 20;

/** What one path of a server may take. */
export const pathSeconds = 5;

/** To start, to end what was started, and to end the browser. */
const margin = 10;

/** The answer in what the probe wrote; undefined if it wrote none, as when it was killed, or if another hand wrote it. */
export function readProbe(stdout: string): ProbeAnswer | undefined {
  const text = stdout.trimEnd();
  const last = text.slice(text.lastIndexOf("\n") + 1);
  if (last.length > longest) return undefined;
  try {
    return ProbeAnswer.safeParse(JSON.parse(last)).data;
  } catch {
    return undefined;
  }
}

/** More than every field at its limit, each character escaped. */
const longest = 1_000_000;
