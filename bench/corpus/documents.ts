import type { Document } from "./document.ts";
import { classicDocuments } from "./documents/classic.ts";
import { hardDocuments } from "./documents/hard.ts";
import { productDocuments } from "./documents/product.ts";

/** Everything the corpus corrupts, each with its schema and its truth. */
export const documents: readonly Document[] = [...productDocuments, ...classicDocuments, ...hardDocuments];
