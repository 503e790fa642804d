const plainName = /^[a-z0-9]+$/;

/** A name without case, separators and decoration, so that `Product Goals`, `productGoals` and `**product_goals**` meet. */
export function fold(name: string): string {
  if (plainName.test(name)) return name;
  return name
    .normalize("NFKC")
    .replace(/^\s*(?:[-*+]\s+)?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[.)、]\s*/, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}
