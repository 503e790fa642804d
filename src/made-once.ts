/** What is known under a key, made if nothing is. */
export function madeOnce<K extends object | string | number | boolean, T>(
  known: { get(key: K): T | undefined; set(key: K, value: T): unknown },
  key: K,
  make: () => T,
): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
