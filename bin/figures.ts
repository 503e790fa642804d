/** USD: four decimals under a dollar, two above, and never `$0` for what is not free. */
export function money(usd: number): string {
  if (usd === 0) return "$0";
  if (usd < 0.0001) return "<$0.0001";
  return `$${usd.toFixed(usd < 1 ? 4 : 2)}`;
}

/** Yuan, in as few digits as dollars. */
export const yuan = (cny: number): string => money(cny).replace("$", "¥");

/** USD where cents are exact enough, such as an estimate. */
export const roundMoney = (usd: number): string => (usd >= 0.1 ? `$${usd.toFixed(2)}` : money(usd));

/** Tokens in few characters: 840, 3.1k, 24k, 1.2M. */
export function tokens(count: number): string {
  if (count < 1000) return String(count);
  const [value, unit] = count < 999_500 ? [count / 1000, "k"] : [count / 1e6, "M"];
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)}${unit}`;
}

/** Tokens to the last one: 24,113, with a ~ where nobody counted. */
export const exactTokens = (count: number, estimated: boolean): string =>
  `${estimated ? "~" : ""}${count.toLocaleString("en-US")}`;

/** Seconds with one decimal while they are few. */
export const seconds = (value: number): string => `${value < 9.95 ? value.toFixed(1) : Math.round(value)} s`;

/** Seconds as one would say them: 2 s, 0.5 s. */
export const roundSeconds = (value: number): string => `${Number(value.toFixed(value < 10 ? 1 : 0))} s`;

/** `1 file`, `2 files`. */
export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** The size of a file: 640 KB, 4.1 GB. */
export function bytes(count: number): string {
  const [value, unit] = count < 1e6 ? [count / 1e3, "KB"] : count < 1e9 ? [count / 1e6, "MB"] : [count / 1e9, "GB"];
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
