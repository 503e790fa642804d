export { applyBlocks } from "./apply.ts";
export { type Block, readBlocks } from "./blocks.ts";
export { rewritten } from "./source-lines.ts";
export { unifiedDiff } from "./unified-diff.ts";
