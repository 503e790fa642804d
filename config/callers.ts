import { z } from "zod";
import { ConfigError } from "../src/errors.ts";
import { count, number, text } from "../src/llm/settings.ts";
import { check } from "./check.ts";
import { type Env, filledIn, type Layer } from "./layers.ts";
import { isMapping } from "./yaml.ts";

/** One who may ask `metagpt serve`: an entry of `auth:` in config2.yaml. */
export const Caller = z.strictObject(
  {
    name: text.describe("stands in logs and figures"),
    key_hash: text
      .pipe(
        z
          .string()
          .regex(/^sha256:[0-9a-f]{64}$/i, "must be sha256: and 64 hexadecimal digits")
          .toLowerCase(),
      )
      .describe("of the key, which itself is written nowhere"),
    models: z
      .array(text.pipe(z.string().regex(/^[^*]+\*?$|^\*$/, "may have a * at its end only")), "must be a list of names")
      .min(1, "must name an LLM; leave it out to allow all")
      .optional()
      .describe("LLMs, role: and action: names that may be asked, a * at the end for any rest; absent: all"),
    budget: number
      .pipe(z.number().nonnegative("must not be negative"))
      .optional()
      .describe("USD this caller may spend until the server ends; absent: no limit of its own"),
    rpm: count.optional().describe("requests in a minute; absent: no limit of its own"),
  },
  "must be a caller: name and key_hash",
);
export type Caller = z.infer<typeof Caller>;

/** `auth:` of config2.yaml. Two with one name or one key are an error, and so is a key that stands there itself or that anybody could guess. */
export function readCallers(config2: Layer, env: Env): readonly Caller[] {
  const { where } = config2;
  const value = filledIn({ value: { auth: config2.value.auth ?? [] }, where }, env);
  refusePlainKeys(value.auth, where);
  const { auth } = check(Auth, value, { where, known: Object.keys(Caller.shape) });
  refuseKnownKeys(auth, where);
  refuseTwins(auth, where);
  return auth;
}

const Auth = z.strictObject({ auth: z.array(Caller, "must be a list of callers") });

function refusePlainKeys(auth: unknown, where: Layer["where"]): void {
  const entries: unknown[] = Array.isArray(auth) ? auth : [];
  for (const [index, entry] of entries.entries()) {
    const word = isMapping(entry) ? ["key", "api_key"].find((name) => name in entry) : undefined;
    if (word === undefined) continue;
    throw new ConfigError(`${where(["auth", index, word])}: a caller's key may not stand here, only its hash`, {
      hint: "Run metagpt serve --new-key NAME for a new key and its hash, or hash one: printf %s KEY | sha256sum, and write key_hash: sha256:...",
    });
  }
}

/** Hashes that stand in examples or are of keys that everybody tries, and whose they are. */
const knownHashes: Readonly<Record<string, string>> = {
  [`sha256:${"0".repeat(64)}`]: "is the one of the example",
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855": "is that of an empty key",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": 'is that of the key "test"',
};

function refuseKnownKeys(auth: readonly Caller[], where: Layer["where"]): void {
  for (const [index, { name, key_hash }] of auth.entries()) {
    const known = knownHashes[key_hash];
    if (known === undefined) continue;
    throw new ConfigError(`${where(["auth", index, "key_hash"])}: the key_hash of ${name} ${known}`, {
      hint: `Make a key of its own and its hash: npx metagpt serve --new-key ${/^[\w.-]+$/.test(name) ? name : "NAME"}`,
    });
  }
}

function refuseTwins(auth: readonly Caller[], where: Layer["where"]): void {
  for (const [index, { name, key_hash }] of auth.entries()) {
    const twin = auth.slice(0, index).find((other) => other.name === name || other.key_hash === key_hash);
    if (!twin) continue;
    const [field, what] = twin.name === name ? ["name", "name"] : ["key_hash", "key"];
    throw new ConfigError(`${where(["auth", index, field])}: ${name} has the ${what} of another caller`, {
      hint: "Every caller has a name and a key of its own.",
    });
  }
}
