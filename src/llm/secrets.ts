/** The settings of an LLM that must never be shown or written: keys, tokens, passwords, and what headers hold. */
export function secretsIn(settings: unknown): string[] {
  if (typeof settings !== "object" || settings === null) return [];
  return Object.entries(settings).flatMap(([name, value]) => {
    if (name === "headers" && typeof value === "object" && value !== null) return Object.values(value).map(String);
    return /key|secret|password|(session|access|auth)_token/i.test(name) && typeof value === "string" ? [value] : [];
  });
}

/** Strikes these secrets out of whatever a server or a model said, wherever it stands in a value. */
export function redactor(secrets: readonly string[]): <T>(value: T) => T {
  const long = secrets.filter((secret) => secret.length >= 8).map((secret) => JSON.stringify(secret).slice(1, -1));
  return (value) => {
    const text = JSON.stringify(value);
    const clean = long.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
    return clean === text ? value : JSON.parse(clean);
  };
}
