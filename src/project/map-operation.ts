import { z } from "zod";
import type { Operation } from "../engine/steps.ts";

const Looked = z.object({ files: z.record(z.string(), z.string()), focus: z.string(), room: z.int() });

/** Draws the map of a repository. */
export const mapOperation = (): Operation => async (input) => {
  const { codeMap } = await import("./code-map.ts");
  const { files, focus, room } = Looked.parse(input);
  return codeMap(files, { focus, room });
};
