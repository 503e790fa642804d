/** A name without case, separators and decoration, so that `Product Goals`, `productGoals` and `**product_goals**` meet. */
export const fold = (name: string): string =>
  name
    .normalize("NFKC")
    .replace(/^\s*\d{1,3}[.)]\s+/, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
