import { begunAtEnd } from "../text.ts";
import type { Deployment } from "./deployment.ts";

/** The settings of an LLM that must never be shown or written: keys, tokens, passwords, and headers that hold some. */
export function secretsIn(settings: unknown): string[] {
  if (typeof settings !== "object" || settings === null) return [];
  return Object.entries(settings).flatMap(([name, value]) => {
    if (name === "headers" && typeof value === "object" && value !== null) {
      return Object.entries(value).flatMap(([header, text]) =>
        /auth|key|token|secret|cookie|pass/i.test(header) || looksDrawn(String(text))
          ? [String(text), String(text).replace(/^\w+ /, "")]
          : [],
      );
    }
    return isSecretName(name) && typeof value === "string" ? [value] : [];
  });
}

/** Whether what a setting of this name holds is a secret. */
export const isSecretName = (name: string): boolean => /key|secret|password|(session|access|auth)_token/i.test(name);

/** What no message about a failed call may repeat: also every header that somebody set. */
export function unshown(settings: { readonly headers?: Readonly<Record<string, string>> | undefined }): string[] {
  return [...secretsIn(settings), ...Object.values(settings.headers ?? {})];
}

/** Long, without a blank, with letters and digits: not a word somebody would say. */
const looksDrawn = (text: string) => /^(?=.*\d)(?=.*[a-z])[\w.+/=-]{16,}$/i.test(text);

/** The secrets of these LLMs that can be struck out of texts: a short word, or one that names a model, is none. */
export function secretsOf(deployments: readonly Deployment[]): string[] {
  const open = deployments.flatMap(({ name, model, baseUrl, apiType }) => [name, model, baseUrl, apiType]);
  const all = deployments.flatMap(({ settings }) => secretsIn(settings));
  return [...new Set(all)].filter((secret) => secret.length >= 8 && !open.some((word) => word.includes(secret)));
}

/** Strikes secrets out of the texts of a value; what an event is and is about stays as it is. */
export function redactor(secrets: readonly string[]): <T>(value: T) => T {
  if (secrets.length === 0) return unchanged;
  const strike = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return strike(value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, structure.has(name) ? inner : clean(inner)]),
    );
  };
  return <T>(value: T): T => clean(value) as T;
}

const unchanged = <T>(value: T): T => value;

const structure = new Set(["type", "key", "role", "action", "subject", "llm", "kind"]);

/**
 * Strikes secrets out of a text while it comes: what may be the beginning of one is held back until it is known.
 * `end` gives what is left.
 */
export function secretFilter(secrets: readonly string[]): { push(text: string): string; end(): string } {
  const strike = redactor(secrets);
  let held = "";
  return {
    push(text) {
      held = strike(held + text);
      const kept = Math.max(0, ...secrets.map((secret) => begunAtEnd(held, secret)));
      const ready = held.slice(0, held.length - kept);
      held = held.slice(held.length - kept);
      return ready;
    },
    end() {
      const rest = held;
      held = "";
      return rest;
    },
  };
}
