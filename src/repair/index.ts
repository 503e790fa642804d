export { readCode } from "./code.ts";
export { joinCut } from "./join.ts";
export type { Extra, Path, Problem, Reading, Repair, RepairKind, Span } from "./reading.ts";
export { pathText, repairKinds } from "./reading.ts";
export { stripReasoning } from "./reasoning.ts";
export { type RepairOptions, repair } from "./repair.ts";
export { shapeOf, strictSchema } from "./shape.ts";
export { type RepairStream, repairStream } from "./stream.ts";
