/** A document with the fields that a change gives; what it leaves out, or gives as null, stays. */
export function merged<D extends object>(
  document: D,
  change: { readonly [K in keyof D]?: D[K] | null | undefined },
): D {
  const given = Object.entries(change).filter(([, value]) => value !== undefined && value !== null);
  return { ...document, ...Object.fromEntries(given) };
}
