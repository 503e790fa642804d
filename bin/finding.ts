/** One thing that was looked at, and how it stands: `unknown` is neither good nor bad. */
export interface Finding {
  readonly what: string;
  readonly state: "ok" | "warn" | "fail" | "unknown";
  /** In one line. */
  readonly text: string;
  /** What to do about it, a sentence or a command each. */
  readonly hints: readonly string[];
}

export const finding = (
  what: string,
  state: Finding["state"],
  text: string,
  hints: readonly string[] = [],
): Finding => ({
  what,
  state,
  text,
  hints,
});

/** The worst state among them. */
export function worst(findings: readonly Finding[]): "ok" | "warn" | "fail" {
  const has = (state: Finding["state"]) => findings.some((each) => each.state === state);
  return has("fail") ? "fail" : has("warn") ? "warn" : "ok";
}
