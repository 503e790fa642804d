import type { Flags } from "./flags.ts";
import { inRoomyThread } from "./serve/roomy-thread.ts";

/** Makes a key for a caller, or serves every model until a signal comes; gives the exit code. */
export async function serve(flags: Flags): Promise<number> {
  if (flags.newKey !== undefined) return (await import("./serve/new-key.ts")).printNewKey(flags.newKey);
  return inRoomyThread(async () => (await import("./serve/serve-models.ts")).serveModels(flags));
}
