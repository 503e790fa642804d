import { definePerformed } from "../src/action.ts";
import type { CodeMap } from "../src/project/code-map.ts";

/** A repository and what it is looked at for. */
interface Looked {
  readonly files: Readonly<Record<string, string>>;
  /** Words that tell what matters: the idea, the failing output. */
  readonly focus: string;
}

/** Characters of the map. */
const room = 8_000;

/** Finds the files that matter for a request, and what the whole repository offers, within a budget. */
export const mapCode = definePerformed<Looked, CodeMap>({
  name: "MapCode",
  operation: "map",
  request: ({ files, focus }) => ({ files, focus, room }),
});
