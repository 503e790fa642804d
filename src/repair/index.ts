export { readCode } from "./code.ts";
export { joinCut } from "./join.ts";
export { readJson } from "./json.ts";
export type { Reading } from "./reading.ts";
export { stripReasoning } from "./reasoning.ts";
export { shapeOf, strictSchema } from "./shape.ts";
